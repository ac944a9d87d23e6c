import { describe, expect, test } from "vitest";
import { type Desired, itemsAt, LABEL, type Phase } from "#model";
import { bundlesOf, type PhasedPlan } from "./bundle.ts";
import { deployed, type Hosts, serving, upgrade } from "./deployed.fixture.ts";
import { formatPlan } from "./format.ts";
import { makePlan } from "./make.ts";
import { afterPlan } from "./model-host.ts";
import { type PhasedSite, planPhases } from "./phases.ts";
import { bareHost, container, file, ofRelease, site } from "./site.fixture.ts";

const PASSES = { compute: ["pinned"] };

/** A service whose agents read in a phase which of its messages they may send, one that does not change in it, and another service. */
function desiredIn(release: string, phase: Phase = {}): Desired {
  const own = phase.compute;
  const conf = file("compute", "agent.conf", `release = ${release}\nphase = ${own ?? "none"}\n`);
  const other = file("other", "other.conf", `phase = ${phase.other ?? "none"}\n`);
  const image = (name: string) => ({ image: `kolla/${name}:${release}` });
  const agent = () => container("compute", [conf], [], image("compute"));
  const proxy = container("compute", [], [], { name: "proxy", ...image("proxy") });
  const desired = site({
    control01: [conf, agent(), proxy],
    compute01: [conf, agent()],
    other01: [other, container("other", [other], [], image("other"))],
  });
  return ofRelease(release, desired);
}

function siteOf(release: string, passes: PhasedSite["passes"] = PASSES): PhasedSite {
  return {
    desired: desiredIn(release),
    passes,
    passing: (phase) => desiredIn(release, phase),
  };
}

const before = deployed(desiredIn("2025.1"));
const next = siteOf("2026.1");
const whole = planPhases(next, before, upgrade);
/** Hosts take turns in each phase. */
const pinnedUntil = 2;

/** The hosts after the first steps of a plan. */
function hostsAfter({ plan, states }: PhasedPlan, hosts: Hosts, steps = plan.steps.length): Hosts {
  return afterPlan({ plan: { ...plan, steps: plan.steps.slice(0, steps) }, states }, hosts);
}

const changes = ({ plan }: PhasedPlan): string[] =>
  plan.steps.flatMap((step) =>
    step.kind === "container" ? [`${step.stage} ${step.host} ${step.name}: ${step.cause}`] : [],
  );

describe("a site of which no service moves", () => {
  test.each([
    ["nothing is deployed yet", {}],
    ["all of it is of its release", before],
  ])("is planned for one state when %s", (_, hosts: Hosts) => {
    const there = {
      ...Object.fromEntries(["control01", "compute01", "other01"].map((name) => [name, bareHost(name)])),
      ...hosts,
    };
    const ordinary: PhasedSite = {
      ...siteOf("2025.1"),
      passing: () => {
        throw new Error("nobody asks for a phase");
      },
    };
    expect(planPhases(ordinary, there, upgrade)).toEqual({
      plan: makePlan(ordinary.desired, there, upgrade),
      states: [ordinary.desired],
    });
  });

  test("nor is one whose services pass nothing", () => {
    const plan = makePlan(next.desired, before, upgrade);
    expect(planPhases({ ...next, passes: {} }, before, upgrade)).toEqual({ plan, states: [next.desired] });
  });
});

