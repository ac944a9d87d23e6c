import type { ExecPart, HostView, Refusal, SiteView } from "#model";

const VSCTL = ["ovs-vsctl", "--db=unix:/run/openvswitch/db.sock", "--timeout=60"];

interface Bridge {
  name: string;
  port: string | undefined;
}

/** Routers leave the cloud on hosts of the network group; with provider networks servers do so on compute hosts too. */
export function hasExternalBridge(host: HostView, site: SiteView): boolean {
  if (!site.enabled("neutron")) return false;
  return host.in("network") || (host.in("compute") && site.value("computes_need_external_bridge") === true);
}

/** Bridges to the outside, each with its interface: neutron_bridge_name and neutron_external_interface pair up in order. */
function externalBridges(site: SiteView): Bridge[] {
  const ports = words(site.value("neutron_external_interface"));
  return words(site.value("neutron_bridge_name")).map((name, at) => ({ name, port: ports[at] }));
}

/** Makes the bridges once the switch runs; their datapath must be the switch's own. */
export function bridgeExec(datapath: string, site: SiteView): ExecPart<"openvswitch-vswitchd"> {
  const commands = externalBridges(site).flatMap(({ name, port }) => [
    ["--may-exist", "add-br", name],
    ["set", "Bridge", name, `datapath_type=${datapath}`],
    ...(port ? [["--may-exist", "add-port", name, port]] : []),
  ]);
  return {
    name: "external-bridges",
    container: "openvswitch-vswitchd",
    command: [...VSCTL, ...commands.flatMap((words, at) => (at === 0 ? words : ["--", ...words]))],
    on: "each",
  };
}

/** What of the operator's values makes no bridges, or bridges that cut the host off. */
export function bridgeClashes(site: SiteView): readonly Refusal[] {
  const bridges = words(site.value("neutron_bridge_name"));
  const ports = words(site.value("neutron_external_interface"));
  const own = String(site.value("api_interface"));
  const refusals: Refusal[] = [
    ...repeated(bridges).map((name) => ({
      message: `neutron_bridge_name names ${name} twice`,
      hint: "Give each interface a bridge of its own.",
      option: "neutron_bridge_name",
    })),
    ...repeated(ports).map((name) => ({
      message: `neutron_external_interface names ${name} twice, but an interface can be in one bridge only`,
      hint: "Give each bridge an interface of its own; several networks of one interface can be VLANs of one bridge.",
      option: "neutron_external_interface",
    })),
  ];
  if (bridges.length !== ports.length)
    refusals.push({
      message: `neutron_bridge_name lists ${bridges.length} bridges, neutron_external_interface ${ports.length} interfaces`,
      hint: "Give one interface for each bridge, in the same order, separated by commas.",
      option: "neutron_external_interface",
    });
  if (ports.includes(own))
    refusals.push({
      message: `neutron_external_interface names ${own}, which is also api_interface: in a bridge it would lose its address, and the host its network`,
      hint: "Name an interface that has no address. A host with one can split it: a VLAN, or a pair of virtual ones.",
      option: "neutron_external_interface",
    });
  return refusals;
}

/** Interfaces that a host should put into bridges and does not have. */
export function absentPorts(
  host: HostView,
  site: SiteView,
  interfaces: readonly string[],
): readonly Refusal[] {
  return words(site.value("neutron_external_interface"))
    .filter((port) => !interfaces.includes(port))
    .map((port) => ({
      message: `neutron_external_interface names ${port}, which the host does not have`,
      hint: `${host.name} has ${[...interfaces].sort().join(", ")}. Set neutron_external_interface in globals.yml, or for this host in the inventory.`,
      option: "neutron_external_interface",
    }));
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
}

function words(value: unknown): string[] {
  return String(value)
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);
}
