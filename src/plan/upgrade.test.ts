import { describe, expect, test } from "vitest";
import type { ActFor, Desired, Item, JobItem } from "#model";
import { applied, deploy, deployed, type Hosts, upgrade } from "./deployed.fixture.ts";
import { formatPlan } from "./format.ts";
import { makePlan } from "./make.ts";
import { container, job, ofRelease, ordinaryService, site } from "./site.fixture.ts";

const finish = { ...upgrade, finish: true };
const HOSTS = ["control01", "control02"];

/** A service on two hosts with jobs for the acts of an upgrade, beside one without, of a release. */
function desiredIn(release: string, build = ""): Desired {
  const image = `kolla/shop:${release}${build}`;
  const act = (name: string, upgrade: ActFor["act"]): Item => {
    const own = job("shop", name) as JobItem;
    return { ...own, spec: { ...own.spec, image }, upgrade: { act: upgrade, release } };
  };
  const acts = [act("upgrade-check", "check"), act("expand", "expand"), act("bootstrap", "complete")];
  const serving = container(
    "shop",
    [],
    acts.map(({ id }) => `control01|${id}`),
    { image },
  );
  return ofRelease(
    release,
    site({ control01: [...acts, serving, ...ordinaryService("other")], control02: [serving] }),
  );
}

/** The site of `next` with what is not of the shop as it was: `ofRelease` moves all. */
const shop = { tags: ["shop"] };
const steps = (desired: Desired, hosts: Hosts, request: object): string[] =>
  makePlan(desired, hosts, { ...upgrade, ...shop, ...request }).steps.flatMap((step) =>
    step.kind === "job" || step.kind === "container"
      ? [`${step.host} ${"id" in step ? step.id : step.name}`]
      : [],
  );

const [old, next] = [desiredIn("2025.1"), desiredIn("2026.1")];
const before = deployed(old);
const upgraded = deployed(next, before, { ...upgrade, ...shop });
const returned = deployed(old, upgraded, { verb: "rollback", ...shop });
const finished = deployed(next, upgraded, { ...finish, ...shop });
const [CHECK, EXPAND, COMPLETE] = ["upgrade-check", "expand", "bootstrap"].map(
  (name) => `control01 job:shop:${name}`,
);
const CONTAINERS = HOSTS.map((host) => `${host} shop`);

describe("acts of an upgrade", () => {
  test("a first deploy completes the databases, and neither asks nor expands", () => {
    const bare = Object.fromEntries(
      HOSTS.map((name) => [
        name,
        { ...before[name], containers: [], journal: { jobs: {}, resources: {}, generations: {} } },
      ]),
    ) as Hosts;
    expect(steps(old, bare, deploy)).toEqual([COMPLETE, ...CONTAINERS]);
  });

  test("an upgrade asks, expands and rolls, and completes nothing", () => {
    expect(steps(next, before, {})).toEqual([CHECK, EXPAND, ...CONTAINERS]);
  });

  test("one that was cut off asks and expands again for the hosts that are left", () => {
    const plan = makePlan(next, before, { ...upgrade, ...shop });
    const cut = plan.steps.findIndex((step) => step.kind === "container" && step.host === "control02");
    expect(steps(next, applied(next, before, plan, cut), {})).toEqual([CHECK, EXPAND, CONTAINERS[1]]);
  });

  test("between it and its finish nothing is due, and another image of the release expands only", () => {
    expect(steps(next, upgraded, {})).toEqual([]);
    expect(steps(next, upgraded, deploy)).toEqual([]);
    expect(steps(desiredIn("2026.1", "-rebuilt"), upgraded, deploy)).toEqual([EXPAND, ...CONTAINERS]);
  });

  test("what came back from it leaves the databases to the later release, with another image, too", () => {
    expect(steps(old, returned, deploy)).toEqual([]);
    expect(steps(desiredIn("2025.1", "-rebuilt"), returned, deploy)).toEqual(CONTAINERS);
    expect(steps(next, returned, {})).toEqual([CHECK, EXPAND, ...CONTAINERS]);
  });

  test("the finish asks once more and completes, and then another image of the release does as ever", () => {
    expect(steps(next, upgraded, finish)).toEqual([CHECK, COMPLETE]);
    expect(steps(next, finished, deploy)).toEqual([]);
    expect(steps(desiredIn("2026.1", "-rebuilt"), finished, deploy)).toEqual([COMPLETE, ...CONTAINERS]);
  });

  test("the plan tells of both, and from where there is no way back", () => {
    expect(formatPlan(makePlan(next, before, { ...upgrade, ...shop }))).toContain(
      "Upgrades shop on control01, control02 from 2025.1 to 2026.1. The way back: kolla rollback shop. To finish it, when it has proved itself: kolla upgrade shop --finish.",
    );
    const text = formatPlan(makePlan(next, upgraded, { ...finish, ...shop }));
    expect(text).toContain(
      "Finishes the upgrade of shop to 2026.1: there is no way back to 2025.1 after it.",
    );
    expect(text).toContain("takes away what releases before 2026.1 need");
  });

  test("a second upgrade asks, expands and finishes as the first did", () => {
    const third = desiredIn("2026.2");
    const on = deployed(third, finished, { ...upgrade, ...shop });
    expect(steps(third, finished, {})).toEqual([CHECK, EXPAND, ...CONTAINERS]);
    expect(steps(third, on, finish)).toEqual([CHECK, COMPLETE]);
  });
});