describe("a service that moves to another release", () => {
  test("is in its phase on all hosts before it comes to what is configured on any", () => {
    expect(formatPlan(whole.plan)).toMatchInlineSnapshot(`
      "Upgrades compute on control01, compute01 from 2025.1 to 2026.1. The way back: kolla rollback compute.
      Upgrades other on other01 from 2025.1 to 2026.1. The way back: kolla rollback other.

      == Stage 1 of 4, pinned ==

      control01  compute  2025.1 → 2026.1
      []   #1 image:compute       pull     not on the host
      [1]  #2 file:agent.conf     write    changed
      [2]  #3 container:compute   replace  image changed, release changed, pinned, agent.conf changed      keep generation 1, batch 1 of 2
      [3]  #4 gate:compute        await    healthy within 60 s, else restore generation 1
      []   #5 image:proxy         pull     not on the host
      [5]  #6 container:proxy     replace  image changed, release changed                                  keep generation 1
      [6]  #7 gate:proxy          await    healthy within 60 s, else restore generation 1

      compute01  compute  2025.1 → 2026.1
      []  #8 image:compute   pull  not on the host

      other01  other  2025.1 → 2026.1
      []    #9  image:other       pull     not on the host
      [9]   #10 container:other   replace  image changed, release changed      keep generation 1
      [10]  #11 gate:other        await    healthy within 60 s, else restore generation 1

      == Stage 2 of 4, pinned, when stage 1 has ended on all hosts ==

      compute01  compute  2025.1 → 2026.1
      [8]   #12 file:agent.conf     write    changed
      [12]  #13 container:compute   replace  image changed, release changed, pinned, agent.conf changed      keep generation 1, batch 2 of 2
      [13]  #14 gate:compute        await    healthy within 60 s, else restore generation 1

      == Stage 3 of 4, when stage 2 has gone well on all hosts ==

      control01  compute  2025.1 → 2026.1
      []    #15 file:agent.conf     write    changed
      [15]  #16 container:compute   replace  no longer pinned, agent.conf changed      keep generation 2, batch 1 of 2
      [16]  #17 gate:compute        await    healthy within 60 s, else restore generation 2

      == Stage 4 of 4, when stage 3 has ended on all hosts ==

      compute01  compute  2025.1 → 2026.1
      []    #18 file:agent.conf     write    changed
      [18]  #19 container:compute   replace  no longer pinned, agent.conf changed      keep generation 2, batch 2 of 2
      [19]  #20 gate:compute        await    healthy within 60 s, else restore generation 2

      20 steps on 3 hosts in 4 stages: 4 images pulled, 4 files written, 6 containers replaced.
      Outage expected: proxy (control01), other (other01) while replaced.
      Replaced host by host, while the others serve: compute (control01, compute01).
      "
    `);
  });

  test("is replaced twice only where the phase makes a difference, and everything else once", () => {
    const times = (name: string) => changes(whole).filter((words) => words.includes(` ${name}: `)).length;
    expect([times("compute"), times("proxy"), times("other")]).toEqual([4, 1, 1]);
  });

  test("comes to what the site would come to without phases", () => {
    const hosts = hostsAfter(whole, before);
    expect(planPhases(next, hosts, upgrade).plan.steps).toEqual([]);
    const straight = { plan: makePlan(next.desired, before, upgrade), states: [next.desired] };
    expect(serving(hosts)).toEqual(serving(hostsAfter(straight, before)));
  });

  test("goes on from wherever a run was cut off, and comes there", () => {
    for (let steps = 0; steps < whole.plan.steps.length; steps++) {
      const rest = planPhases(next, hostsAfter(whole, before, steps), upgrade);
      const hosts = hostsAfter(rest, hostsAfter(whole, before, steps));
      expect(serving(hosts)).toEqual(serving(hostsAfter(whole, before)));
    }
  });

  test("never meets a host of the release before when it leaves its phase", () => {
    for (let steps = 0; steps <= whole.plan.steps.length; steps++) {
      const hosts = hostsAfter(whole, before, steps);
      const agents = Object.values(hosts).flatMap(({ containers }) =>
        containers.filter(({ name }) => name === "compute"),
      );
      const isFree = agents.some(
        ({ labels }) => labels[LABEL.release] === "2026.1" && labels[LABEL.phase] === undefined,
      );
      const isOld = agents.some(({ labels }) => labels[LABEL.release] === "2025.1");
      expect(isFree && isOld).toBe(false);
    }
  });

  test("stays in its phase while a host is left out, says so, and leaves it when that host has followed", () => {
    const { control01, compute01, other01 } = before;
    const seen = { control01, other01 } as Hosts;
    const half = planPhases(next, seen, { ...upgrade, limit: ["control01", "other01"] });
    expect(half.plan.passes).toBeUndefined();
    expect(half.plan.stays).toEqual([{ service: "compute", phase: "pinned", hosts: ["compute01"] }]);
    expect(formatPlan(half.plan)).toContain(
      "Stays pinned: compute, until it is of one release on compute01 as well.",
    );
    const now = { ...hostsAfter(half, seen), compute01 } as Hosts;
    const rest = planPhases(next, now, upgrade);
    expect(changes(rest)).toEqual([
      "1 compute01 compute: image changed, release changed, pinned, agent.conf changed",
      "2 control01 compute: no longer pinned, agent.conf changed",
      "3 compute01 compute: no longer pinned, agent.conf changed",
    ]);
    expect(serving(hostsAfter(rest, now))).toEqual(serving(hostsAfter(whole, before)));
  });

  test("does not leave its phase behind the back of a host that was not looked at", () => {
    const pinned = hostsAfter(
      whole,
      before,
      whole.plan.steps.filter(({ stage }) => stage <= pinnedUntil).length,
    );
    const { compute01: _, ...seen } = pinned;
    const { plan } = planPhases(next, seen, { ...upgrade, limit: ["control01", "other01"] });
    expect(plan.steps).toEqual([]);
    expect(plan.stays).toEqual([{ service: "compute", phase: "pinned", hosts: ["compute01"] }]);
  });

  test("is not spoken of by a run that is for other sets", () => {
    const { plan } = planPhases(next, before, { ...upgrade, tags: ["other"] });
    expect(plan.steps.every(({ set }) => set[0] === "other")).toBe(true);
    expect(plan).not.toHaveProperty("stays");
  });

  test.each(["stop", "restart", "pull"])("passes nothing when the verb is %s", (verb) => {
    expect(planPhases(next, before, { verb })).toEqual({
      plan: makePlan(next.desired, before, { verb }),
      states: [next.desired],
    });
  });
});

test("a service passes its phases one after the other, beside one that has fewer", () => {
  const both = siteOf("2026.1", { compute: ["expanded", "pinned"], other: ["narrow"] });
  const { plan } = planPhases(both, before, upgrade);
  expect(plan.passes).toEqual([
    { name: "compute expanded, other narrow", until: 2 },
    { name: "pinned", until: 4 },
  ]);
  expect(changes({ plan, states: [] }).filter((words) => words.includes("other"))).toEqual([
    "1 other01 other: image changed, release changed, narrow, other.conf changed",
    "3 other01 other: no longer narrow, other.conf changed",
  ]);
});

test("a bundle holds for each stage what its steps speak of then", () => {
  const bundles = bundlesOf(whole, { run: "r", began: "", holder: "h" });
  const bundle = bundles.find(({ host }) => host === "compute01");
  const contents = [pinnedUntil, pinnedUntil + 1].map(
    (stage) =>
      bundle && itemsAt(bundle, stage).flatMap((item) => (item.kind === "file" ? [item.content] : [])),
  );
  expect(contents).toEqual([["release = 2026.1\nphase = pinned\n"], ["release = 2026.1\nphase = none\n"]]);
  expect(bundle?.stages).toBe(4);
});
