import { expect, test } from "vitest";
import type { Item } from "#model";
import { deploy, deployed } from "./deployed.fixture.ts";
import { formatPlan } from "./format.ts";
import { makePlan } from "./make.ts";
import { bareHost, container, ordinaryService, site } from "./site.fixture.ts";

const computes = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `compute${String(at + 1).padStart(3, "0")}`);

const bare = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, bareHost(name)]));

test("hosts with the same steps are told once, in words first, and the steps with the numbers of the first", () => {
  const names = computes(7);
  const items = (host: string): Item[] =>
    host === "compute004" ? [container("other")] : [container("agent", [], ["control01|container:api"])];
  const desired = site({
    control01: [container("api")],
    ...Object.fromEntries(names.map((name) => [name, items(name)])),
  });
  const plan = makePlan(desired, bare(["control01", ...names]), deploy);
  expect(formatPlan(plan)).toMatchInlineSnapshot(`
    "compute[001-003,005-007]: the same 3 steps on each of 6 hosts, numbered as on compute001.

    == Stage 1 of 2 ==

    control01  api  2025.1
    []   #1 image:api       pull    not on the host
    [1]  #2 container:api   create  new
    [2]  #3 gate:api        await   healthy within 60 s, else remove

    compute[001-003,005-007]  agent  2025.1
    []  #4 image:agent   pull  not on the host

    compute004  other  2025.1
    []   #7 image:other       pull    not on the host
    [7]  #8 container:other   create  new
    [8]  #9 gate:other        await   healthy within 60 s, else remove

    == Stage 2 of 2, when stage 1 has ended on all hosts ==

    compute[001-003,005-007]  agent  2025.1
    [3,4]  #13 container:agent   create  new
    [13]   #14 gate:agent        await   healthy within 60 s, else remove

    24 steps on 8 hosts in 2 stages: 8 images pulled, 8 containers created.
    No outage expected.
    "
  `);
});

test("a host whose steps wait for others, or have another cause, is told by itself", () => {
  const agent = (image: string, need: string) => container("agent", [], [`${need}|container:api`], { image });
  const apis = { c1: [container("api")], c2: [container("api", [], ["c1|container:api"])] };
  const before = site({
    ...apis,
    h1: [agent("a:1", "c1")],
    h2: [agent("a:1", "c1")],
    h3: [agent("a:1", "c2")],
  });
  const first = formatPlan(makePlan(before, bare(["c1", "c2", "h1", "h2", "h3"]), deploy));
  expect(first.split("\n")[0]).toBe("h1, h2: the same 3 steps on each of 2 hosts, numbered as on h1.");
  const there = deployed(before);
  const h2 = there.h2 ?? bareHost("h2");
  const off = { ...h2, containers: h2.containers.map((each) => ({ ...each, state: "exited" as const })) };
  const second = makePlan(before, { ...there, h1: bareHost("h1"), h2: off }, deploy);
  expect(formatPlan(second)).not.toContain("the same");
});

test("the plan of very many hosts is printed on a few pages", () => {
  const names = computes(999);
  const needs = ["control01|container:a"];
  const desired = site({
    control01: ordinaryService("a"),
    ...Object.fromEntries(names.map((name) => [name, ordinaryService("b", needs, name)])),
  });
  const text = formatPlan(makePlan(desired, bare(["control01", ...names]), deploy));
  expect(text.split("\n").length).toBeLessThan(40);
  expect(text).toContain("compute[001-999]: the same 6 steps on each of 999 hosts");
});