describe("refused before anything moves", () => {
  const refused = (desired: Desired, hosts: Hosts, request: object): string => {
    try {
      makePlan(desired, hosts, { ...upgrade, ...shop, ...request });
    } catch (error) {
      return String((error as Error).message);
    }
    return "not refused";
  };
  const sick = (hosts: Hosts, name: string): Hosts => ({
    ...hosts,
    control02: {
      ...(hosts.control02 as Hosts[string]),
      containers: (hosts.control02?.containers ?? []).map((found) =>
        found.name === name ? { ...found, health: "unhealthy" as const } : found,
      ),
    },
  });

  test.each([
    [
      "a deploy that would move it",
      next,
      before,
      deploy,
      "shop is of 2025.1 on control01, control02, and the configuration says 2026.1",
    ],
    ["files of the release to come", next, before, { verb: "genconfig" }, "the configuration says 2026.1"],
    ["an older release", old, upgraded, {}, "shop is of 2026.1 on control01, control02, and 2025.1 is older"],
    [
      "too far a way",
      desiredIn("2026.2"),
      before,
      {},
      "OpenStack cannot be upgraded from there to 2026.2 at once",
    ],
    [
      "a part of it",
      next,
      before,
      { tags: ["shop-api"] },
      "A part of shop is left out, and it comes to another release as a whole",
    ],
    [
      "without the host of its jobs",
      next,
      before,
      { limit: ["control02"] },
      "control01 is left out, and prepares the databases of shop for what comes",
    ],
    [
      "a service that has not said how",
      next,
      before,
      { tags: ["other"] },
      "Nobody has said yet how the databases of other come to another release",
    ],
    [
      "a site that is not well",
      next,
      sick(before, "shop"),
      {},
      "shop is unhealthy, and an upgrade begins on a site that is well",
    ],
    [
      "a finish with no upgrade",
      old,
      before,
      finish,
      "There is nothing to finish: no upgrade of shop is open",
    ],
    ["a second finish", next, finished, finish, "There is nothing to finish: no upgrade of shop is open"],
    [
      "a finish after a return",
      next,
      returned,
      finish,
      "shop is of 2025.1 on control01, control02, and is to be of 2026.1",
    ],
    [
      "a finish without a host",
      next,
      upgraded,
      { ...finish, limit: ["control01"] },
      "control02 was not looked at, and may have containers of an earlier release",
    ],
    ["a finish while it is not well", next, sick(upgraded, "shop"), finish, "shop is unhealthy"],
  ])("%s", (_, desired, hosts, request, words) => {
    expect(refused(desired, hosts, request)).toContain(words);
  });

  test("the engine need not have asked a container that the agent has", () => {
    const { control02 } = before;
    const starting = (control02?.containers ?? []).map((found) => ({
      ...found,
      health: "starting" as const,
    }));
    const asked = { ...before, control02: { ...(control02 as Hosts[string]), containers: starting } };
    expect(refused(next, asked, {})).toBe("not refused");
    const unproved = { ...asked.control02.journal, unproved: { shop: 1 } };
    const unasked = { ...asked, control02: { ...asked.control02, journal: unproved } };
    expect(refused(next, unasked, {})).toContain(
      "shop is starting, and an upgrade begins on a site that is well",
    );
  });

  test("what an upgrade left that was cut off is no reason to refuse the next", () => {
    const plan = makePlan(next, before, { ...upgrade, ...shop });
    const half = applied(next, before, plan, plan.steps.length - 1);
    expect(refused(next, sick(half, "shop"), {})).toBe("not refused");
  });

  test("what only pulls, stops, starts or goes back is not asked", () => {
    for (const verb of ["pull", "stop", "restart", "rollback"])
      expect(refused(next, before, { verb })).toBe("not refused");
  });
});
