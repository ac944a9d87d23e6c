import { expect, test } from "vitest";
import type { ContainerItem } from "#model";
import { compile } from "../../src/compile/index.ts";
import { allInOne, groups, host, site } from "../../tests/golden/sites.ts";
import { services } from "../index.generated.ts";

type Site = Parameters<typeof compile>[1];

/** Everything on the hosts of a site, by host. */
function itemsOf(whole: Site) {
  const { desired, problems } = compile(services, whole, {});
  expect(problems).toEqual([]);
  return new Map(desired.hosts.map(({ host, items }) => [host, items]));
}

/** The text of a file of Neutron's on a host. */
function text(path: string, variables: Record<string, unknown> = {}, whole?: Site, name = "aio"): string {
  const items = itemsOf(whole ?? allInOne(variables)).get(name) ?? [];
  const found = items.find(({ id }) => id === `file:/etc/kolla/${path}`);
  expect(found, path).toBeDefined();
  return found?.kind === "file" ? found.content : "";
}

/** What several hosts without the kernel's module need: tunnels do not leave the user-space datapath. */
const severalHosts = {
  kolla_internal_vip_address: "10.0.0.250",
  ovs_datapath: "netdev",
  neutron_tenant_network_types: "vlan",
};

/** A network host and a compute host. */
function apart(variables: Record<string, unknown>): Site {
  const all = { ...severalHosts, ...variables };
  const hosts = [host("net01", "10.0.0.1", all), host("cmp01", "10.0.0.2", all)];
  return site(hosts, { groups: groups({ control: ["net01"], network: ["net01"], compute: ["cmp01"] }) });
}

/** Two hosts that are everything. */
function twins(variables: Record<string, unknown>): Site {
  const all = { ...severalHosts, ...variables };
  return site([host("aio", "10.0.0.1", all), host("two", "10.0.0.2", all)]);
}

const ml2 = (variables: Record<string, unknown>) => text("neutron-server/ml2_conf.ini", variables);
const conf = (variables: Record<string, unknown>) => text("neutron-server/neutron.conf", variables);
const l3 = (variables: Record<string, unknown>) => text("neutron-l3-agent/l3_agent.ini", variables);
const switchAgent = (variables: Record<string, unknown>) =>
  text("neutron-openvswitch-agent/openvswitch_agent.ini", variables);

test.each([
  ["enable_neutron_qos", "qos,router"],
  ["enable_neutron_segments", "router,segments"],
  ["enable_neutron_trunk", "router,trunk"],
  ["enable_neutron_port_forwarding", "router,port_forwarding"],
  ["enable_neutron_metering", "metering,router"],
  ["enable_neutron_packet_logging", "router,log"],
])("%s adds its plug-in to the API", (option, plugins) => {
  expect(conf({})).toContain("service_plugins = router\n");
  expect(conf({ [option]: "yes" })).toContain(`service_plugins = ${plugins}\n`);
});

test("limits of bandwidth need the API, the ports and the agent on each host", () => {
  const qos = { enable_neutron_qos: true };
  expect(ml2(qos)).toContain("extension_drivers = qos,port_security\n");
  expect(switchAgent(qos)).toContain("extensions = qos\n");
  expect(switchAgent({})).not.toContain("extensions");
});

test("forwarding of ports needs the L3 agent too", () => {
  expect(l3({ enable_neutron_port_forwarding: true })).toContain("[agent]\nextensions = port_forwarding\n");
});

test("an operator's own lists are taken, with rows as Kolla-Ansible has them or with plain names", () => {
  const rows = [{ name: "openvswitch", enabled: true }, { name: "l2population" }, { name: "baremetal" }];
  expect(ml2({ neutron_mechanism_drivers: rows })).toContain(
    "mechanism_drivers = openvswitch,l2population,baremetal\n",
  );
  const plugins = [
    { name: "router", enabled: true },
    { name: "own.plugin.Class", enabled: true },
    { name: "qos", enabled: false },
  ];
  expect(conf({ service_plugins: plugins })).toContain("service_plugins = router,own.plugin.Class\n");
  expect(conf({ neutron_service_plugins: ["router", "trunk"] })).toContain(
    "service_plugins = router,trunk\n",
  );
});

test("names of ports are in the domain that was given", () => {
  expect(conf({})).toContain("dns_domain = openstacklocal\n");
  const named = { neutron_dns_integration: true, neutron_dns_domain: "cloud.example.org." };
  expect(conf(named)).toContain("dns_domain = cloud.example.org.\n");
  expect(ml2(named)).toContain("extension_drivers = port_security,subnet_dns_publish_fixed_ip\n");
});

test("with agents on several hosts networks and routers are on several, and not otherwise", () => {
  const whole = twins({ enable_neutron_agent_ha: true, dhcp_agents_per_network: 3 });
  const several = text("neutron-server/neutron.conf", {}, whole);
  expect(several).toContain("dhcp_agents_per_network = 3\nl3_ha = true\nmax_l3_agents_per_router = 3\n");
  expect(conf({ dhcp_agents_per_network: 3 })).not.toMatch(/dhcp_agents_per_network|l3_ha/);
});

