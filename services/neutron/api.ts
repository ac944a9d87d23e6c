import { OpenstackApi } from "#openstack";

/** The network API. */
export const neutron = new OpenstackApi("neutron", {
  title: "Neutron",
  calls: "the network API",
  type: "network",
  description: "Openstack Networking",
  port: 9696,
  program: "neutron-server",
  module: "neutron.wsgi.api:application",
  check: "/healthcheck",
  trial: "/v2.0/networks?limit=1",
  messaging: true,
  roles: ["admin", "service"],
});
