import {
  type ContainerPart,
  count,
  type Ini,
  judgedAlike,
  port,
  type ServiceContext,
  secret,
  service,
  word,
} from "#model";
import { authtoken, database, endpointOptions, logging, overrideOrder, served, slowStart } from "#openstack";

/** Placement's options, under Kolla-Ansible's names. */
const options = {
  placement_api_port: port(8780, "Port of Placement on the internal VIP."),
  placement_api_public_port: port("{{ placement_api_port }}", "Port of Placement on the external VIP."),
  placement_api_listen_port: port("{{ placement_api_port }}", "Port of Placement on each host."),
  ...endpointOptions("placement", { internal: "placement_api_port", public: "placement_api_public_port" }),
  placement_api_workers: count("{{ openstack_service_workers }}", "Processes of Placement on each host.", {
    min: 1,
  }),
  placement_keystone_user: word("placement", "Account of Placement in Keystone."),
  placement_keystone_password: secret("Password of that account."),
  placement_database_name: word("placement", "Schema of Placement."),
  placement_database_user: word("placement", "Account of Placement at the database."),
  placement_database_password: secret("Password of that account at the database."),
} as const;

type Context = ServiceContext<typeof options>;

/** Keeps account of what the compute hosts have and what is used of it. */
export default service("placement", {
  summary: "Accounts of what compute hosts have and what servers use of it.",
  enabled: "{{ enable_nova }}",
  hasInstallType: true,
  groups: { placement: ["control"], "placement-api": ["placement"] },
  needs: ["loadbalancer", "mariadb", "memcached", "keystone"],
  containers: { "placement-api": { group: "placement-api", set: "placement-api-operation" } },
  options,
  mootFiles: { "placement/placement-api-wsgi.conf": "Placement is served by uWSGI, not by Apache" },
  refuses: {
    ...judgedAlike(
      "The schema is made in the database of the site: set database_address",
      "placement_database_address placement_database_host",
    ),
    placement_wsgi_provider: "The API runs under uWSGI",
  },
  moot: {
    placement_policy_file: "A policy file of the operator's is found by its place",
    ...judgedAlike(
      "Placement tells nobody what happens in it, with Kolla-Ansible either",
      "placement_notification_topics placement_enabled_notification_topics",
    ),
  },

  declare: (opt) => ({
    apis: [
      {
        name: "placement_api",
        group: "placement-api",
        mode: "http",
        port: opt.placement_api_port,
        publicPort: opt.placement_api_public_port,
        listenPort: opt.placement_api_listen_port,
        check: "/",
        catalogue: {
          service: "placement",
          type: "placement",
          description: "Placement Service",
          internal: opt.placement_internal_endpoint,
          public: opt.placement_public_endpoint,
        },
      },
    ],
    databases: [need(opt)],
    users: [
      { name: opt.placement_keystone_user, password: opt.placement_keystone_password, roles: ["admin"] },
    ],
    logs: ["placement"],
  }),

  define: (context) => ({
    containers: { "placement-api": api(context) },
    jobs: [
      {
        name: "bootstrap",
        like: "placement-api",
        environment: { KOLLA_BOOTSTRAP: "" },
        waitsFor: "database",
      },
    ],
  }),
});

function need(opt: {
  placement_database_name: string;
  placement_database_user: string;
  placement_database_password: Context["opt"]["placement_database_password"];
}) {
  return {
    schema: opt.placement_database_name,
    user: opt.placement_database_user,
    password: opt.placement_database_password,
  };
}

function api(context: Context): ContainerPart {
  const { opt, host } = context;
  const { command, server } = served(context, {
    service: "placement",
    name: "placement-api",
    module: "placement.wsgi.api:application",
    port: opt.placement_api_listen_port,
    processes: opt.placement_api_workers,
  });
  return {
    command,
    account: "placement",
    files: [
      {
        name: "placement.conf",
        dest: "/etc/placement/placement.conf",
        content: {
          ini: placementConf(context),
          overrides: overrideOrder("placement", "placement-api", host.name),
        },
      },
      server,
    ],
    health: { test: `healthcheck_curl http://${host.apiAddress}:${opt.placement_api_listen_port}/` },
    ...slowStart(),
  };
}

/** placement.conf */
function placementConf(context: Context): Ini {
  const { opt } = context;
  const account = { user: opt.placement_keystone_user, password: opt.placement_keystone_password };
  return {
    DEFAULT: logging(context, "placement", "placement-api.log"),
    api: { auth_strategy: "keystone" },
    placement_database: database(context, need(opt)),
    keystone_authtoken: authtoken(context, account),
  };
}
