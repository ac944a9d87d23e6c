import {
  type Api,
  count,
  hostname,
  type ServiceContext,
  type SiteOptions,
  secret,
  type Values,
  word,
} from "#model";
import { OpenstackApi, pathEndpointOptions, portOptions, sparePort, topicOptions } from "#openstack";

/** The orchestration API. */
export const heat = new OpenstackApi("heat", {
  title: "Heat",
  calls: "the orchestration API",
  type: "orchestration",
  description: "Orchestration",
  port: 8004,
  path: "/v1/%(tenant_id)s",
  module: "heat.wsgi.api:application",
  check: "/healthcheck",
  // For an administrator the project is its own, whatever the path says.
  trial: "/v1/any/stacks?limit=1",
  messaging: true,
});

/** Accounts that servers of stacks signal with, and the account that makes them. */
export const DOMAIN = "heat_user_domain";
export const DOMAIN_ADMIN = "heat_domain_admin";

const SIGNALS = "the API for signals from servers";

/** Heat's options, under Kolla-Ansible's names. */
export const options = {
  ...heat.options.all,
  ...portOptions("heat_api_cfn", SIGNALS, 8000),
  heat_api_cfn_spare_port: sparePort("heat_api_cfn_listen_port", SIGNALS),
  heat_cfn_internal_fqdn: hostname(
    "{{ kolla_internal_fqdn }}",
    `Name in the internal address of ${SIGNALS}.`,
  ),
  heat_cfn_external_fqdn: hostname("{{ kolla_external_fqdn }}", `Name in the public address of ${SIGNALS}.`),
  ...pathEndpointOptions(
    "heat_cfn",
    { internal: "heat_api_cfn_port", public: "heat_api_cfn_public_port" },
    "/v1",
  ),
  heat_api_cfn_workers: count("{{ openstack_service_workers }}", `Processes of ${SIGNALS}.`, { min: 1 }),
  heat_engine_workers: count("{{ openstack_service_workers }}", "Processes that make resources.", { min: 1 }),
  heat_stack_owner_role: word(
    "heat_stack_owner",
    "Role that the administrator gets, for stacks whose trusts want it.",
  ),
  heat_stack_user_role: word(
    "heat_stack_user",
    "Role of the accounts that Heat makes for servers of stacks.",
  ),
  heat_domain_admin_password: secret("Password of the account that makes those accounts."),
  ...topicOptions("heat"),
} as const;

export type Context = ServiceContext<typeof options>;

/** What servers of stacks ask and tell, with signed URLs. */
export function cfnApi(opt: Values<typeof options> & Values<SiteOptions>): Api {
  return {
    name: "heat_api_cfn",
    group: "heat-api-cfn",
    mode: "http",
    port: opt.heat_api_cfn_port,
    publicPort: opt.heat_api_cfn_public_port,
    listenPort: opt.heat_api_cfn_listen_port,
    sparePort: opt.heat_api_cfn_spare_port,
    check: "/healthcheck",
    catalogue: {
      service: "heat-cfn",
      type: "cloudformation",
      description: "Orchestration",
      internal: opt.heat_cfn_internal_endpoint,
      public: opt.heat_cfn_public_endpoint,
    },
  };
}
