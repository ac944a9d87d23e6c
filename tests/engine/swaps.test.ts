import { describe, expect, test } from "vitest";
import type { Desired, MeasuredSwap } from "#model";
import { observe } from "../../src/agent/observe.ts";
import { formatPlan } from "../../src/plan/format.ts";
import { converge, planFor, WEB, webSite } from "./agent-world.ts";
import { hostOfEachTest } from "./host-of-each-test.ts";
import { engineAnswers } from "./world.ts";

const there = await engineAnswers();

/** Takes so many seconds until it is healthy. */
const slow = (seconds: number): string =>
  `sleep ${seconds}; touch /tmp/up; trap 'exit 0' TERM; sleep 600 & wait`;

describe.skipIf(!there)("how long a replacement took", () => {
  const host = hostOfEachTest();
  const site = (content: string, seconds = 0): Desired =>
    webSite(host.ground, content, { run: slow(seconds), health: "test -e /tmp/up" });
  const measured = async (): Promise<MeasuredSwap | undefined> =>
    (await observe(host.ground)).journal.swaps?.[WEB];

  test("is in the next look at the host, and in what the next plan says", async () => {
    await converge(host.ground, site("one"));
    expect(await measured()).toBeUndefined();
    const began = Date.now();
    expect((await converge(host.ground, site("two", 3))).code).toBe(0);
    const run = (Date.now() - began) / 1000;
    const found = await measured();
    expect(found?.seconds).toBeGreaterThanOrEqual(3);
    expect(found?.seconds).toBeLessThanOrEqual(run);
    expect(Date.parse(found?.at ?? "")).toBeGreaterThanOrEqual(began);
    const { plan } = await planFor(host.ground, site("three"));
    const day = found?.at.slice(0, 10);
    expect(formatPlan(plan)).toContain(
      `Outage expected: ${WEB} (kt-host) about ${Math.ceil(found?.seconds ?? 0)} s, as measured on ${day}.`,
    );
  });

  test("does not count where it failed: what was measured before stays", async () => {
    for (const content of ["one", "two"]) await converge(host.ground, site(content));
    const before = await measured();
    const failing = webSite(host.ground, "three", { health: "exit 1", seconds: 2 });
    expect((await converge(host.ground, failing)).code).toBe(30);
    expect(await measured()).toEqual(before);
    expect(before?.seconds).toBeGreaterThan(0);
  });
});
