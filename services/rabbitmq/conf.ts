import type { Refusal, Secret } from "#model";

/** Inventory group of these brokers. */
const GROUP = "rabbitmq";

/** A member of the cluster: its short host name, which Erlang's node names are made of, and its address. */
export interface Broker {
  name: string;
  address: string;
}

export interface BrokerSettings {
  rabbitmq_port: number;
  rabbitmq_management_port: number;
  rabbitmq_cluster_port: number;
  rabbitmq_epmd_port: number;
  rabbitmq_prometheus_port: number;
  rabbitmq_cluster_name: string;
  rabbitmq_vm_memory_high_watermark: string;
  rabbitmq_server_additional_erl_args: string;
  rabbitmq_cluster_partition_handling: string;
  rabbitmq_pid_file: string;
  rabbitmq_plugins: readonly unknown[];
  rabbitmq_extra_config: Readonly<Record<string, unknown>>;
}

/** A plugin as Kolla-Ansible's list has it: `enabled` may be any word for yes that Ansible knows. */
interface Plugin {
  name: string;
  enabled?: unknown;
}

/**
 * rabbitmq.conf: where it listens, who its peers are, and that queues are replicated unless asked otherwise. What the
 * operator adds or sets otherwise in rabbitmq_extra_config wins.
 */
export function rabbitmqConf(opt: BrokerSettings, own: Broker, brokers: readonly Broker[]): string {
  const nodes = brokers.map(({ name }, at) => [
    `cluster_formation.classic_config.nodes.${at + 1}`,
    `rabbit@${name}`,
  ]);
  const watermark = opt.rabbitmq_vm_memory_high_watermark;
  const relative = /^0?\.\d+$/.test(watermark);
  const settings: Readonly<Record<string, unknown>> = {
    "listeners.tcp.1": `${own.address}:${opt.rabbitmq_port}`,
    "distribution.listener.interface": own.address,
    "distribution.listener.port_range.min": opt.rabbitmq_cluster_port,
    "distribution.listener.port_range.max": opt.rabbitmq_cluster_port,
    "management.tcp.ip": own.address,
    "management.tcp.port": opt.rabbitmq_management_port,
    "prometheus.tcp.ip": own.address,
    "prometheus.tcp.port": opt.rabbitmq_prometheus_port,
    cluster_name: opt.rabbitmq_cluster_name,
    cluster_partition_handling: opt.rabbitmq_cluster_partition_handling,
    "cluster_formation.peer_discovery_backend": "classic_config",
    "cluster_formation.target_cluster_size_hint": brokers.length,
    ...Object.fromEntries(nodes),
    default_queue_type: "quorum",
    load_definitions: "/etc/rabbitmq/definitions.json",
    [`vm_memory_high_watermark.${relative ? "relative" : "absolute"}`]: watermark,
    "log.console": "true",
    "log.console.level": "info",
    "log.file.level": "info",
    "deprecated_features.permit.management_metrics_collection": "true",
    ...opt.rabbitmq_extra_config,
  };
  return lines(Object.entries(settings).map(([name, value]) => `${name} = ${value}`));
}

/** Names of the plugins that are switched on. */
export function enabledPlugins({ rabbitmq_plugins }: Pick<BrokerSettings, "rabbitmq_plugins">): string[] {
  return (rabbitmq_plugins as readonly Plugin[])
    .filter(({ enabled = true }) => /^(true|yes|on|1|y|t)$/i.test(String(enabled)))
    .map(({ name }) => name);
}

/** rabbitmq-env.conf, which the server and its commands both read. */
export function environmentFile(opt: BrokerSettings, own: Broker): string {
  return lines([
    `RABBITMQ_NODENAME=rabbit@${own.name}`,
    "RABBITMQ_LOG_BASE=/var/log/kolla/rabbitmq",
    `RABBITMQ_DIST_PORT=${opt.rabbitmq_cluster_port}`,
    `RABBITMQ_PID_FILE=${opt.rabbitmq_pid_file}`,
    `RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="${opt.rabbitmq_server_additional_erl_args}"`,
    "export ERL_INETRC=/etc/rabbitmq/erl_inetrc",
    `export ERL_EPMD_ADDRESS=${own.address}`,
    `export ERL_EPMD_PORT=${opt.rabbitmq_epmd_port}`,
  ]);
}

