import type { Secret } from "#model";

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
}

/** definitions.json: the accounts, read at each start, so that a changed password takes effect with a restart. */
export function definitions(accounts: readonly Account[], vhost: string): string {
  const users = accounts.map(({ name, password, tags }) => ({ name, password: password.reveal(), tags }));
  const permissions = accounts.map(({ name, tags }) => ({
    user: name,
    vhost,
    configure: tags === "administrator" ? ".*" : "^$",
    write: tags === "administrator" ? ".*" : "^$",
    read: ".*",
  }));
  return `${JSON.stringify({ vhosts: [{ name: vhost, default_queue_type: "quorum" }], users, permissions }, null, 2)}\n`;
}

function lines(all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}
