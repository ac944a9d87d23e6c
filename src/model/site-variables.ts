import { judgedAlike } from "./absent.ts";

/** As `refuses` of a service: Kolla-Ansible's variables of the site as a whole that are not here, each with what is lacking. */
export const siteRefuses: Readonly<Record<string, string>> = {
  api_address_family: "IPv6",
  migration_address_family: "IPv6",
  storage_address_family: "IPv6",
  tunnel_address_family: "IPv6",
  glance_default_backend: "another store of images than files",
  keystone_identity_mappings: "federation",
  keystone_identity_providers: "federation",
  om_notify_transport: "another carrier of messages than RabbitMQ",
  om_rpc_transport: "another carrier of messages than RabbitMQ",
  rpc_transport_url:
    "It is made from om_rpc_group, om_rpc_user, om_rpc_password, om_rpc_port and om_rpc_vhost",
  notify_transport_url:
    "It is made from om_notify_group, om_notify_user, om_notify_password, om_notify_port and om_notify_vhost",
  service_ks_register_region_name: "one region for all services: openstack_region_name",
  service_ks_register_endpoint_region: "one region for all services: openstack_region_name",
  service_ks_register_domain: "accounts of services in another domain than `default`",
  kolla_serial: "hosts in batches; take some at a time with --limit",
  enable_osprofiler: "traces of what requests do in all services",
};

/** As `moot` of a service: Kolla-Ansible's variables of the site that a cloud of ours needs nothing of, each with why. */
export const siteMoot: Readonly<Record<string, string>> = {
  ...judgedAlike(
    "It matters with enable_osprofiler, which is not here",
    "osprofiler_backend osprofiler_backend_connection_string",
  ),
  ...judgedAlike(
    "Kolla itself asks again, for as long as it takes Keystone to answer",
    "service_ks_register_retries service_ks_register_delay",
  ),
  service_ks_register_interface: "Accounts and addresses are made through Keystone's internal address",
  service_ks_cacert: "Kolla itself checks Keystone with kolla_admin_openrc_cacert",
  ...judgedAlike(
    "RabbitMQ reads its accounts when it starts; nobody has to ask again",
    "service_rabbitmq_retries service_rabbitmq_delay",
  ),
  workaround_ansible_issue_8743: "it works around a defect of Ansible's that is not met here",
};

/** What holds for the variables that every service of Kolla-Ansible has under such a name. */
export interface VariableRule {
  names: RegExp;
  kind: "refused" | "moot";
  reason: string;
}

/** Judgements by rule; one of the site or of a service on the very name comes first. */
export const siteByRule: readonly VariableRule[] = [
  {
    names: /_dev_mode$/,
    kind: "refused",
    reason: "a developer's checkout in containers; they run what is in their images",
  },
  {
    names: /_(dev_repos_pull|dev_repos_git|dev_repos_directory|git_repository|source_version)$/,
    kind: "moot",
    reason: "it is for a developer's checkout in containers, which is not here",
  },
  {
    names: /(_enable_tls_backend|_tls_backend_cert|_tls_backend_key)$|_tls_proxy_/,
    kind: "refused",
    reason: "TLS between the load balancer and the services",
  },
  {
    names: /_database_enable_tls_internal$/,
    kind: "refused",
    reason: "TLS to the database",
  },
  {
    names: /_database_shard(_id|_root_user)?$/,
    kind: "refused",
    reason: "several database clusters",
  },
  {
    names: /_default_volumes$/,
    kind: "refused",
    reason:
      "other mounts than a container needs; add single ones, or others in their places, with <container>_extra_volumes",
  },
  {
    names: /_max_fail_percentage$/,
    kind: "moot",
    reason: "a host that fails ends its own part of a run, and the others go on",
  },
  {
    names: /_copy_certs$/,
    kind: "moot",
    reason: "Kolla-Ansible computes it from its TLS switches",
  },
  {
    names: /_config_validation$/,
    kind: "moot",
    reason: "it is for validate-config, which is not here: kolla plan reads and merges every file",
  },
  {
    names: /^nova_cell_(rpc|notify)_rabbitmq_users$/,
    kind: "moot",
    reason: "Kolla-Ansible computes it from the accounts of cells.",
  },
];
