import type { ResolvedHost } from "#model";
import { KollaError, type Where } from "#support";

/** "10.0.0.5/24" and "10.0.0.5" → "10.0.0.5". */
export function bareAddress(address: string): string {
  return address.split("/")[0] ?? address;
}

/**
 * First IPv4 address of an interface. Throws KOLLA_INTERFACE_ADDRESS when there is none, at the option that names the
 * interface, when one does.
 */
export function interfaceAddress(
  host: ResolvedHost,
  interfaceName: string,
  named?: { option: string; where?: Where },
): string {
  const found = host.facts.interfaces[interfaceName]?.ipv4[0];
  if (found) return bareAddress(found);
  if (isUnknown(host)) throw unknownAddress(host);
  const words = named
    ? `${named.option} is ${interfaceName}, which`
    : `${interfaceName} is an interface that`;
  const lack = interfaceName in host.facts.interfaces ? "has no IPv4 address" : "the host does not have";
  throw new KollaError({
    code: "KOLLA_INTERFACE_ADDRESS",
    message: `${words} ${lack}`,
    where: { ...named?.where, host: host.name },
    hint: `${host.name} has ${interfacesOf(host)}. Set ${named?.option ?? "the option that names it"} in globals.yml, or for this host in the inventory.`,
  });
}

/** The names of a host's interfaces, in one order. */
export function interfacesOf({ facts }: ResolvedHost): string {
  return Object.keys(facts.interfaces).sort().join(", ");
}

/** True when the host could not be reached, so that nothing is known of it. */
export function isUnknown(host: ResolvedHost): boolean {
  return Object.keys(host.facts.interfaces).length === 0;
}

function unknownAddress(host: ResolvedHost): KollaError {
  return new KollaError({
    code: "KOLLA_HOST_UNKNOWN",
    message: "The host cannot be reached, so its address is not known, which others need",
    where: { host: host.name },
    hint: "Mend it, or set api_interface_address for it in the inventory, or take it out of the groups that others need.",
  });
}

/** The facts that templates see as `ansible_facts`. */
export function ansibleFacts(host: ResolvedHost): Record<string, unknown> {
  const { facts } = host;
  return {
    nodename: facts.nodename,
    fqdn: facts.nodename,
    hostname: facts.nodename.split(".")[0],
    processor_vcpus: facts.cpus,
    memtotal_mb: facts.memoryMiB,
    distribution: facts.distribution,
    distribution_version: facts.distributionVersion,
    distribution_major_version: facts.distributionVersion.split(".")[0],
    os_family: facts.distribution === "RedHat" ? "RedHat" : familyOf(facts.distribution),
    service_mgr: facts.initSystem,
    python_version: facts.pythonVersion,
    interfaces: Object.keys(facts.interfaces),
    ...interfaceFacts(host),
    ...facts.gathered,
  };
}

function familyOf(distribution: string): string {
  return distribution === "Debian" || distribution === "Ubuntu" ? "Debian" : "RedHat";
}

/** Ansible writes an interface's facts under its name with anything but letters and digits as underscores. */
function interfaceFacts(host: ResolvedHost): Record<string, unknown> {
  const entries = Object.entries(host.facts.interfaces).map(([name, found]) => [
    name.replaceAll(/[^A-Za-z0-9]/g, "_"),
    {
      device: name,
      active: found.active,
      ...(found.ipv4[0] && { ipv4: { address: bareAddress(found.ipv4[0]) } }),
      ipv6: found.ipv6.map((address) => ({ address: bareAddress(address) })),
    },
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}
