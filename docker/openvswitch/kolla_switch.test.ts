import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execaSync } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";

const modules = join(import.meta.dirname, "openvswitch-vswitchd/kolla_switch");

/** Says what an expression of Python is, as JSON; its modules keep what they write below a directory of the test. */
const runner = `
import json, sys
sys.dont_write_bytecode = True
modules, root, expression = sys.argv[1:]
sys.path.insert(0, modules)
import flows, ports
flows.SAVED = root + "/saved-flows"
print(json.dumps(eval(expression)))
`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "kolla-switch-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function python(expression: string): unknown {
  const { stdout } = execaSync("python3", ["-c", runner, modules, root, expression]);
  return JSON.parse(stdout);
}

const kept = (line: string): unknown => python(`flows.kept(${JSON.stringify(line)})`);

test("a flow is put back for half an hour, one that has a time of its own for that", () => {
  expect(kept(" cookie=0x4, table=60, priority=1 actions=NORMAL")).toBe(
    "hard_timeout=1800, cookie=0x4, table=60, priority=1 actions=NORMAL",
  );
  const learned = "cookie=0xd, table=20, hard_timeout=300, priority=1,dl_vlan=2 actions=output:2";
  expect(kept(` ${learned}`)).toBe(learned);
  const learns = "cookie=0xd, table=10, priority=1 actions=learn(table=20,hard_timeout=300),output:1";
  expect(kept(` ${learns}`)).toBe(`hard_timeout=1800, ${learns}`);
});

test("the agent's canary stays away, and so does what is no flow", () => {
  expect(kept(" cookie=0x4, table=23, priority=0 actions=drop")).toBeNull();
  expect(kept(" cookie=0x4, table=0, priority=0 actions=resubmit(,23),learn(table=23)")).not.toBeNull();
  expect(kept("OFPST_FLOW reply (OF1.4) (xid=0x2):")).toBeNull();
});

test("IGMP is written as it can be read", () => {
  expect(kept(" table=1, priority=2,igmp,igmp_type=22 actions=drop")).toBe(
    "hard_timeout=1800, table=1, priority=2,ip,nw_proto=2,tp_src=22 actions=drop",
  );
});

test("ports by their bridges, with the numbers that flows know them by", () => {
  const shown = [
    "netdev@ovs-netdev: hit:1570 missed:292",
    "  br-ex:",
    "    br-ex 65534/2: (tap)",
    "    phy-br-ex 2/none: (patch: peer=int-br-ex)",
    "  br-int:",
    "    qg-1f7d24b3-16 42/9: (tap)",
    "    vxlan-0a0a0a0a 7/3: (vxlan: remote_ip=10.0.0.1)",
    "",
  ].join("\n");
  expect(python(`flows.numbers(${JSON.stringify(shown)})`)).toEqual({
    "br-ex/br-ex": 65534,
    "br-ex/phy-br-ex": 2,
    "br-int/qg-1f7d24b3-16": 42,
    "br-int/vxlan-0a0a0a0a": 7,
  });
});

test("the newest protocol of a bridge", () => {
  expect(python('flows.protocol(["set", ["OpenFlow10", "OpenFlow13"]])')).toBe("OpenFlow13");
  expect(python('flows.protocol("OpenFlow15")')).toBe("OpenFlow15");
  expect(python('flows.protocol(["set", []])')).toBe("OpenFlow14");
});

test("flows of a switch that stopped just now, of none before it and of no other boot", () => {
  const saved = (about: string): unknown => {
    mkdirSync(join(root, "saved-flows"), { recursive: true });
    writeFileSync(join(root, "saved-flows/about.json"), about);
    return python("flows.fresh() is not None");
  };
  expect(python("flows.fresh()")).toBeNull();
  const [boot, now] = python("flows.clock()") as [string, number];
  expect(saved(JSON.stringify({ boot, at: now }))).toBe(true);
  expect(saved(JSON.stringify({ boot, at: now - 200 }))).toBe(false);
  expect(saved(JSON.stringify({ boot: "another", at: now }))).toBe(false);
  expect(saved("{")).toBe(false);
});

test("what a port gets back: addresses as they were, and routes that the kernel does not make of them", () => {
  const routes = [
    "default via 10.77.1.1 dev qg-1 proto static linkdown ",
    "10.0.0.0/26 dev qr-1 proto kernel scope link src 10.0.0.1 ",
    "169.254.0.0/16 dev qr-1 scope link ",
    "local 10.0.0.1 dev qr-1 table local proto kernel scope host src 10.0.0.1 ",
    "broadcast 10.0.0.63 dev qr-1 table local scope link ",
    "unreachable 10.9.0.0/16",
  ];
  const of = (port: string): unknown => python(`ports.routes_of("${port}", ${JSON.stringify(routes)})`);
  expect(of("qg-1")).toEqual([["default", "via", "10.77.1.1", "dev", "qg-1", "proto", "static"]]);
  expect(of("qr-1")).toEqual([["169.254.0.0/16", "dev", "qr-1", "scope", "link"]]);
  const four = { family: "inet", local: "10.0.0.1", prefixlen: 26, broadcast: "10.0.0.63" };
  expect(python(`ports.address_words(${JSON.stringify(four)})`)).toEqual([
    "10.0.0.1/26",
    "broadcast",
    "10.0.0.63",
  ]);
  const six = { family: "inet6", local: "fd00::1", prefixlen: 64 };
  expect(python(`ports.address_words(${JSON.stringify(six)})`)).toEqual(["fd00::1/64", "nodad"]);
});
