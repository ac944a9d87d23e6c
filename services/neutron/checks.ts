import type { Refusal } from "#model";
import { type Context, names } from "./context.ts";

/** What Neutron would refuse or do wrongly, before it is deployed. */
export function checks(context: Context): readonly Refusal[] {
  return [
    ...bridges(context),
    ...kindsOfNetworks(context),
    ...domain(context),
    ...severalHosts(context),
    ...tunnels(context),
  ];
}

function bridges({ opt }: Context): Refusal[] {
  const physical = names(opt.neutron_physical_networks).length;
  const external = names(opt.neutron_bridge_name).length;
  if (physical === external) return [];
  return [
    {
      message: `There are ${physical} physical networks and ${external} external bridges`,
      hint: "Give neutron_physical_networks and neutron_bridge_name as many names, with commas.",
      option: "neutron_physical_networks",
    },
  ];
}

function kindsOfNetworks({ opt }: Context): Refusal[] {
  const known = names(opt.neutron_type_drivers);
  return names(opt.neutron_tenant_network_types)
    .filter((kind) => !known.includes(kind))
    .map((kind) => ({
      message: `neutron_tenant_network_types names ${kind}, which neutron_type_drivers (${known.join(", ")}) lacks`,
      hint: "Add it to neutron_type_drivers, or take it out of neutron_tenant_network_types.",
      option: "neutron_tenant_network_types",
    }));
}

/** With the domain that Neutron has of itself, it treats names as if there were no DNS. */
function domain({ opt }: Context): Refusal[] {
  const own = opt.neutron_dns_domain;
  if (!opt.neutron_dns_integration || (own.endsWith(".") && own !== "openstacklocal.")) return [];
  return [
    {
      message: `neutron_dns_integration wants a domain of your own that ends with a dot, and neutron_dns_domain is "${own}"`,
      hint: 'Set neutron_dns_domain, for example "cloud.example.org.".',
      option: "neutron_dns_domain",
    },
  ];
}

function severalHosts({ opt, site }: Context): Refusal[] {
  if (!opt.enable_neutron_agent_ha) return [];
  return ["neutron-dhcp-agent", "neutron-l3-agent"]
    .filter((group) => site.hosts(group).length < 2)
    .map((group) => ({
      message: `enable_neutron_agent_ha wants two hosts, and the group ${group} has ${site.hosts(group).length}`,
      hint: `Put another host into [${group}], or set enable_neutron_agent_ha: no.`,
      option: "enable_neutron_agent_ha",
    }));
}

/**
 * The user-space datapath finds the other end of a tunnel only through an address on one of its own bridges
 * (Open vSwitch, "Userspace Tunneling"); seen here with VXLAN between two hosts, which carried nothing.
 */
function tunnels({ opt, site }: Context): Refusal[] {
  const kinds = names(opt.neutron_tenant_network_types).filter((kind) =>
    ["vxlan", "gre", "geneve"].includes(kind),
  );
  const hosts = new Set([...site.hosts("network"), ...site.hosts("compute")].map(({ name }) => name));
  const onBridge = names(opt.neutron_bridge_name).includes(String(site.value("tunnel_interface")));
  if (site.value("ovs_datapath") !== "netdev" || kinds.length === 0 || hosts.size < 2 || onBridge) return [];
  return [
    {
      message: `ovs_datapath: netdev carries no ${kinds.join(", ")} between ${hosts.size} hosts: their tunnel addresses are not on a bridge of Open vSwitch`,
      hint: "Use a kernel with the module openvswitch and ovs_datapath: system, or neutron_tenant_network_types: vlan.",
      option: "neutron_tenant_network_types",
    },
  ];
}
