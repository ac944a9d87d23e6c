import { describe, expect, test } from "vitest";
import {
  type ContainerItem,
  type Desired,
  type Handover,
  LABEL,
  type ObservedContainer,
  type Turns,
} from "#model";
import { deploy, deployed, type Hosts } from "./deployed.fixture.ts";
import { formatPlan } from "./format.ts";
import { makePlan } from "./make.ts";
import { container, file, site } from "./site.fixture.ts";

const balancer = {
  url: "http://lb",
  basic: { user: "", password: "" },
} as unknown as Turns["balancers"][number];
const both: Turns = { ports: [5000, 15000], balancers: [balancer], beside: true, drainSeconds: 120 };

/** One API whose configuration is this text. */
function shop(text: string, turns: Turns = both): Desired {
  const conf = file("shop", "shop.conf", text);
  const item: ContainerItem = { ...container("shop", [conf]), turns };
  return site({ control01: [conf, item] });
}

const handover: Handover = { signal: "SIGUSR1", seconds: 120 };

/** One server whose configuration is this text, and whose generations hand over their sockets. */
function front(text: string, own: Partial<ContainerItem> = { handover }): Desired {
  const conf = file("shop", "shop.conf", text);
  const labels = { [LABEL.release]: "2025.1", [LABEL.handover]: JSON.stringify(handover) };
  return site({ control01: [conf, { ...container("shop", [conf], [], { labels }), ...own }] });
}

/** The step on the container of a plan, without what all steps have. */
function turn(desired: Desired, hosts: Hosts): unknown {
  const plan = makePlan(desired, hosts, deploy);
  const step = plan.steps.find(({ kind }) => kind === "container");
  return step && "port" in step ? { verb: step.verb, port: step.port, beside: "beside" in step } : step;
}

/** The hosts with the container, and others, as they are changed. */
function changed(hosts: Hosts, change: (found: ObservedContainer) => readonly ObservedContainer[]): Hosts {
  const [one] = Object.values(hosts);
  if (!one) throw new Error("no host");
  const containers = one.containers.flatMap((found) => (found.name === "shop" ? change(found) : [found]));
  return { [one.host]: { ...one, containers } };
}

const onPort = (found: ObservedContainer, port: number, name = found.name): ObservedContainer => ({
  ...found,
  name,
  id: `${name} on ${port}`,
  labels: { ...found.labels, [LABEL.port]: String(port) },
});

