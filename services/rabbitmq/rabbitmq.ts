import {
  type ContainerPart,
  type FilePart,
  name,
  port,
  type Secret,
  secret,
  service,
  text,
  volume,
  word,
} from "#model";
import { definitions, environmentFile, hostTable, rabbitmqConf } from "./conf.ts";

export default service("rabbitmq", {
  summary: "Messages between the processes of services.",
  enabled: true,
  groups: { rabbitmq: ["control"] },
  needs: [],
  containers: { rabbitmq: { group: "rabbitmq", set: "rabbitmq" } },
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
    const users = [
      { name: opt.rabbitmq_user, password: opt.rabbitmq_password, tags: "administrator" },
      { name: opt.rabbitmq_monitoring_user, password: opt.rabbitmq_monitoring_password, tags: "monitoring" },
    ];
    const made: Readonly<Record<string, string>> = {
      "rabbitmq.conf": rabbitmqConf(opt, here, brokers),
      "rabbitmq-env.conf": environmentFile(opt, here),
      erl_inetrc: hostTable(brokers),
      enabled_plugins: "[rabbitmq_management,rabbitmq_prometheus].\n",
      "definitions.json": definitions(users, opt.om_rpc_vhost),
    };
    const files: FilePart[] = [
      ...Object.entries(made).map(([name, otherwise]) => etc(name, { first: own(name), otherwise })),
      etc("advanced.config", { first: own("advanced.config") }),
    ];
    return { containers: { rabbitmq: broker(opt, files) } };
  },
  probes: ({ opt, host, site }) => ({
    rabbitmq: {
      kind: "rabbitmq",
      url: `http://${host.apiAddress}:${opt.rabbitmq_management_port}`,
      user: opt.rabbitmq_user,
      password: opt.rabbitmq_password.reveal(),
      members: site.hosts("rabbitmq").length,
    },
  }),
});

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
    stopTimeout: 120,
    gateSeconds: 300,
  };
}

function etc(name: string, content: FilePart["content"]): FilePart {
  return { name, dest: `/etc/rabbitmq/${name}`, content };
}
