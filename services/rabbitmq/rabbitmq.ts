import {
  type ContainerPart,
  choice,
  type FilePart,
  flag,
  type Judgement,
  list,
  map,
  name,
  path,
  port,
  type Secret,
  secret,
  service,
  text,
  volume,
  word,
} from "#model";
import {
  accountsOf,
  definitions,
  enabledPlugins,
  environmentFile,
  hostTable,
  passwordClashes,
  rabbitmqConf,
} from "./conf.ts";

const MANAGEMENT = "rabbitmq_management";

export default service("rabbitmq", {
  summary: "Messages between the processes of services.",
  enabled: true,
  groups: { rabbitmq: ["control"] },
  needs: [],
  containers: { rabbitmq: { group: "rabbitmq", set: "rabbitmq", rollout: "quorum" } },
  options: {
    rabbitmq_cluster_cookie: secret("Secret that the members of the cluster share."),
    rabbitmq_monitoring_user: word("openstack-monitoring", "Account that may only look."),
    rabbitmq_monitoring_password: secret("Password of that account."),
    rabbitmq_datadir_volume: volume("rabbitmq", "Volume that holds queues and accounts."),
    rabbitmq_management_port: port(15672, "Port of the management API."),
    rabbitmq_cluster_port: port(25672, "Port that the members talk to each other on."),
    rabbitmq_epmd_port: port(4369, "Port that tells where a member listens."),
    rabbitmq_prometheus_port: port(15692, "Port of the metrics."),
    rabbitmq_cluster_name: word("openstack", "Name of the cluster."),
    rabbitmq_vm_memory_high_watermark: name(
      "0.4",
      "Memory at which publishers are held back: a part of the host's (0.4), or a size (1GB).",
    ),
    rabbitmq_server_additional_erl_args: text(
      "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
      "Further arguments of the Erlang machine: few schedulers that do not spin when there is nothing to do.",
    ),
    rabbitmq_cluster_partition_handling: choice(
      ["pause_minority", "autoheal", "ignore"],
      "pause_minority",
      "What members do that see less than half of the cluster.",
    ),
    rabbitmq_enable_prometheus_plugin: flag(
      true,
      "Tell metrics; Kolla-Ansible does so with Prometheus only.",
    ),
    rabbitmq_plugins: list<{ name: string; enabled?: unknown }>(
      "{{ [{'name': 'rabbitmq_management', 'enabled': true}, {'name': 'rabbitmq_prometheus', 'enabled': rabbitmq_enable_prometheus_plugin}] }}",
      "Plugins, each with its name and whether it is enabled.",
    ),
    rabbitmq_extra_config: map({}, "More lines of rabbitmq.conf, name and value; they win over Kolla's own."),
    rabbitmq_pid_file: path("/var/lib/rabbitmq/mnesia/rabbitmq.pid", "File with the number of the process."),
  },
  refuses: {
    rabbitmq_enable_tls: "TLS between services and RabbitMQ",
    rabbitmq_enable_tls_backend: "TLS on RabbitMQ's members",
    om_enable_rabbitmq_tls: "TLS between services and RabbitMQ",
    rabbitmq_tls_options: "TLS on RabbitMQ's members",
    rabbitmq_version_suffix: "images of several versions of RabbitMQ; rabbitmq_image names one of your own",
  },
  moot: {
    rabbitmq_cacert: "it is read with TLS only, which is not here yet",
    om_rabbitmq_cacert: "it is read with TLS only, which is not here yet",
    rabbitmq_ha_promote_on_shutdown: "queues are quorum queues and streams, mirrored ones are gone",
    rabbitmq_ha_replica_count: "queues are quorum queues and streams, mirrored ones are gone",
    rabbitmq_server_count: "it follows from the inventory",
    rabbitmq_message_ttl_ms: "Kolla-Ansible 2025.1 reads it nowhere either; a policy of RabbitMQ's does it",
    rabbitmq_queue_expiry_ms: "Kolla-Ansible 2025.1 reads it nowhere either; a policy of RabbitMQ's does it",
    rabbitmq_proto: "Telegraf reads it, which is not here",
    rabbitmq_enabled_plugins: "it follows from rabbitmq_plugins",
  },
  declare: (opt) => ({
    logs: ["rabbitmq"],
    apis: [
      {
        name: "rabbitmq_management",
        group: "rabbitmq",
        mode: "http",
        port: opt.rabbitmq_management_port,
        listenPort: opt.rabbitmq_management_port,
        check: "/",
        probed: false,
      },
    ],
  }),
  define: ({ opt, host, site }) => {
    const brokers = site.hosts("rabbitmq").map(({ nodename, apiAddress }) => ({
      name: nodename.split(".")[0] ?? nodename,
      address: apiAddress,
    }));
    const here = { name: host.nodename.split(".")[0] ?? host.nodename, address: host.apiAddress };
    const own = (name: string): readonly string[] => [`rabbitmq/${host.name}/${name}`, `rabbitmq/${name}`];
    const made: Readonly<Record<string, string>> = {
      "rabbitmq.conf": rabbitmqConf(opt, here, brokers),
      "rabbitmq-env.conf": environmentFile(opt, here),
      erl_inetrc: hostTable(brokers),
      enabled_plugins: `[${enabledPlugins(opt).join(",")}].\n`,
      "definitions.json": definitions(accountsOf(opt)),
    };
    const files: FilePart[] = [
      ...Object.entries(made).map(([name, otherwise]) => etc(name, { first: own(name), otherwise })),
      etc("advanced.config", { first: own("advanced.config") }),
    ];
    return { containers: { rabbitmq: broker(opt, files) } };
  },
  judge: ({ opt }) => passwordClashes(opt),
  checks: ({ opt }) => {
    if (enabledPlugins(opt).includes(MANAGEMENT)) return [];
    const message = `rabbitmq_plugins lacks ${MANAGEMENT}, which Kolla asks for the state of the cluster`;
    const hint = `Add {name: ${MANAGEMENT}, enabled: true} to it.`;
    return [{ message, hint, option: "rabbitmq_plugins" }];
  },
  probes: ({ opt, host, site }) => ({
    rabbitmq: {
      kind: "http",
      url: `http://${host.apiAddress}:${opt.rabbitmq_management_port}/api/nodes`,
      basic: { user: opt.rabbitmq_user, password: opt.rabbitmq_password.reveal() },
      expect: [200],
      subject: "the management API",
      judgement: nodesJudgement(site.hosts("rabbitmq").length),
    },
  }),
});

