import { expect, test } from "vitest";
import type { ObservedContainer } from "#model";
import { deploy, deployed, upgrade } from "./deployed.fixture.ts";
import { formatPlan } from "./format.ts";
import { makePlan } from "./make.ts";
import { container, ofRelease, site } from "./site.fixture.ts";

const desired = site({ control01: [container("a"), container("b")] });

/** Causes of the steps on containers, where container a was found so. */
function causes(found: Partial<ObservedContainer>): string[] {
  const hosts = deployed(desired);
  const control01 = hosts.control01;
  if (!control01) throw new Error("there is no control01");
  const containers = control01.containers.map((each) => (each.name === "a" ? { ...each, ...found } : each));
  const { steps } = makePlan(desired, { control01: { ...control01, containers } }, deploy);
  return steps.flatMap(({ kind, verb, cause }) => (kind === "container" ? [`${verb}: ${cause}`] : []));
}

test("a container that waits for its next start is replaced, and the cause tells how often it ended and how", () => {
  expect(causes({ state: "restarting", restarts: 14, exitCode: 1 })).toEqual([
    "replace: starts again and again: 14 times, last exit 1",
  ]);
});

test("one that has just been started for the third time or more never stays up", () => {
  expect(causes({ restarts: 3, upSeconds: 20 })).toEqual(["replace: starts again and again: 3 times"]);
  expect(causes({ restarts: 2, upSeconds: 20 })).toEqual([]);
});

test("one that was started often and has stayed up since serves", () => {
  expect(causes({ restarts: 40, upSeconds: 61 })).toEqual([]);
});

test("one that is ill for long is replaced, and a passing trouble is left to pass", () => {
  expect(causes({ health: "unhealthy", failedChecks: 5 })).toEqual([
    "replace: unhealthy: its last 5 checks failed",
  ]);
  expect(causes({ health: "unhealthy", failedChecks: 3 })).toEqual([]);
  expect(causes({ health: "healthy", failedChecks: 0 })).toEqual([]);
});

test("of a service that a limited upgrade left out, the plan tells the release that its containers carry", () => {
  const items = [container("a", [], [], { image: "a:2" }), container("b", [], [], { image: "b:2" })];
  const next = ofRelease("2025.2", site({ control01: items }));
  const before = deployed(desired);
  const half = deployed(next, before, upgrade);
  const old = before.control01?.containers.find(({ name }) => name === "b");
  const control01 = half.control01;
  if (!old || !control01) throw new Error("there is no container b");
  const mixed = [...control01.containers.filter(({ name }) => !name.startsWith("b")), old];
  const text = formatPlan(makePlan(next, { control01: { ...control01, containers: mixed } }, upgrade));
  expect(text).toMatch(/^control01 {2}b {2}2025\.1 → 2025\.2$/m);
  expect(text).not.toMatch(/^control01 {2}a /m);
});
