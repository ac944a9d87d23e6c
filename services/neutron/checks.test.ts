import { expect, test } from "vitest";
import { checks } from "./checks.ts";

const usual = {
  neutron_physical_networks: "physnet1",
  neutron_bridge_name: "br-ex",
  neutron_type_drivers: "flat,vlan,vxlan",
  neutron_tenant_network_types: "vxlan",
  neutron_dns_integration: false,
  neutron_dns_domain: "openstacklocal",
  enable_neutron_agent_ha: false,
};

/** The options that are to blame on a site whose groups have so many hosts. */
function blamed(
  options: Partial<typeof usual>,
  hosts = 1,
  others: Record<string, string> = {},
): (string | undefined)[] {
  const site = {
    hosts: () => Array.from({ length: hosts }, (_, at) => ({ name: `host${at}` })),
    value: (name: string) => others[name],
  };
  return checks({ opt: { ...usual, ...options }, site } as never).map(({ option }) => option);
}

test("bridges and physical networks that do not pair are refused", () => {
  expect(blamed({ neutron_bridge_name: "br-ex,br-two" })).toEqual(["neutron_physical_networks"]);
  const two = { neutron_physical_networks: "physnet1,physnet2", neutron_bridge_name: "br-ex,br-two" };
  expect(blamed(two)).toEqual([]);
});

test("a kind of network that no driver makes is refused, blanks or not", () => {
  expect(blamed({ neutron_tenant_network_types: "vxlan, gree" })).toEqual(["neutron_tenant_network_types"]);
  expect(blamed({ neutron_tenant_network_types: "vlan, vxlan" })).toEqual([]);
});

test("names for ports want a domain of the operator's own, with its dot", () => {
  const asked = (neutron_dns_domain: string) => blamed({ neutron_dns_integration: true, neutron_dns_domain });
  expect(asked("openstacklocal")).toEqual(["neutron_dns_domain"]);
  expect(asked("openstacklocal.")).toEqual(["neutron_dns_domain"]);
  expect(asked("cloud.example.org")).toEqual(["neutron_dns_domain"]);
  expect(asked("cloud.example.org.")).toEqual([]);
});

test("agents on several hosts want several hosts", () => {
  expect(blamed({ enable_neutron_agent_ha: true }, 1)).toEqual([
    "enable_neutron_agent_ha",
    "enable_neutron_agent_ha",
  ]);
  expect(blamed({ enable_neutron_agent_ha: true }, 2)).toEqual([]);
});

test("the user-space datapath carries tunnels between hosts only from a bridge of its own", () => {
  const netdev = { ovs_datapath: "netdev", tunnel_interface: "eth1" };
  expect(blamed({}, 2, netdev)).toEqual(["neutron_tenant_network_types"]);
  expect(blamed({}, 1, netdev)).toEqual([]);
  expect(blamed({ neutron_tenant_network_types: "vlan" }, 2, netdev)).toEqual([]);
  expect(blamed({}, 2, { ...netdev, ovs_datapath: "system" })).toEqual([]);
  expect(blamed({}, 2, { ...netdev, tunnel_interface: "br-ex" })).toEqual([]);
});
