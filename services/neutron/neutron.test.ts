import { expect, test } from "vitest";
import type { ContainerItem, Item } from "#model";
import { compile } from "../../src/compile/index.ts";
import { allInOne, groups, host, site } from "../../tests/golden/sites.ts";
import { services } from "../index.generated.ts";

function items(variables: Record<string, unknown> = {}): readonly Item[] {
  const { desired, problems } = compile(services, allInOne(variables), {});
  expect(problems).toEqual([]);
  return desired.hosts[0]?.items ?? [];
}

function textOf(path: string, all: readonly Item[] = items()): string {
  const found = all.find((item) => item.id === `file:/etc/kolla/${path}`);
  expect(found, path).toBeDefined();
  return found?.kind === "file" ? found.content : "";
}

const containers = (all: readonly Item[]): ContainerItem[] =>
  all.filter((item): item is ContainerItem => item.kind === "container");

test("projects' networks are VXLAN, physical ones flat or VLAN", () => {
  const text = textOf("neutron-server/ml2_conf.ini");
  expect(text).toContain("type_drivers = flat,vlan,vxlan\ntenant_network_types = vxlan\n");
  expect(text).toContain("[ml2_type_flat]\nflat_networks = physnet1\n");
});

test("each external bridge gets the physical network of its place", () => {
  const text = textOf(
    "neutron-openvswitch-agent/openvswitch_agent.ini",
    items({ neutron_bridge_name: "br-ex,br-two", neutron_external_interface: "eth1,eth2" }),
  );
  expect(text).toContain("bridge_mappings = physnet1:br-ex,physnet2:br-two\n");
  expect(text).toContain("datapath_type = netdev\nlocal_ip = 10.0.0.10\n");
});

test("a compute host without an external bridge maps none, or its agent would stop", () => {
  const variables = { kolla_internal_vip_address: "10.0.0.250" };
  const hosts = [host("net01", "10.0.0.1", variables), host("cmp01", "10.0.0.2", variables)];
  const layout = groups({ control: ["net01"], network: ["net01"], compute: ["cmp01"] });
  const { desired, problems } = compile(services, site(hosts, { groups: layout }), {});
  expect(problems).toEqual([]);
  const config = "neutron-openvswitch-agent/openvswitch_agent.ini";
  expect(textOf(config, desired.hosts[0]?.items)).toContain("bridge_mappings");
  expect(textOf(config, desired.hosts[1]?.items)).not.toContain("bridge_mappings");
  const names = containers(desired.hosts[1]?.items ?? []).map((item) => item.spec.name);
  expect(names.filter((name) => name.startsWith("neutron"))).toEqual(["neutron_openvswitch_agent"]);
});

test("agents know neither the database nor an account", () => {
  const text = textOf("neutron-l3-agent/neutron.conf");
  expect(text).not.toContain("mysql");
  expect(text).not.toContain("secret-of-neutron_keystone_password");
  expect(text).not.toContain("[keystone_authtoken]");
});

test("the metadata agent and Nova have one secret, and it asks Nova inside", () => {
  const secret = "metadata_proxy_shared_secret = secret-of-metadata_secret\n";
  const agent = textOf("neutron-metadata-agent/metadata_agent.ini");
  expect(agent).toContain(secret);
  expect(agent).toContain("nova_metadata_host = 10.0.0.250\nnova_metadata_port = 8775\n");
  expect(textOf("nova-metadata/nova.conf")).toContain(secret);
});

test("namespaces are one mount that the agents share, and is made so on network hosts", () => {
  const all = items();
  expect(all.map((item) => item.id)).toContain("resource:shared-mount:/run/netns");
  const sharing = containers(all).filter(({ spec }) =>
    spec.mounts.some((mount) => mount.source === "/run/netns"),
  );
  expect(sharing.map(({ spec }) => spec.name).sort()).toEqual([
    "neutron_dhcp_agent",
    "neutron_l3_agent",
    // The site is netdev: it puts its ports back.
    "openvswitch_vswitchd",
  ]);
});

test("only agents that run programs in namespaces may write to /proc/sys", () => {
  const writing = containers(items())
    .filter(
      ({ spec }) =>
        spec.name.startsWith("neutron") && spec.securityOptions.includes("systempaths=unconfined"),
    )
    .map(({ spec }) => spec.name);
  expect(writing.sort()).toEqual(["neutron_dhcp_agent", "neutron_l3_agent"]);
});

test("OVN is refused by name", () => {
  const { problems } = compile(services, allInOne({ neutron_plugin_agent: "ovn" }), {});
  expect(problems.map((problem) => problem.message).join("\n")).toMatch(/neutron_plugin_agent.*openvswitch/);
});

test("the operator's ml2_conf.ini and the host's are merged, in this order", () => {
  const file = (path: string, ranges: string) => ({
    [path]: { text: `[ml2_type_vxlan]\nvni_ranges = ${ranges}\n`, path: `/etc/kolla/config/${path}` },
  });
  const overrides = { ...file("neutron/ml2_conf.ini", "1:10"), ...file("neutron/aio/ml2_conf.ini", "1:20") };
  const { desired } = compile(services, allInOne({}, { overrides }), {});
  expect(textOf("neutron-server/ml2_conf.ini", desired.hosts[0]?.items)).toContain("vni_ranges = 1:20\n");
});
