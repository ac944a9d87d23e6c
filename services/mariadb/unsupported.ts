const PROXYSQL = "ProxySQL reads it, which is not here";
const SHARDS = "databases of services in several clusters";
const FOLLOWS = "it follows from the inventory";

/** Kolla-Ansible's variables without which the database would be another one, each with what is lacking. */
export const refuses: Readonly<Record<string, string>> = {
  mariadb_shard_id: SHARDS,
  mariadb_default_database_shard_id: SHARDS,
  mariadb_default_database_shard_hosts: SHARDS,
  mariadb_loadbalancer: "ProxySQL",
  mariadb_enable_tls_backend: "TLS on the members of the database",
  enable_external_mariadb_load_balancer: "a load balancer of the operator's own before the database",
  internal_haproxy_members: "members of the load balancer that do not follow from the inventory",
  external_haproxy_members: "members of the load balancer that do not follow from the inventory",
};

/** Those that a database of ours needs nothing of, each with why. */
export const moot: Readonly<Record<string, string>> = {
  enable_mariadb_clustercheck:
    "HAProxy asks a member by a connection, the engine and `kolla status` ask Galera itself",
  mariadb_clustercheck_port: "no container clustercheck runs: the engine's health check asks Galera itself",
  mariadb_clustercheck_image: "no container clustercheck runs: the engine's health check asks Galera itself",
  mariadb_clustercheck_tag: "no container clustercheck runs: the engine's health check asks Galera itself",
  mariadb_clustercheck_image_full:
    "no container clustercheck runs: the engine's health check asks Galera itself",
  mariadb_clustercheck_dimensions:
    "no container clustercheck runs: the engine's health check asks Galera itself",
  mariadb_clustercheck_extra_volumes:
    "no container clustercheck runs: the engine's health check asks Galera itself",
  mariadb_monitor_user: "the health check signs in on the member's own socket",
  mariadb_backup_database_schema: "what a backup builds on is told by a file beside it, not in a table",
  mariadb_backup_target: "there are no replicas: mariadb_backup_host is backed up",
  mariadb_backup_possible: "Kolla-Ansible computes it",
  mariadb_shard_name: FOLLOWS,
  mariadb_shard_group: FOLLOWS,
  mariadb_shard_root_user_prefix: PROXYSQL,
  mariadb_shard_backup_user_prefix: PROXYSQL,
  mariadb_shard_database_user: PROXYSQL,
  mariadb_shards_info: FOLLOWS,
  mariadb_database_shard: PROXYSQL,
  mariadb_singlenode: FOLLOWS,
  mariadb_service: "Kolla-Ansible computes it",
  mariadb_proto: "Telegraf reads it, which is not here",
  mariadb_recover_tmp_file_path: "the members find out among themselves which has the newest data",
  ...Object.fromEntries(
    [
      "connect_timeout_client",
      "connect_timeout_server",
      "connect_timeout_server_max",
      "connect_retries_delay",
      "connect_retries_on_failure",
      "shun_on_failures",
      "monitor_connect_interval",
      "monitor_connect_timeout",
      "monitor_galera_healthcheck_interval",
      "monitor_galera_healthcheck_timeout",
      "monitor_galera_healthcheck_max_timeout_count",
      "monitor_ping_interval",
      "monitor_ping_timeout",
      "monitor_ping_max_failures",
      "monitor_read_only_interval",
    ].map((name) => [`mariadb_${name}`, PROXYSQL]),
  ),
};
