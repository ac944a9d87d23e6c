import type { HostView, Ini, Secret } from "#model";

export interface GaleraOptions {
  mariadb_port: number;
  mariadb_wsrep_port: number;
  mariadb_ist_port: number;
  mariadb_sst_port: number;
  database_cluster_name: string;
  mariadb_max_connections: number;
  mariadb_innodb_log_file_size_mb: number;
  mariadb_innodb_buffer_pool_size_mb: number;
  mariadb_recover_by_itself: boolean;
  mariadb_wsrep_extra_provider_options: readonly string[];
  database_user: string;
  database_password: Secret;
}

/** The server's configuration. A lone member has no peers to name: its cluster is itself. */
export function galeraCnf(opt: GaleraOptions, host: HostView, members: readonly string[]): Ini {
  const address = host.apiAddress;
  const peers =
    members.length > 1 ? members.map((member) => `${member}:${opt.mariadb_wsrep_port}`).join(",") : "";
  return {
    mysqld: {
      "bind-address": address,
      port: opt.mariadb_port,
      datadir: "/var/lib/mysql",
      "pid-file": "/run/mysqld/mariadb.pid",
      socket: "/run/mysqld/mysqld.sock",
      binlog_format: "ROW",
      default_storage_engine: "InnoDB",
      innodb_autoinc_lock_mode: 2,
      // On since MariaDB 11.6.2; OpenStack does not try again what it refuses (error 1020, Launchpad 2116186): two
      // first logins of one user at a time made one of them fail.
      innodb_snapshot_isolation: "OFF",
      "character-set-server": "utf8mb3",
      "collation-server": "utf8mb3_general_ci",
      "skip-name-resolve": "ON",
      max_connections: opt.mariadb_max_connections,
      max_allowed_packet: "64M",
      innodb_buffer_pool_size: `${opt.mariadb_innodb_buffer_pool_size_mb}M`,
      innodb_log_file_size: `${opt.mariadb_innodb_log_file_size_mb}M`,
      wsrep_on: "ON",
      wsrep_provider: "/usr/lib/galera/libgalera_smm.so",
      wsrep_cluster_address: `gcomm://${peers}`,
      wsrep_cluster_name: opt.database_cluster_name,
      wsrep_node_name: host.nodename,
      wsrep_node_address: `${address}:${opt.mariadb_wsrep_port}`,
      wsrep_provider_options: [
        `gmcast.listen_addr=tcp://${address}:${opt.mariadb_wsrep_port}`,
        `ist.recv_addr=${address}:${opt.mariadb_ist_port}`,
        ...opt.mariadb_wsrep_extra_provider_options,
      ].join(";"),
      wsrep_sst_receive_address: `${address}:${opt.mariadb_sst_port}`,
      wsrep_sst_method: "mariabackup",
      wsrep_sst_auth: `${opt.database_user}:${opt.database_password.reveal()}`,
      wsrep_slave_threads: 4,
    },
    client: { "default-character-set": "utf8mb3", socket: "/run/mysqld/mysqld.sock" },
  };
}

/** What start.sh is told of the members. */
export function startEnvironment(
  opt: Pick<GaleraOptions, "mariadb_port" | "mariadb_wsrep_port" | "mariadb_recover_by_itself">,
  host: HostView,
  members: readonly string[],
): Record<string, string> {
  return {
    GALERA_ADDRESS: host.apiAddress,
    GALERA_PEERS: members.filter((member) => member !== host.apiAddress).join(" "),
    GALERA_PLACE: String(members.indexOf(host.apiAddress)),
    GALERA_PORT: String(opt.mariadb_wsrep_port),
    GALERA_RECOVERS: opt.mariadb_recover_by_itself ? "yes" : "no",
    MARIADB_PORT: String(opt.mariadb_port),
  };
}

/** How the health check and the start script sign in. */
export function healthcheckCnf(opt: GaleraOptions): Ini {
  return {
    client: {
      user: opt.database_user,
      password: opt.database_password.reveal(),
      socket: "/run/mysqld/mysqld.sock",
    },
  };
}
