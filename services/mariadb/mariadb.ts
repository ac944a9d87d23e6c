import {
  type ContainerPart,
  count,
  type DatabaseAdmin,
  flag,
  type Judgement,
  list,
  port,
  type SiteContext,
  seconds,
  service,
  shell,
  volume,
  word,
} from "#model";
import { backupAccounts, backupJobs, backupOptions, backupVerb } from "./backup.ts";
import bootstrap from "./bootstrap.sh";
import { galeraCnf, healthcheckCnf, startEnvironment } from "./galera.ts";
import { ownedSchema } from "./schema.ts";
import start from "./start.sh";
import { moot, refuses } from "./unsupported.ts";

const options = {
  mariadb_port: port("{{ database_port }}", "Port that MariaDB listens on, on each host."),
  mariadb_wsrep_port: port(4567, "Port of replication between the members."),
  mariadb_ist_port: port(4568, "Port of incremental state transfer."),
  mariadb_sst_port: port(4444, "Port of full state transfer."),
  mariadb_datadir_volume: volume("mariadb", "Volume that holds the databases."),
  database_cluster_name: word("openstack", "Name of the Galera cluster."),
  mariadb_max_connections: count(10000, "Connections that are served at once.", { min: 1 }),
  mariadb_innodb_log_file_size_mb: count(
    256,
    "Size of the redo log in MiB. Kolla-Ansible takes 2048, which a small host has no room for.",
    { min: 4 },
  ),
  mariadb_innodb_buffer_pool_size_mb: count(
    "{{ [ansible_facts.memtotal_mb * 4 // 10, 8192] | min }}",
    "Memory for pages of tables, in MiB.",
    { min: 128 },
  ),
  mariadb_wsrep_extra_provider_options: list(
    [],
    "More settings of Galera's, each as name=value (gcache.size=1G).",
  ),
  database_max_timeout: seconds(120, "Time that the first start of a member may take."),
  mariadb_recover_by_itself: flag(
    true,
    "After a stop of all members the one with the newest data starts the cluster anew once all have been heard.",
  ),
  ...backupOptions,
};

const status = (variable: string, otherwise: string): string =>
  `COALESCE(MAX(CASE WHEN VARIABLE_NAME = '${variable}' THEN VARIABLE_VALUE END), '${otherwise}')`;
/** What the member that serves says of the cluster, as one row. */
const CLUSTER =
  `SELECT ${status("wsrep_cluster_status", "no cluster")} AS status, ` +
  `${status("wsrep_cluster_size", "0")} AS size, ` +
  `${status("wsrep_local_state_comment", "not in a cluster")} AS state FROM information_schema.GLOBAL_STATUS`;

export default service("mariadb", {
  summary: "Database of all services, a Galera cluster.",
  enabled: true,
  groups: { mariadb: ["control"] },
  provides: {
    what: "database",
    resource: (need, { opt }) => ({ kind: "sql", admin: admin(opt), statements: ownedSchema(need) }),
  },
  needs: [],
  containers: { mariadb: { group: "mariadb", set: "mariadb", image: "mariadb-server", rollout: "quorum" } },
  options,
  refuses,
  moot,
  mootFiles: Object.fromEntries(
    ["backup.my.cnf", "mariadb/backup.my.cnf"].map((name) => [
      name,
      "how a backup is made follows from options: mariadb_backup_*",
    ]),
  ),
  verbs: { "mariadb-backup": backupVerb },
  declare: (opt) => ({
    logs: ["mariadb"],
    apis: [
      {
        name: "mariadb",
        group: "mariadb",
        mode: "tcp",
        port: opt.database_port,
        listenPort: opt.mariadb_port,
        activePassive: true,
        frontendExtra: ["option clitcpka", "timeout client 3600s"],
        backendExtra: ["option srvtcpka", "timeout server 3600s"],
      },
    ],
  }),
  define: ({ opt, host, site }) => {
    const members = site.hosts("mariadb").map((each) => each.apiAddress);
    const mariadb: ContainerPart = {
      command: "/etc/mysql/kolla_start_mariadb.sh",
      account: "mysql",
      files: [
        {
          name: "galera.cnf",
          dest: "/etc/mysql/my.cnf",
          content: {
            ini: galeraCnf(opt, host, members),
            overrides: ["galera.cnf", `mariadb/${host.name}/galera.cnf`],
          },
        },
        {
          name: "healthcheck.cnf",
          dest: "/etc/mysql/healthcheck.cnf",
          content: { ini: healthcheckCnf(opt), overrides: [] },
        },
        {
          name: "start_mariadb.sh",
          dest: "/etc/mysql/kolla_start_mariadb.sh",
          perm: "0700",
          content: start,
          sensitive: false,
        },
      ],
      environment: startEnvironment(opt, host, members),
      permissions: [{ path: "/var/lib/mysql", owner: "mysql:mysql", recurse: true }],
      mounts: [{ source: opt.mariadb_datadir_volume, target: "/var/lib/mysql" }],
      health: {
        test: "/usr/bin/healthcheck.sh --defaults-file /etc/mysql/healthcheck.cnf --connect --galera_online",
      },
      swap: {
        effect: "requests-wait",
        why: "the files of a database belong to one server",
        seconds: 10,
      },
      stopTimeout: 180,
      gateSeconds: 300,
    };
    return {
      containers: { mariadb },
      jobs: [
        {
          name: "bootstrap",
          like: "mariadb",
          key: "once",
          command: shell("bootstrap", bootstrap),
          environment: {
            KOLLA_BOOTSTRAP: "",
            DB_MAX_TIMEOUT: String(opt.database_max_timeout),
            DB_ROOT_PASSWORD: opt.database_password.reveal(),
          },
        },
        ...backupJobs(opt, host),
      ],
      execs: backupAccounts(opt),
    };
  },
  probes: ({ opt, site }) => ({
    mariadb: {
      kind: "sql",
      admin: admin(opt),
      query: CLUSTER,
      judgement: clusterJudgement(site.hosts("mariadb").length),
    },
  }),
});

/** The account that may do everything, where services find the database: through the load balancer. */
function admin(opt: SiteContext["opt"]): DatabaseAdmin {
  return {
    host: opt.database_address,
    port: opt.database_port,
    user: opt.database_user,
    password: opt.database_password.reveal(),
  };
}

/** Good: the part of the cluster that may write, whole and in step. */
function clusterJudgement(members: number): Judgement {
  return {
    well: { status: "Primary", size: String(members), state: "Synced" },
    words: `{status}, {size} of ${members} members, {state}`,
  };
}
