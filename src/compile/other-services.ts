import type { TableEntry } from "./rule-options.ts";

/** Services of Kolla-Ansible by their switch, without `enable_`; those that are here too count as ours. */
const SERVICES = words(`
  aodh barbican blazar ceilometer central_logging ceph_rgw cinder cloudkitty collectd cyborg designate etcd fluentd
  gnocchi grafana hacluster heat horizon influxdb ironic iscsid kuryr letsencrypt magnum manila masakari mistral
  multipathd octavia opensearch osprofiler ovn ovs_dpdk prometheus proxysql redis skyline swift tacker telegraf tgtd
  trove valkey venus watcher zun
`);

/** Words that variables of such services begin with, beside the service's own name. */
const MORE_PREFIXES: Readonly<Record<string, readonly string[]>> = {
  ceph_rgw: ["ceph", "external_ceph"],
  cinder: ["hnas", "lightbits", "lightos", "nfs_shares", "pure", "quobyte", "iscsi"],
  designate: ["dns"],
  iscsid: ["iscsi"],
  letsencrypt: ["acme", "haproxy_ssh"],
  opensearch: ["elasticsearch", "kibana"],
  ovs_dpdk: ["ovsdpdk", "dpdk"],
  gnocchi: ["s3"],
  magnum: ["cluster_user_trust"],
  neutron_infoblox: ["infoblox"],
  bifrost: [],
  freezer: [],
  monasca: [],
  multipathd: ["multipath"],
  murano: [],
  nsxv3: [],
  sahara: [],
  senlin: [],
  solum: [],
  telemetry: [],
  vitrage: [],
  vmware: [],
  zun: ["containerd_configure_for_zun", "docker_configure_for_zun", "docker_zun", "containerd_grpc"],
};

/** What Kolla-Ansible deploys unless it is told not to. Heat and Horizon come with its core. */
const ON_BY_DEFAULT = words("fluentd heat horizon proxysql");

type Table = ReadonlyMap<string, TableEntry>;

/** Switches of the services that Kolla-Ansible has and we lack: "enable_cinder". */
export function otherSwitches(table: Table): string[] {
  return SERVICES.map((service) => `enable_${service}`).filter((name) => !table.has(name));
}

/** Those of them that Kolla-Ansible deploys by default. */
export function otherDefaults(table: Table): string[] {
  return ON_BY_DEFAULT.filter((service) => !table.has(`enable_${service}`));
}

/** The service we lack that a variable belongs to, by its first words ("cinder_volume_group", "enable_cinder_backup"). */
export function otherServiceOf(name: string, table: Table): string | undefined {
  const bare = name.replace(/^enable_/, "");
  const all = new Set([...SERVICES, ...Object.keys(MORE_PREFIXES)]);
  const lacking = [...all].filter((service) => !table.has(`enable_${service}`));
  return lacking.find((service) =>
    [service, ...(MORE_PREFIXES[service] ?? [])].some(
      (prefix) => bare === prefix || bare.startsWith(`${prefix}_`),
    ),
  );
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
