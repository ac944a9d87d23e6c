import { type Options, type ResolvedHost, type ResolvedSite, siteOptions } from "#model";
import { services } from "../../services/index.generated.ts";

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

/** The groups that services bring, filled from the operator's own groups as the inventory fills them; `base` may name any. */
export function groups(
  base: Record<"control" | "network" | "compute", readonly string[]> & Record<string, readonly string[]>,
): ResolvedSite["groups"] {
  const own: Record<string, readonly string[]> = { monitoring: base.control, storage: base.control, ...base };
  const hostsOf = (group: string): readonly string[] => {
    const members = services.flatMap((service) => service.groups[group] ?? []);
    return own[group] ?? [...new Set(members.flatMap(hostsOf))];
  };
  const names = [...Object.keys(own), ...services.flatMap((service) => Object.keys(service.groups))];
  return Object.fromEntries(names.map((name) => [name, hostsOf(name)]));
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
export function allInOne(
  variables: Record<string, unknown> = {},
  more: Partial<ResolvedSite> = {},
): ResolvedSite {
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

/** Every secret that genpwd fills, each with a text that tells where it went. */
function passwords(): Record<string, unknown> {
  const tables: readonly Options[] = [siteOptions, ...services.map(({ options }) => options as Options)];
  const secrets = tables.flatMap(Object.entries).filter(([, { secret }]) => secret && secret !== "operator");
  return Object.fromEntries(
    secrets.map(([name, { secret }]) => [
      name,
      secret === "ssh-key"
        ? { private_key: `private-${name}`, public_key: `public-${name}` }
        : `secret-of-${name}`,
    ]),
  );
}