describe("generations of an API take turns on two ports", () => {
  const first = deployed(shop("a = 1\n"));

  test("the first one has the listen port, the next the spare one beside it, the third the first again", () => {
    expect(first.control01?.containers[0]?.labels[LABEL.port]).toBe("5000");
    expect(turn(shop("a = 2\n"), first)).toEqual({ verb: "replace", port: 15000, beside: true });
    const second = deployed(shop("a = 2\n"), first);
    expect(turn(shop("a = 3\n"), second)).toEqual({ verb: "replace", port: 5000, beside: true });
    expect(turn(shop("a = 2\n"), second)).toBeUndefined();
  });

  test("the plan says that nobody waits", () => {
    expect(formatPlan(makePlan(shop("a = 2\n"), first, deploy))).toMatchInlineSnapshot(`
      "control01  shop  2025.1
      []   #1 file:shop.conf   write    changed
      [1]  #2 container:shop   replace  shop.conf changed      keep generation 1, beside it on port 15000
      [2]  #3 gate:shop        await    healthy within 60 s, else restore generation 1

      3 steps on 1 host in 1 stage: 1 file written, 1 container replaced.
      Replaced beside what serves, which goes when it is proved: shop (control01).
      "
    `);
  });

  test("in its place: where a container does not run, does not say its port, or is not to be replaced beside itself", () => {
    const stopped = changed(first, (found) => [{ ...found, state: "exited" }]);
    expect(turn(shop("a = 2\n"), stopped)).toEqual({ verb: "replace", port: 5000, beside: false });
    const silent = changed(first, ({ labels: { [LABEL.port]: _, ...labels }, ...found }) => [
      { ...found, labels },
    ]);
    expect(turn(shop("a = 2\n"), silent)).toEqual({ verb: "replace", port: 5000, beside: false });
    const alone = shop("a = 2\n", { ...both, beside: false });
    expect(turn(alone, deployed(shop("a = 1\n"), first))).toEqual({
      verb: "replace",
      port: 5000,
      beside: false,
    });
  });

  test("where an older generation still serves after a run that was cut off, its port is not free", () => {
    const two = changed(first, (found) => [onPort(found, 15000), onPort(found, 5000, "shop.g1")]);
    expect(turn(shop("a = 2\n"), two)).toEqual({ verb: "replace", port: 15000, beside: false });
    const older = changed(first, (found) => [onPort(found, 5000, "shop.g1")]);
    expect(turn(shop("a = 2\n"), older)).toEqual({ verb: "create", port: 15000, beside: false });
  });

  test("a generation that had no turn yet takes no port: it is taken away first", () => {
    const begun = changed(first, (found) => [onPort(found, 5000), onPort(found, 15000, "shop.new")]);
    expect(turn(shop("a = 2\n"), begun)).toEqual({ verb: "replace", port: 15000, beside: true });
  });

  test("a host without the memory for two has it replaced in its place, and the plan says so", () => {
    const with100MB = changed(first, (found) => [{ ...found, memoryBytes: 100e6 }]);
    const having = (memoryAvailableBytes: number): Hosts =>
      Object.fromEntries(
        Object.entries(with100MB).map(([name, host]) => [
          name,
          { ...host, facts: { ...host.facts, memoryBytes: 1000e6, memoryAvailableBytes } },
        ]),
      );
    expect(turn(shop("a = 2\n"), having(200e6))).toEqual({ verb: "replace", port: 15000, beside: true });
    expect(turn(shop("a = 2\n"), having(199e6))).toEqual({ verb: "replace", port: 5000, beside: false });
    expect(formatPlan(makePlan(shop("a = 2\n"), having(150e6), deploy))).toContain(
      "keep generation 1, not beside it: 50 MB of memory are free where 100 are wanted",
    );
  });

  test("one on a port that nothing leads to any more is made anew", () => {
    const spare = changed(first, (found) => [onPort(found, 15000)]);
    const alone = shop("a = 1\n", { ...both, balancers: [], beside: false });
    expect(turn(alone, spare)).toEqual({ verb: "replace", port: 5000, beside: false });
    expect(turn(alone, first)).toBeUndefined();
  });
});

describe("the next generation of a container takes over the sockets of the one that serves", () => {
  const first = deployed(front("a = 1\n"));
  const besideIt = (desired: Desired, hosts: Hosts): unknown => {
    const step = makePlan(desired, hosts, deploy).steps.find(({ kind }) => kind === "container");
    return step && "beside" in step;
  };

  test("beside it, and the plan says that nobody waits", () => {
    expect(formatPlan(makePlan(front("a = 2\n"), first, deploy))).toMatchInlineSnapshot(`
      "control01  shop  2025.1
      []   #1 file:shop.conf   write    changed
      [1]  #2 container:shop   replace  shop.conf changed      keep generation 1, beside it
      [2]  #3 gate:shop        await    healthy within 60 s, else restore generation 1

      3 steps on 1 host in 1 stage: 1 file written, 1 container replaced.
      Replaced beside what serves, which goes when it is proved: shop (control01).
      "
    `);
  });

  test("in its place: where it does not run, was made before this, or the next one takes nothing over", () => {
    const next = front("a = 2\n");
    expect(besideIt(next, first)).toBe(true);
    const stopped = changed(first, (found) => [{ ...found, state: "exited" }]);
    expect(besideIt(next, stopped)).toBe(false);
    const older = changed(first, ({ labels: { [LABEL.handover]: _, ...labels }, ...found }) => [
      { ...found, labels },
    ]);
    expect(besideIt(next, older)).toBe(false);
    expect(besideIt(front("a = 2\n", {}), first)).toBe(false);
  });
});
