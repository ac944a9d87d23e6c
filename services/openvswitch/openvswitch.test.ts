import { describe, expect, test } from "vitest";
import { absentPorts, bridgeClashes, bridgeExec, hasExternalBridge } from "./bridges.ts";

const site = (values: Record<string, unknown>) =>
  ({ enabled: () => true, value: (name: string) => values[name] }) as never;
const host = (...groups: string[]) =>
  ({ name: "one", in: (group: string) => groups.includes(group) }) as never;

describe("external bridges", () => {
  test("pair up with interfaces in order, and have the switch's datapath", () => {
    const whole = site({ neutron_bridge_name: "br-ex, br-two", neutron_external_interface: "eth1,eth2" });
    expect(bridgeExec("netdev", whole).command.slice(3).join(" ")).toBe(
      "--may-exist add-br br-ex -- set Bridge br-ex datapath_type=netdev -- --may-exist add-port br-ex eth1" +
        " -- --may-exist add-br br-two -- set Bridge br-two datapath_type=netdev -- --may-exist add-port br-two eth2",
    );
  });

  test("are on network hosts, and on compute hosts only when servers leave the cloud there", () => {
    const on = site({ computes_need_external_bridge: true });
    const off = site({ computes_need_external_bridge: false });
    expect(hasExternalBridge(host("network"), off)).toBe(true);
    expect(hasExternalBridge(host("compute"), off)).toBe(false);
    expect(hasExternalBridge(host("compute"), on)).toBe(true);
  });

  test("as many bridges as interfaces, each once, and interfaces that are there", () => {
    const clashes = (bridges: string, ports: string): string[] =>
      bridgeClashes(
        site({ neutron_bridge_name: bridges, neutron_external_interface: ports, api_interface: "eth0" }),
      ).map(({ message }) => message);
    expect(clashes("br-ex", "eth1")).toEqual([]);
    expect(clashes("br-ex,br-two", "eth1")).toEqual([
      "neutron_bridge_name lists 2 bridges, neutron_external_interface 1 interfaces",
    ]);
    expect(clashes("br-ex,br-two", "eth1,eth1")).toEqual([
      "neutron_external_interface names eth1 twice, but an interface can be in one bridge only",
    ]);
    expect(clashes("br-ex,br-ex", "eth1,eth2")).toEqual(["neutron_bridge_name names br-ex twice"]);
    expect(clashes("br-ex", "eth0")).toEqual([
      "neutron_external_interface names eth0, which is also api_interface: in a bridge it would lose its address, and the host its network",
    ]);
    const one = site({ neutron_bridge_name: "br-ex", neutron_external_interface: "eth9" });
    expect(absentPorts(host(), one, ["eth1", "eth0"])).toMatchObject([
      { message: "neutron_external_interface names eth9, which the host does not have" },
    ]);
  });
});
