import { type ContainerPart, type Ini, service } from "#model";
import { logging, programConf, queueProgram, served, serviceLogin } from "#openstack";
import { type Context, cfnApi, DOMAIN, DOMAIN_ADMIN, heat, options } from "./options.ts";

/** Stacks: what a template lists is made, changed and deleted together. */
export default service("heat", {
  ...heat.usual,
  summary: "Stacks: what a template lists is made, changed and deleted together.",
  enabled: "{{ enable_openstack_core }}",
  groups: { ...heat.usual.groups, "heat-api-cfn": ["heat"], "heat-engine": ["heat"] },
  containers: {
    ...heat.usual.containers,
    "heat-api-cfn": { group: "heat-api-cfn", set: "heat-api-operation" },
    "heat-engine": { group: "heat-engine", set: "heat-engine-operation" },
  },
  options,
  refuses: {
    heat_database_address: "The schema is made in the database of the site: set database_address",
  },
  moot: {
    enable_heat_horizon_policy_file: "There is no dashboard yet",
    heat_policy_file: "A policy file of the operator's is found by its place",
  },
  declare: (opt) => {
    const admin = { name: DOMAIN_ADMIN, password: opt.heat_domain_admin_password };
    return {
      ...heat.usual.declare(opt),
      apis: [heat.api(opt), cfnApi(opt)],
      users: [heat.user(opt), { ...admin, roles: ["admin"], domain: DOMAIN }],
      roles: [opt.heat_stack_user_role],
      administratorRoles: [opt.heat_stack_owner_role],
    };
  },
  define: (context) => ({
    containers: {
      "heat-api": heat.container(context, conf(context)),
      "heat-api-cfn": cfn(context),
      "heat-engine": engine(context),
    },
    jobs: [heat.bootstrap],
  }),
});

/** Where servers, who have no account of the cloud, tell that they are ready. */
function cfn(context: Context): ContainerPart {
  const names = { service: "heat", program: "heat-api-cfn" };
  const { part, server } = served(context, cfnApi(context.opt), {
    service: names.service,
    name: names.program,
    module: "heat.wsgi.cfn:application",
    processes: context.opt.heat_api_cfn_workers,
  });
  const ini = conf(context, logging(context, "heat", `${names.program}.log`));
  return { ...part, files: [programConf(context.host, names, ini), server] };
}

/** What makes the resources of stacks. It names its log itself. */
function engine(context: Context): ContainerPart {
  const names = { service: "heat", program: "heat-engine" };
  const log = { ...logging(context, "heat"), log_file: undefined };
  const ini = conf(context, { ...log, num_engine_workers: context.opt.heat_engine_workers });
  return {
    ...queueProgram(context, "heat", names.program),
    files: [programConf(context.host, names, ini)],
  };
}

/** heat.conf; `own` is what the program has in its first section. */
function conf(context: Context, own: Ini[string] = {}): Ini {
  const { opt, site } = context;
  const identity = site.url("identity", "internal");
  const login = serviceLogin(context, "heat");
  return heat.conf(context, {
    DEFAULT: {
      heat_metadata_server_url: opt.heat_cfn_public_base_endpoint,
      heat_waitcondition_server_url: `${opt.heat_cfn_public_base_endpoint}/v1/waitcondition`,
      heat_stack_user_role: opt.heat_stack_user_role,
      stack_domain_admin: DOMAIN_ADMIN,
      stack_domain_admin_password: opt.heat_domain_admin_password,
      stack_user_domain_name: DOMAIN,
      region_name_for_services: opt.openstack_region_name,
      server_keystone_endpoint_type: "public",
      ...own,
    },
    // A token of a trust is of the trust's project: the account alone signs in for it.
    trustee: { ...login, project_name: undefined, project_domain_id: undefined, valid_interfaces: undefined },
    // Keystone judges the signature of a URL, and answers accounts of services only.
    ec2authtoken: { ...login, auth_uri: `${identity}/v3`, ca_file: login.cafile },
    clients: { endpoint_type: "internalURL", ca_file: login.cafile },
    volumes: { backups_enabled: false },
  });
}