test("an L3 agent that shares its routers sweeps up before it starts", () => {
  const shared = twins({ enable_neutron_agent_ha: true });
  expect(text("neutron-l3-agent/l3_agent.ini", {}, shared)).toContain("ha_vrrp_health_check_interval = 5\n");
  const script = text("neutron-l3-agent/neutron-l3-agent-wrapper.sh", {}, shared);
  expect(script).toMatch(/\nneutron-netns-cleanup .*\nexec "\$@"\n$/);
  const { command } = JSON.parse(text("neutron-l3-agent/config.json", {}, shared));
  expect(command).toMatch(/^\/usr\/local\/bin\/neutron-l3-agent-wrapper.sh neutron-l3-agent --config-file /);
});

test("distributed routers are on compute hosts, with the way outside and the metadata they need", () => {
  const whole = apart({ enable_neutron_dvr: true });
  const items = itemsOf(whole).get("cmp01") ?? [];
  const containers = items.filter((item): item is ContainerItem => item.kind === "container");
  const names = containers.map(({ spec }) => spec.name).filter((name) => name.startsWith("neutron"));
  expect(names.sort()).toEqual(["neutron_l3_agent", "neutron_metadata_agent", "neutron_openvswitch_agent"]);
  const ids = items.map(({ id }) => id);
  expect(ids).toContain("resource:exec:openvswitch:external-bridges");
  expect(ids).toContain("resource:shared-mount:/run/netns");
  const own = (path: string, name: string) => text(path, {}, whole, name);
  expect(own("neutron-l3-agent/l3_agent.ini", "cmp01")).toContain("agent_mode = dvr\n");
  expect(own("neutron-l3-agent/l3_agent.ini", "net01")).toContain("agent_mode = dvr_snat\n");
  expect(own("neutron-server/neutron.conf", "net01")).toContain("router_distributed = true\n");
  const wired = own("neutron-openvswitch-agent/openvswitch_agent.ini", "cmp01");
  expect(wired).toContain("enable_distributed_routing = true\n");
  expect(wired).toContain("bridge_mappings = physnet1:br-ex\n");
});

test("distributed routers without a way outside of their own leave compute hosts without bridges", () => {
  const whole = apart({ enable_neutron_dvr: true, neutron_compute_dvr_mode: "dvr_no_external" });
  const ids = (itemsOf(whole).get("cmp01") ?? []).map(({ id }) => id);
  expect(ids).not.toContain("resource:exec:openvswitch:external-bridges");
  expect(text("neutron-l3-agent/l3_agent.ini", {}, whole, "cmp01")).toContain(
    "agent_mode = dvr_no_external\n",
  );
});

test("traffic is counted by an agent of its own, where routers are", () => {
  const counted = { enable_neutron_metering: true };
  expect(text("neutron-metering-agent/metering_agent.ini", counted)).toContain("driver = iptables\n");
  const ids = (itemsOf(allInOne()).get("aio") ?? []).map(({ id }) => id);
  expect(ids).not.toContain("container:neutron_metering_agent");
});

test("the old packet filter is chosen when agents start", () => {
  const of = (variables: Record<string, unknown>) =>
    itemsOf(allInOne(variables))
      .get("aio")
      ?.find(({ id }) => id === "container:neutron_l3_agent") as ContainerItem;
  expect(of({ neutron_legacy_iptables: true }).spec.environment).toMatchObject({
    KOLLA_LEGACY_IPTABLES: "true",
  });
  expect(of({}).spec.environment).not.toHaveProperty("KOLLA_LEGACY_IPTABLES");
});

test("agents wait for the switch as long as they are told, and have the limits of all agents", () => {
  const told = { ovsdb_timeout: 30, neutron_agent_dimensions: { mem_limit: "1g" } };
  for (const file of ["l3-agent/l3_agent.ini", "dhcp-agent/dhcp_agent.ini"])
    expect(text(`neutron-${file}`, told)).toContain("ovsdb_timeout = 30\n");
  const dhcp = itemsOf(allInOne(told))
    .get("aio")
    ?.find(({ id }) => id === "container:neutron_dhcp_agent") as ContainerItem;
  expect(JSON.stringify(dhcp.spec)).toContain("1073741824");
});

test("dnsmasq tells of every question when Neutron is debugged", () => {
  expect(text("neutron-dhcp-agent/dnsmasq.conf", { neutron_logging_debug: true })).toContain(
    "log-dhcp\nlog-queries\n",
  );
  expect(text("neutron-dhcp-agent/dnsmasq.conf")).not.toContain("log-queries");
});

test("a host with routers has the table of neighbours that was asked for, and no other", () => {
  const settings = (variables: Record<string, unknown>) => {
    const found = itemsOf(allInOne(variables))
      .get("aio")
      ?.find(({ id }) => id === "resource:sysctl:neutron");
    return found?.kind === "resource" && found.resource.kind === "sysctl" ? found.resource.values : undefined;
  };
  expect(settings({})).toBeUndefined();
  expect(settings({ neutron_l3_agent_host_ipv4_neigh_gc_thresh3: 65536 })).toEqual({
    "net.ipv4.neigh.default.gc_thresh3": "65536",
    "net.ipv6.neigh.default.gc_thresh3": "65536",
  });
});