/** Good: as many nodes as there are hosts run, and none of them holds messages back or has lost sight of others. */
function nodesJudgement(members: number): Judgement {
  return {
    well: { running: true },
    members,
    words: `{well} of ${members} nodes run`,
    troubles: [
      { when: { mem_alarm: true }, words: "{name} is short of memory" },
      { when: { disk_free_alarm: true }, words: "{name} is short of disk" },
      { when: { partitions: { empty: false } }, words: "{name} is cut off from others" },
    ],
  };
}

interface BrokerOptions {
  rabbitmq_cluster_cookie: Secret;
  rabbitmq_datadir_volume: string;
}

function broker(opt: BrokerOptions, files: readonly FilePart[]): ContainerPart {
  return {
    command: "/usr/sbin/rabbitmq-server",
    account: "rabbitmq",
    files: [
      ...files,
      {
        name: "rabbitmq-erlang.cookie",
        dest: "/var/lib/rabbitmq/.erlang.cookie",
        content: opt.rabbitmq_cluster_cookie.reveal(),
        perm: "0400",
      },
    ],
    permissions: [{ path: "/var/lib/rabbitmq", owner: "rabbitmq:rabbitmq", recurse: true }],
    mounts: [{ source: opt.rabbitmq_datadir_volume, target: "/var/lib/rabbitmq" }],
    environment: { RABBITMQ_LOG_DIR: "/var/log/kolla/rabbitmq" },
    health: { test: "healthcheck_rabbitmq", timeout: 60, startPeriod: 30 },
    swap: {
      effect: "requests-wait",
      why: "a node's name and its files belong to one broker",
      seconds: 25,
    },
    stopTimeout: 120,
    gateSeconds: 300,
  };
}

function etc(name: string, content: FilePart["content"]): FilePart {
  return { name, dest: `/etc/rabbitmq/${name}`, content };
}
