import { OpenstackApi } from "#openstack";

/** The compute API. */
export const nova = new OpenstackApi("nova", {
  title: "Nova",
  calls: "the compute API",
  type: "compute",
  description: "OpenStack Compute Service",
  port: 8774,
  path: "/v2.1",
  module: "nova.wsgi.osapi_compute:application",
  check: "/",
  trial: "/v2.1/servers?limit=1",
  messaging: true,
  roles: ["admin", "service"],
});
