import type { ExecPart, HostView, SiteView } from "#model";

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
export function bridgeExec(datapath: string, site: SiteView): ExecPart {
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

/** What would make the bridges fail or lead nowhere, as refusals. */
export function bridgeProblems(
  host: HostView,
  site: SiteView,
  interfaces: readonly string[],
): { message: string; hint: string }[] {
  const bridges = words(site.value("neutron_bridge_name"));
  const ports = words(site.value("neutron_external_interface"));
  if (bridges.length !== ports.length) {
    return [
      {
        message: `neutron_bridge_name lists ${bridges.length} bridges, neutron_external_interface ${ports.length} interfaces`,
        hint: "Give one interface for each bridge, in the same order, separated by commas.",
      },
    ];
  }
  return ports
    .filter((port) => !interfaces.includes(port))
    .map((port) => ({
      message: `neutron_external_interface names ${port}, which ${host.name} does not have (it has ${interfaces.join(", ")})`,
      hint: "Set neutron_external_interface in globals.yml, or for this host in the inventory.",
    }));
}

function words(value: unknown): string[] {
  return String(value)
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);
}
