import { describe, expect, test } from "vitest";
import type { Desired } from "#model";
import { observe } from "../../src/agent/observe.ts";
import { afterStep } from "../../src/plan/model-host.ts";
import { configuration, converge, job, planFor, siteOf, web, webSite } from "./agent-world.ts";
import { essence } from "./essence.ts";
import { hostOfEachTest } from "./host-of-each-test.ts";
import { engineAnswers } from "./world.ts";

const there = await engineAnswers();

describe.skipIf(!there)("what the planner's properties take for a host after a step", () => {
  const host = hostOfEachTest();
  const one = (): Desired => webSite(host.ground, "one");
  const two = (): Desired => webSite(host.ground, "two");
  const withMore = (): Desired => {
    const files = [configuration("two"), configuration("more", "more.conf")];
    const bootstrap = job("true");
    return siteOf([...files, bootstrap, web(host.ground, files, { needs: [`kt-host|${bootstrap.id}`] })]);
  };
  const otherSpec = (): Desired =>
    webSite(host.ground, "two", { run: "trap 'exit 0' TERM; sleep 700 & wait" });

  test.each<[string, (() => Desired)[]]>([
    ["a first container", [one]],
    ["a file that changes", [one, two]],
    ["a job and a file that come and go", [one, withMore, two]],
    ["a container of another command, twice", [two, otherSpec, two]],
    ["a host that is emptied", [withMore, () => siteOf([])]],
  ])("is what the agent leaves on a real engine: %s", async (_, sites) => {
    for (const site of sites) {
      const desired = site();
      const before = await observe(host.ground);
      const { plan } = await planFor(host.ground, desired, undefined, { remove: true });
      expect(plan.steps).not.toEqual([]);
      const items = desired.hosts[0]?.items ?? [];
      const modelled = plan.steps.reduce(
        (seen, step) => afterStep(seen, step, items, (reference) => `image of ${reference}`),
        before,
      );
      expect((await converge(host.ground, desired, { remove: true })).code).toBe(0);
      expect(essence(modelled)).toEqual(essence(await observe(host.ground)));
    }
  });
});
