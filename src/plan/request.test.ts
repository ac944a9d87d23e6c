import { expect, test } from "vitest";
import type { Desired } from "#model";
import { bundlesOf } from "./bundle.ts";
import { applied, deploy, deployed } from "./deployed.fixture.ts";
import { formatPlan } from "./format.ts";
import { makePlan } from "./make.ts";
import { bareHost, container, host, ordinaryService, site } from "./site.fixture.ts";

test("tags choose sets at any depth, and only what belongs to them gets steps", () => {
  const desired = site({ control01: [...ordinaryService("keystone"), ...ordinaryService("glance")] });
  const bare = { control01: bareHost("control01") };
  const { steps } = makePlan(desired, bare, { verb: "deploy", tags: ["glance-api"] });
  expect(steps.map((step) => `${step.kind} ${step.set[0]}`)).toEqual([
    "image glance",
    "container glance",
    "gate glance",
  ]);
});

test("a set that is skipped gets no steps, though a set above it was chosen", () => {
  const desired = site({ control01: [...ordinaryService("keystone"), ...ordinaryService("glance")] });
  const bare = { control01: bareHost("control01") };
  const containers = (request: { tags?: string[]; skip: string[] }): string[] =>
    makePlan(desired, bare, { verb: "deploy", ...request }).steps.flatMap((step) =>
      step.kind === "container" ? [step.name] : [],
    );
  expect(containers({ skip: ["glance"] })).toEqual(["keystone"]);
  expect(containers({ tags: ["glance"], skip: ["glance-api"] })).toEqual([]);
  expect(() => containers({ skip: ["glanze"] })).toThrow("no set called glanze");
});

test("an unknown set or host is refused with the nearest name, all of them at once", () => {
  const desired = site({ control01: ordinaryService("keystone") });
  const bare = { control01: bareHost("control01") };
  expect(() => makePlan(desired, bare, { verb: "deploy", tags: ["keystoen"], limit: ["control1"] })).toThrow(
    /no set called keystoen.*\n.*keystone[\s\S]*no host called control1.*\n.*control01/,
  );
});

test("a host that did not report is refused unless it is left out by limit", () => {
  const desired = site({ control01: [container("keystone")], compute01: [container("nova")] });
  const bare = { control01: bareHost("control01") };
  expect(() => makePlan(desired, bare, deploy)).toThrow("did not report");
  const { steps } = makePlan(desired, bare, { verb: "deploy", limit: ["control01"] });
  expect(new Set(steps.map((step) => step.host))).toEqual(new Set(["control01"]));
});

test("stop of a set stops what needs a container before it, start starts it after", () => {
  const desired = site({
    control01: [
      container("nova"),
      container("nova", [], ["control01|container:nova"], { name: "nova_proxy" }),
    ],
  });
  const running = deployed(desired);
  const stop = makePlan(desired, running, { verb: "stop", tags: ["nova"] });
  expect(formatPlan(stop)).toBe(`control01  nova  2025.1
[]   #1 container:nova_proxy   stop  asked for
[1]  #2 container:nova         stop  asked for

2 steps on 1 host in 1 stage: 2 containers stopped.
Outage expected: nova_proxy, nova (control01) stopped.
`);
  const stopped = applied(desired, running, stop);
  const start = makePlan(desired, stopped, { verb: "start", tags: ["nova"] });
  expect(start.steps.map((step) => `${step.kind} ${step.verb} [${step.needs}]`)).toEqual([
    "container start []",
    "gate await [1]",
    "container start [2]",
    "gate await [3]",
  ]);
});

test("restart stops, starts and awaits each container after those it needs", () => {
  const desired = site({ control01: [container("nova")] });
  const plan = makePlan(desired, deployed(desired), { verb: "restart" });
  expect(plan.steps.map((step) => `${step.kind} ${step.verb} [${step.needs}]`)).toEqual([
    "container stop []",
    "container start [1]",
    "gate await [2]",
  ]);
});

test.each([
  ["genconfig", ["file"]],
  ["pull", ["image"]],
  ["deploy-containers", ["image", "container", "gate"]],
])("%s touches only %s", (verb, kinds) => {
  const desired = site({ control01: ordinaryService("keystone") });
  const { steps } = makePlan(desired, { control01: bareHost("control01") }, { verb });
  expect([...new Set(steps.map((step) => step.kind))]).toEqual(kinds);
});

test("pull asks a registry for images that are there, and never asks for those that have none", () => {
  const desired = site({
    control01: [
      container("a", [], [], { image: "r:4000/a:1" }),
      container("b", [], [], { image: "kolla/b:1" }),
    ],
  });
  const there = { control01: bareHost("control01", { "r:4000/a:1": "1", "kolla/b:1": "2" }) };
  const { steps } = makePlan(desired, there, { verb: "pull" });
  expect(steps).toMatchObject([{ image: "r:4000/a:1", cause: "asked for" }]);
});

test("a bundle holds the host's steps, and only the items they speak of", () => {
  const desired = site({ control01: ordinaryService("keystone"), compute01: [container("nova")] });
  const now = { ...deployed(desired), compute01: bareHost("compute01") };
  const bundles = bundlesOf(
    { plan: makePlan(desired, now, deploy), states: [desired] },
    { run: "r1", began: "", holder: "me" },
  );
  expect(bundles.map(({ host: name, items }) => [name, items.map(({ id }) => id)])).toEqual([
    ["compute01", ["container:nova"]],
  ]);
  expect(bundles[0]).toMatchObject({ run: "r1", began: "", holder: "me", verb: "deploy", stages: 1 });
});

test("every bundle of a plan knows how long each of its stages may take on any host, gates and what comes back counted", () => {
  const desired = site({
    control01: [container("a"), container("b")],
    compute01: [container("c", [], ["control01|container:a"])],
  });
  const now = { control01: bareHost("control01"), compute01: bareHost("compute01") };
  const [first, second] = bundlesOf(
    { plan: makePlan(desired, now, deploy), states: [desired] },
    {
      run: "r1",
      began: "",
      holder: "me",
    },
  );
  expect(second?.stageSeconds).toEqual(first?.stageSeconds);
  expect(first?.stageSeconds.length).toBe(first?.stages);
  const gate = 60;
  for (const seconds of first?.stageSeconds ?? []) expect(seconds).toBeGreaterThan(2 * gate);
});

test("a need that no host is to have is a bug and named as one", () => {
  const desired: Desired = { hosts: [host("h", [container("a", [], ["h|container:b"])])] };
  expect(() => makePlan(desired, { h: bareHost("h") }, deploy)).toThrow("h|container:a needs h|container:b");
});