/** erl_inetrc: the names of the members, so that no host needs them in its own table. */
export function hostTable(brokers: readonly Broker[]): string {
  const entries = brokers.map(
    ({ name, address }) => `{host, {${address.replaceAll(".", ",")}}, ["${name}"]}.`,
  );
  return lines([...entries, "{lookup, [file, native]}."]);
}

export interface Account {
  name: string;
  password: Secret;
  tags: string;
  /** Where it may do all; one that only looks may do so in all virtual hosts. */
  vhosts?: readonly string[];
}

/** definitions.json: the accounts, read at each start, so that a changed password takes effect with a restart. */
export function definitions(accounts: readonly Account[]): string {
  const users = accounts.map(({ name, password, tags }) => ({ name, password: password.reveal(), tags }));
  const vhosts = [...new Set(accounts.flatMap(({ vhosts = [] }) => vhosts))];
  const permissions = accounts.flatMap(({ name, vhosts: own }) => {
    const rights = own ? { configure: ".*", write: ".*" } : { configure: "^$", write: "^$" };
    return (own ?? vhosts).map((vhost) => ({ user: name, vhost, ...rights, read: ".*" }));
  });
  return `${JSON.stringify({ vhosts: vhosts.map((name) => ({ name, default_queue_type: "quorum" })), users, permissions }, null, 2)}\n`;
}

interface AccountOptions {
  rabbitmq_user: string;
  rabbitmq_password: Secret;
  rabbitmq_monitoring_user: string;
  rabbitmq_monitoring_password: Secret;
  om_rpc_group: string;
  om_rpc_user: string;
  om_rpc_password: Secret;
  om_rpc_vhost: string;
  om_notify_group: string;
  om_notify_user: string;
  om_notify_password: Secret;
  om_notify_vhost: string;
}

interface Use {
  option: string;
  name: string;
  password: Secret;
  vhost: string;
}

/** What services come to these brokers with, unless it is to others that they go. */
function usesOf(opt: AccountOptions): Use[] {
  const rpc = { name: opt.om_rpc_user, password: opt.om_rpc_password, vhost: opt.om_rpc_vhost };
  const notify = { name: opt.om_notify_user, password: opt.om_notify_password, vhost: opt.om_notify_vhost };
  return [
    ...(opt.om_rpc_group === GROUP ? [{ option: "om_rpc_password", ...rpc }] : []),
    ...(opt.om_notify_group === GROUP ? [{ option: "om_notify_password", ...notify }] : []),
  ];
}

/** The administrator, one that only looks, and those that services come with where these are others. */
export function accountsOf(opt: AccountOptions): readonly Account[] {
  const uses = usesOf(opt);
  const vhosts = (own: readonly Use[]): string[] => [...new Set(own.map(({ vhost }) => vhost))];
  const all = uses.length > 0 ? vhosts(uses) : ["/"];
  const others = new Map(uses.map((use) => [use.name, use.password]));
  others.delete(opt.rabbitmq_user);
  return [
    { name: opt.rabbitmq_user, password: opt.rabbitmq_password, tags: "administrator", vhosts: all },
    { name: opt.rabbitmq_monitoring_user, password: opt.rabbitmq_monitoring_password, tags: "monitoring" },
    ...[...others].map(([name, password]) => ({
      name,
      password,
      tags: "",
      vhosts: vhosts(uses.filter((use) => use.name === name)),
    })),
  ];
}

/** Accounts that would have to have two passwords. */
export function passwordClashes(opt: AccountOptions): readonly Refusal[] {
  const passwords = new Map([
    [opt.rabbitmq_monitoring_user, opt.rabbitmq_monitoring_password],
    [opt.rabbitmq_user, opt.rabbitmq_password],
  ]);
  return usesOf(opt).flatMap(({ option, name, password }) => {
    const known = passwords.get(name);
    passwords.set(name, known ?? password);
    if (known === undefined || known.reveal() === password.reveal()) return [];
    const user = option.replace("password", "user");
    const message = `The account ${name} of RabbitMQ has another password already than ${option}`;
    return [{ message, hint: `Give ${user} a name of its own, or remove ${option}.`, option }];
  });
}

function lines(all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}
