import { describe, expect, test } from "vitest";
import type { ContainerTeardown, Teardown } from "#model";
import type { ContainerSummary } from "../engine/index.ts";
import { isLeft, matchesOne, remainsOf } from "./remains.ts";

const found = (name: string, state: ContainerSummary["state"] = "running"): ContainerSummary => ({
  id: name,
  name,
  image: "i",
  imageId: "i",
  state,
  labels: {},
});
const of = (container: string, teardown: Teardown): ContainerTeardown => ({ container, teardown });
const SWITCH = of("switch_db", {
  listed: { noun: "bridge", list: ["list"], remove: ["remove"] },
  runDirectories: ["switch"],
  namespaces: ["net-[0-9]+"],
  devices: ["br-in|br-out"],
});

describe("what remains of containers", () => {
  test("is nothing of one that is not here, whatever else has the begin of its name", () => {
    expect(remainsOf([found("switch"), found("switch_db_two")], [SWITCH])).toEqual({
      servers: [],
      toldToEnd: [],
      listed: [],
      directories: [],
      namespaces: [],
      devices: [],
      kernelBridges: [],
    });
  });

  test("is all of one that runs", () => {
    const { listed, directories, namespaces } = remainsOf([found("switch_db")], [SWITCH]);
    expect(listed.map(({ by }) => by.name)).toEqual(["switch_db"]);
    expect(directories).toEqual(["/run/switch"]);
    expect(namespaces.map((pattern) => matchesOne("net-7", [pattern]))).toEqual([true]);
  });

  test.each([
    ["an older generation alone", found("switch_db.g7")],
    ["one that ended", found("switch_db", "exited")],
  ])("of %s nothing can be asked, but what it left is known", (_words, container) => {
    const remains = remainsOf([container], [SWITCH, of("switch_db", { toldToEnd: true })]);
    expect([remains.listed, remains.toldToEnd]).toEqual([[], []]);
    expect(remains.directories).toEqual(["/run/switch"]);
  });

  test("tells only those that want to be told", () => {
    const declared = [of("vip", { toldToEnd: true }), SWITCH];
    const { toldToEnd } = remainsOf([found("vip"), found("switch_db")], declared);
    expect(toldToEnd.map(({ name }) => name)).toEqual(["vip"]);
  });

  test.each([
    ["my-br-in", false],
    ["br-in", true],
    ["br-out", true],
    ["br-out2", false],
    ["", false],
  ])("a pattern has to match a whole name: %s", (name, matches) => {
    expect(matchesOne(name, remainsOf([found("switch_db")], [SWITCH]).devices)).toBe(matches);
  });

  test.each([
    { devices: ["a)|(b"] },
    { namespaces: ["["] },
    { servers: { program: "qemu", argument: "(" } },
    { runDirectories: ["../etc"] },
    { runDirectories: [""] },
    { runDirectories: ["a/b"] },
  ])("what is not clear is refused: %j", (teardown) => {
    expect(() => remainsOf([found("x")], [of("x", teardown)])).toThrow("is not declared well");
  });
});

describe("a network device", () => {
  const { devices, kernelBridges } = remainsOf(
    [found("x")],
    [of("x", { devices: ["tap[0-9]", "br-ex"], kernelBridges: ["qbr[0-9]"] })],
  );
  test.each([
    ["of the pattern goes", { name: "tap1" }, true],
    ["of no pattern stays", { name: "eth0" }, false],
    ["that carries an address stays", { name: "br-ex", hasAddress: true }, false],
    ["that is a bridge of the kernel stays", { name: "br-ex", isKernelBridge: true }, false],
    ["that is a bridge of the kernel of ours goes", { name: "qbr1", isKernelBridge: true }, true],
    [
      "that is such a bridge with an address stays",
      { name: "qbr1", isKernelBridge: true, hasAddress: true },
      false,
    ],
  ])("%s", (_words, device, goes) => {
    const whole = { hasAddress: false, isKernelBridge: false, ...device };
    expect(isLeft(whole, { devices, kernelBridges })).toBe(goes);
  });
});
