import { type ContainerPart, type DatabaseNeed, type Ini, type ServiceContext, service } from "#model";
import {
  authtoken,
  cache,
  concurrency,
  database,
  logging,
  messaging,
  middleware,
  notifications,
  served,
  slowStart,
  transportUrl,
} from "#openstack";
import { options } from "./options.ts";
import { lackingFiles, switchedFiles, switchedSettings } from "./switched.ts";
import { moot, refuses } from "./unsupported.ts";

type Context = ServiceContext<typeof options>;

const TLS = "nothing is encrypted between the load balancer and Glance";
const CEPH = "images are kept in files, not in Ceph";

const STATE = "/var/lib/glance";

/** Images that servers are made from. */
export default service("glance", {
  summary: "Image store: what servers are made from.",
  enabled: "{{ enable_openstack_core }}",
  hasInstallType: true,
  groups: { glance: ["control"], "glance-api": ["glance"] },
  needs: ["loadbalancer", "mariadb", "rabbitmq", "memcached", "keystone"],
  containers: {
    "glance-api": {
      group: "glance-api",
      set: "glance-api-operation",
      // Images in a host's own volume are seen by that host alone, so one host serves them all.
      alone: "{{ not glance_file_datadir_volume.startswith('/') }}",
    },
  },
  options,
  refuses,
  moot,
  mootFiles: {
    "glance-cache.conf": "images are not cached: enable_glance_image_cache is off",
    "glance/ceph*.conf": CEPH,
    "glance/*/ceph*.conf": CEPH,
    "glance/*.keyring": CEPH,
    "glance/glance-cache.conf": "images are not cached: enable_glance_image_cache is off",
    "glance/glance-image-import.conf":
      "it is only read with glance_enable_interoperable_image_import, which is off",
    "glance/glance-tls-proxy.cfg": TLS,
    "haproxy-config/glance-tls-proxy.cfg": TLS,
    "glance/property-protections-rules.conf":
      "it is only read with glance_enable_property_protection, which is off",
  },

  declare: (opt) => ({
    apis: [
      {
        name: "glance_api",
        group: "glance-api",
        mode: "http",
        port: opt.glance_api_port,
        publicPort: opt.glance_api_public_port,
        listenPort: opt.glance_api_listen_port,
        check: "/healthcheck",
        // An image may take hours to go up or down.
        frontendExtra: [`timeout client ${opt.haproxy_glance_api_client_timeout}`],
        backendExtra: [`timeout server ${opt.haproxy_glance_api_server_timeout}`],
        catalogue: {
          service: "glance",
          type: "image",
          description: "Openstack Image",
          internal: opt.glance_internal_endpoint,
          public: opt.glance_public_endpoint,
        },
      },
    ],
    databases: [need(opt)],
    users: [{ name: opt.glance_keystone_user, password: opt.glance_keystone_password, roles: ["admin"] }],
    logs: ["glance"],
  }),

  judge: ({ opt, site }) => lackingFiles(opt, site),

  define: (context) => ({
    containers: { "glance-api": api(context) },
    jobs: [
      {
        name: "bootstrap",
        like: "glance-api",
        environment: { KOLLA_BOOTSTRAP: "" },
        waitsFor: "database",
      },
    ],
  }),
});

function api(context: Context): ContainerPart {
  const { opt, host } = context;
  const { command, server } = apiServer(context);
  return {
    command,
    account: "glance",
    files: [
      {
        name: "glance-api.conf",
        dest: "/etc/glance/glance-api.conf",
        content: {
          ini: glanceConf(context),
          overrides: [
            "global.conf",
            "glance.conf",
            "glance/glance-api.conf",
            `glance/${host.name}/glance-api.conf`,
          ],
        },
      },
      server,
      ...switchedFiles(context),
    ],
    permissions: [{ path: STATE, owner: "glance:glance", recurse: true }],
    mounts: [{ source: opt.glance_file_datadir_volume, target: `${STATE}/` }],
    environment: proxyEnvironment(opt.glance_api_container_proxy),
    health: { test: `healthcheck_curl http://${host.apiAddress}:${opt.glance_api_listen_port}/healthcheck` },
    ...slowStart(),
  };
}

/** Nothing when there is no proxy; what is reached without one matters only then. */
function proxyEnvironment(proxy: Readonly<Record<string, unknown>>): Record<string, string> {
  if (!proxy.http_proxy && !proxy.https_proxy) return {};
  const set = Object.entries(proxy).filter(([, value]) => value !== "" && value !== null);
  return Object.fromEntries(set.map(([name, value]) => [name, String(value)]));
}

/** An upload holds a thread as long as it lasts, and its sender may pause. */
function apiServer(context: Context) {
  const { opt } = context;
  return served(context, {
    service: "glance",
    name: "glance-api",
    module: "glance.common.wsgi_app:init_app()",
    port: opt.glance_api_listen_port,
    processes: opt.glance_api_workers,
    threads: 4,
    socketTimeout: 300,
  });
}

/** glance-api.conf */
function glanceConf(context: Context): Ini {
  const { opt, host } = context;
  const account = { user: opt.glance_keystone_user, password: opt.glance_keystone_password };
  return {
    DEFAULT: {
      ...logging(context, "glance", "glance-api.log"),
      transport_url: transportUrl(context),
      bind_host: host.apiAddress,
      bind_port: opt.glance_api_listen_port,
      workers: opt.glance_api_workers,
      enabled_backends: "file:file",
      // Where the other Glance hosts reach this one when a staged image is on its disk.
      worker_self_reference_url: `http://${host.apiAddress}:${opt.glance_api_listen_port}`,
      ...switchedSettings(opt),
    },
    database: database(context, need(opt)),
    keystone_authtoken: authtoken(context, account),
    paste_deploy: { flavor: opt.enable_glance_image_cache ? "keystone+cachemanagement" : "keystone" },
    glance_store: { default_backend: "file" },
    file: { filesystem_store_datadir: `${STATE}/images/` },
    os_glance_tasks_store: { filesystem_store_datadir: `${STATE}/tasks_work_dir` },
    os_glance_staging_store: { filesystem_store_datadir: `${STATE}/staging` },
    cache: cache(context),
    oslo_middleware: middleware(),
    oslo_concurrency: concurrency("glance"),
    oslo_messaging_notifications: notifications(context, "glance"),
    oslo_messaging_rabbit: messaging(context),
  };
}

function need(opt: Context["opt"]): DatabaseNeed {
  return {
    schema: opt.glance_database_name,
    user: opt.glance_database_user,
    password: opt.glance_database_password,
  };
}
