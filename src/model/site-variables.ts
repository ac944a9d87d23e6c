/** As `refuses` of a service: Kolla-Ansible's variables of the site as a whole that are not here, each with what is lacking. */
export const siteRefuses: Readonly<Record<string, string>> = {
  api_address_family: "Only IPv4 is here.",
  migration_address_family: "Only IPv4 is here.",
  storage_address_family: "Only IPv4 is here.",
  tunnel_address_family: "Only IPv4 is here.",
  glance_default_backend: "Images are kept in files.",
  keystone_identity_mappings: "Federation is not here.",
  keystone_identity_providers: "Federation is not here.",
  mariadb_loadbalancer: "The load balancer is HAProxy; ProxySQL is not here.",
  om_notify_transport: "Messages go through RabbitMQ.",
  om_rpc_transport: "Messages go through RabbitMQ.",
};

/** As `moot` of a service: Kolla-Ansible's variables of the site that a cloud of ours needs nothing of, each with why. */
export const siteMoot: Readonly<Record<string, string>> = {
  workaround_ansible_issue_8743: "It works around a defect of Ansible's that is not met here.",
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
    reason: "Containers run what is in their images; a developer's checkout cannot be mounted into them.",
  },
  {
    names: /_(dev_repos_pull|dev_repos_git|dev_repos_directory|git_repository|source_version)$/,
    kind: "moot",
    reason: "It is for a developer's checkout in containers, which is not here.",
  },
  {
    names: /(_enable_tls_backend|_tls_backend_cert|_tls_backend_key)$|_tls_proxy_/,
    kind: "refused",
    reason: "TLS between the load balancer and the services is not here yet.",
  },
  {
    names: /_database_enable_tls_internal$/,
    kind: "refused",
    reason: "TLS to the database is not here yet.",
  },
  {
    names: /_database_shard(_id|_root_user)?$/,
    kind: "refused",
    reason: "There is one database cluster; its schemas are not spread over shards.",
  },
  {
    names: /_max_fail_percentage$/,
    kind: "moot",
    reason: "A host that fails ends its own part of a run, and the others go on.",
  },
  {
    names: /_copy_certs$/,
    kind: "moot",
    reason: "Kolla-Ansible computes it from its TLS switches.",
  },
  {
    names: /_config_validation$/,
    kind: "moot",
    reason: "It is for validate-config, which is not here: kolla plan reads and merges every file.",
  },
  {
    names: /_notification_topics$/,
    kind: "refused",
    reason: "Nobody listens to notifications here yet, so none are sent.",
  },
  {
    names: /_healthcheck$/,
    kind: "moot",
    reason: "Each of its parts is an option of its own: <container>_healthcheck_test, _interval, _timeout …",
  },
  {
    names: /^nova_cell_(rpc|notify)_rabbitmq_users$/,
    kind: "moot",
    reason: "Kolla-Ansible computes it from the accounts of cells.",
  },
];
