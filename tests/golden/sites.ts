import type { ResolvedHost, ResolvedSite } from "#model";

/** Every secret of passwords.yml that a test's site needs, each with a text that tells where it went. */
const PASSWORDS = [
  "database_password",
  "mariadb_backup_database_password",
  "rabbitmq_password",
  "rabbitmq_cluster_cookie",
  "rabbitmq_monitoring_password",
  "memcache_secret_key",
  "haproxy_password",
  "keepalived_password",
  "keystone_admin_password",
  "keystone_database_password",
  "glance_database_password",
  "glance_keystone_password",
  "placement_database_password",
  "placement_keystone_password",
  "nova_database_password",
  "nova_api_database_password",
  "nova_keystone_password",
  "neutron_database_password",
  "neutron_keystone_password",
  "metadata_secret",
  "libvirt_sasl_password",
];
const KEYS = ["kolla_ssh_key", "keystone_ssh_key", "nova_ssh_key", "neutron_ssh_key"];

/** A host with eth0 (its API address) and eth1. */
export function host(name: string, address: string, variables: Record<string, unknown> = {}): ResolvedHost {
  return {
    name,
    variables: { ...passwords(), ...variables },
    facts: {
      nodename: name,
      cpus: 2,
      memoryMiB: 8192,
      distribution: "Debian",
      distributionVersion: "12.9",
      interfaces: {
        lo: { active: true, ipv4: ["127.0.0.1"], ipv6: ["::1"] },
        eth0: { active: true, ipv4: [address], ipv6: [] },
        eth1: { active: true, ipv4: [], ipv6: [] },
      },
      initSystem: "service",
      pythonVersion: "3.11.2",
    },
  };
}

/** Kolla-Ansible's groups, filled from its base groups. */
export function groups(base: Record<"control" | "network" | "compute", readonly string[]>): ResolvedSite["groups"] {
  const { control, network, compute } = base;
  const all = [...new Set([...control, ...network, ...compute])];
  const from = (members: readonly string[], names: string): [string, readonly string[]][] =>
    names.split(" ").map((name) => [name, members]);
  return Object.fromEntries([
    ...from(control, "control mariadb rabbitmq memcached keystone glance glance-api placement placement-api nova"),
    ...from(control, "nova-api nova-conductor nova-metadata nova-scheduler nova-novncproxy nova-super-conductor"),
    ...from(control, "neutron-server neutron-rpc-server neutron-periodic-worker monitoring storage"),
    ...from(network, "network loadbalancer neutron neutron-dhcp-agent neutron-l3-agent neutron-metadata-agent"),
    ...from(compute, "compute nova-compute nova-libvirt"),
    ...from([...new Set([...network, ...compute])], "openvswitch neutron-openvswitch-agent"),
    ...from(all, "common cron kolla_toolbox"),
  ]);
}

/** A site whose hosts are in all groups. */
export function site(hosts: readonly ResolvedHost[], more: Partial<ResolvedSite> = {}): ResolvedSite {
  const names = hosts.map((each) => each.name);
  return {
    hosts,
    groups: groups({ control: names, network: names, compute: names }),
    places: {},
    overrides: {},
    configDirectory: "/etc/kolla",
    ...more,
  };
}

/** One host that is everything, with the variables that quickstart writes. */
export function allInOne(variables: Record<string, unknown> = {}, more: Partial<ResolvedSite> = {}): ResolvedSite {
  const own = {
    kolla_internal_vip_address: "10.0.0.250",
    network_interface: "eth0",
    neutron_external_interface: "eth1",
    nova_compute_virt_type: "qemu",
    ovs_datapath: "netdev",
    ...variables,
  };
  return site([host("aio", "10.0.0.10", own)], more);
}

function passwords(): Record<string, unknown> {
  const texts = PASSWORDS.map((name) => [name, `secret-of-${name}`]);
  const keys = KEYS.map((name) => [name, { private_key: `private-${name}`, public_key: `public-${name}` }]);
  return Object.fromEntries([...texts, ...keys]) as Record<string, unknown>;
}
