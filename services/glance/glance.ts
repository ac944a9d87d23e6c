import { service } from "#model";
import { lackingFiles } from "#openstack";
import { container } from "./container.ts";
import { glance, options, SWITCHED_FILES } from "./options.ts";
import { moot, mootFiles, refuses } from "./unsupported.ts";

/** Images that servers are made from. */
export default service("glance", {
  ...glance.usual,
  summary: "Image store: what servers are made from.",
  enabled: "{{ enable_openstack_core }}",
  containers: {
    "glance-api": {
      ...glance.usual.containers["glance-api"],
      // Images in a host's own volume are seen by that host alone, so one host serves them all.
      alone: "{{ not glance_file_datadir_volume.startswith('/') }}",
    },
  },
  options,
  refuses,
  moot,
  mootFiles,
  declare: (opt) => ({
    ...glance.usual.declare(opt),
    apis: [
      {
        ...glance.api(opt),
        // An image may take hours to go up or down.
        frontendExtra: [`timeout client ${opt.haproxy_glance_api_client_timeout}`],
        backendExtra: [`timeout server ${opt.haproxy_glance_api_server_timeout}`],
      },
    ],
  }),
  judge: ({ opt, site }) => lackingFiles("glance", opt, SWITCHED_FILES, site),
  define: (context) => ({ containers: { "glance-api": container(context) }, jobs: [glance.bootstrap] }),
});
