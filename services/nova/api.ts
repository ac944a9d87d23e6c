import { OpenstackApi } from "#openstack";

/** The compute API. */
export const nova = new OpenstackApi("nova", {
  title: "Nova",
  calls: "the compute API",
  type: "compute",
  description: "OpenStack Compute Service",
  port: 8774,
  module: "nova.wsgi.osapi_compute:application",
  check: "/",
  messaging: true,
  roles: ["admin", "service"],
});
