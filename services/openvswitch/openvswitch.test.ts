import { describe, expect, test } from "vitest";
import { bridgeExec, bridgeProblems, hasExternalBridge } from "./bridges.ts";

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

  test("as many bridges as interfaces, and interfaces that are there", () => {
    const two = site({ neutron_bridge_name: "br-ex,br-two", neutron_external_interface: "eth1" });
    expect(bridgeProblems(host(), two, ["eth1"]).map(({ message }) => message)).toEqual([
      "neutron_bridge_name lists 2 bridges, neutron_external_interface 1 interfaces",
    ]);
    const one = site({ neutron_bridge_name: "br-ex", neutron_external_interface: "eth9" });
    expect(bridgeProblems(host(), one, ["eth0", "eth1"]).map(({ message }) => message)).toEqual([
      "neutron_external_interface names eth9, which one does not have (it has eth0, eth1)",
    ]);
  });
});
