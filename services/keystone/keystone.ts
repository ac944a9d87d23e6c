import { type ExecPart, type IdentityAdmin, type Probe, service } from "#model";
import { administrator, configured, schemaJobs } from "#openstack";
import { identityApi, schema } from "./api.ts";
import { api, type Context, fernet, ssh } from "./containers.ts";
import { identityResource } from "./identity.ts";
import { options } from "./options.ts";
import { signInAs, TOKENS } from "./token.ts";
import { moot, refuses } from "./unsupported.ts";

/** Identity: issues tokens, holds the catalogue and every account of the cloud. */
export default service("keystone", {
  summary: "Identity: tokens, projects, accounts and the catalogue.",
  enabled: "{{ enable_openstack_core }}",
  hasInstallType: true,
  groups: { keystone: ["control"] },
  provides: { what: "identity", resource: identityResource },
  needs: ["loadbalancer", "mariadb", "rabbitmq", "memcached"],
  containers: {
    "keystone-ssh": { group: "keystone", set: "keystone-key-distribution", rollout: "all" },
    "keystone-fernet": { group: "keystone", set: "keystone-key-distribution" },
    keystone: { group: "keystone", set: "keystone-api" },
  },
  options,
  refuses,
  moot,
  refusesFiles: {
    "keystone/wsgi-keystone.conf":
      "Keystone is served by uWSGI, not by Apache, so nothing in this file would come true",
  },

  declare: (opt) => ({
    apis: [identityApi(opt)],
    databases: [schema(opt)],
    logs: ["keystone"],
  }),

  define: (context) => ({
    containers: {
      keystone: api(context),
      "keystone-fernet": fernet(context),
      "keystone-ssh": ssh(context),
    },
    jobs: [
      ...schemaJobs("keystone", { timeoutSeconds: 300 }),
      {
        name: "fernet-setup",
        like: "keystone-fernet",
        key: "once",
        command: configured("/usr/bin/fernet-setup.sh"),
        timeoutSeconds: 120,
      },
    ],
    execs: [catalogue(context)],
  }),

  judge: ({ opt }) =>
    (["keystone_internal_url", "keystone_public_url"] as const)
      .filter((option) => /\/v\d[^/]*$/.test(opt[option]))
      .map((option) => ({
        message: `${option} ends with a version, and who uses it adds one`,
        hint: `Write it as ${opt[option].replace(/\/[^/]*$/, "")}.`,
        option,
      })),

  checks: ({ site }) =>
    site.value("keystone_install_type") === "source" && site.overridesIn("keystone/domains").length > 0
      ? [
          {
            message:
              "keystone/domains/ is there, and Keystone installed from source has no LDAP library for it",
            hint: "Set keystone_install_type: binary.",
            option: "keystone_install_type",
          },
        ]
      : [],

  probes: (context) => ({ keystone: tokenProbe(administrator(context)) }),
});

/** Asks for what everybody needs of it: a token, with the administrator's password. */
function tokenProbe(account: IdentityAdmin): Probe {
  const { authUrl, caFile } = account;
  return {
    kind: "http",
    url: authUrl + TOKENS,
    json: signInAs(account),
    expect: [201],
    words: "gives a token in {ms} ms",
    ...(caFile !== undefined && { caFile }),
  };
}

/** Administrator, roles, region and Keystone's own catalogue entry. Safe to repeat; the password is not in its arguments. */
function catalogue({ opt, site }: Context): ExecPart<"keystone"> {
  return {
    name: "bootstrap-identity",
    container: "keystone",
    user: "keystone",
    command: [
      "kolla_keystone_bootstrap",
      opt.keystone_admin_user,
      // The password comes from the environment, which no other process of the host can read.
      "",
      opt.keystone_admin_project,
      "admin",
      site.url("identity", "internal"),
      site.url("identity", "public"),
      opt.openstack_region_name,
    ],
    environment: { OS_BOOTSTRAP_PASSWORD: opt.keystone_admin_password.reveal() },
    timeoutSeconds: 300,
  };
}
