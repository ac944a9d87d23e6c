import { describe, expect, test } from "vitest";
import { type Bundle, type Desired, LABEL } from "#model";
import { fingerprint } from "#support";
import { apply, endRun } from "../../src/agent/apply.ts";
import type { Ground } from "../../src/agent/ground.ts";
import { observe } from "../../src/agent/observe.ts";
import { bundlesOf, planPhases } from "../../src/plan/index.ts";
import { configuration, converge, eventsOf, HOST, siteOf, WEB, web } from "./agent-world.ts";
import { hostOfEachTest } from "./host-of-each-test.ts";
import { recordsOf } from "./rollback-world.ts";
import { engineAnswers } from "./world.ts";

const there = await engineAnswers();

/** A web server of a release, in the form that it has in a phase. `health`: shell text that succeeds while it is well. */
function sites(ground: Ground, release: string, content: string, health?: string): Desired {
  const file = configuration(content);
  const item = web(ground, [file], health === undefined ? {} : { health });
  const spec = { ...item.spec, labels: { ...item.spec.labels, [LABEL.release]: release } };
  return siteOf([file, { ...item, spec, specHash: fingerprint(spec) }]);
}

let runs = 0;

/** The bundle of a move from 2025.1 to 2026.1 by way of "pinned". */
async function move(ground: Ground, health?: string): Promise<{ bundle: Bundle; steps: string[] }> {
  const site = {
    desired: sites(ground, "2026.1", "free", health),
    passes: { web: ["pinned"] },
    passing: () => sites(ground, "2026.1", "pinned", health),
  };
  const planned = planPhases(site, { [HOST]: await observe(ground) }, { verb: "upgrade" });
  const of = { run: `move-${++runs}`, began: new Date().toISOString(), holder: "tester@control01" };
  const [bundle] = bundlesOf(planned, of);
  if (!bundle) throw new Error("there is nothing to do");
  const { steps } = planned.plan;
  return { bundle, steps: steps.map(({ stage, kind, verb, cause }) => `${stage} ${kind} ${verb}: ${cause}`) };
}

describe.skipIf(!there)("a run that passes a phase", () => {
  const host = hostOfEachTest();
  const begin = () => converge(host.ground, sites(host.ground, "2025.1", "old"));
  const generation = async () => (await host.ground.engine.inspect(WEB))?.labels[LABEL.generation];
  const phase = async () => (await host.ground.engine.inspect(WEB))?.labels[LABEL.phase];
  const serves = () => host.reads("/config/web.conf");

  test("makes a generation for the phase and another for what is configured, and remembers both", async () => {
    await begin();
    const { bundle, steps } = await move(host.ground);
    expect(steps).toEqual([
      "1 file write: changed",
      "1 container replace: release changed, pinned, web.conf changed",
      "1 gate await: healthy within 20 s, else restore generation 1",
      "2 file write: changed",
      "2 container replace: no longer pinned, web.conf changed",
      "2 gate await: healthy within 20 s, else restore generation 2",
    ]);
    expect(await apply(host.ground, bundle, 1)).toBe(0);
    expect([await serves(), await generation(), await phase()]).toEqual(["pinned", "2", "pinned"]);
    expect(await apply(host.ground, bundle, 2)).toBe(0);
    expect([await serves(), await generation(), await phase()]).toEqual(["free", "3", undefined]);
    await expect(move(host.ground)).rejects.toThrow("nothing to do");
    const { generations, now } = await recordsOf(host.ground);
    expect(Object.keys(generations[WEB] ?? {})).toEqual(["1", "2", "3"]);
    expect(now?.state.containers[WEB]?.generation).toBe(3);
  });

  test("goes on from the phase when it was cut off there", async () => {
    await begin();
    const { bundle } = await move(host.ground);
    await apply(host.ground, bundle, 1);
    await endRun(host.ground, bundle);
    const rest = await move(host.ground);
    expect(rest.steps.map((words) => words.slice(0, 24))).toEqual([
      "1 file write: changed",
      "1 container replace: no ",
      "1 gate await: healthy wi",
    ]);
    expect(await apply(host.ground, rest.bundle, 1)).toBe(0);
    expect([await serves(), await generation()]).toEqual(["free", "3"]);
  });

  test("comes back to the generation of the phase when the last one does not get healthy, and tells what moved", async () => {
    await begin();
    const { bundle } = await move(host.ground, "grep -q pinned /config/web.conf");
    expect(await apply(host.ground, bundle, 1)).toBe(0);
    expect(await apply(host.ground, bundle, 2)).toBe(20);
    expect([await serves(), await generation(), host.holds()]).toEqual(["pinned", "2", "pinned"]);
    const { events } = eventsOf(host.ground, bundle.run, 2);
    const left = events.flatMap((event) => event.left ?? []).at(-1);
    expect(left?.returned).toContainEqual({
      kind: "container",
      name: `${WEB} (generation 2)`,
      how: "back",
    });
  }, 60_000);

  test("touches nothing when somebody else changed the container between two phases", async () => {
    await begin();
    const { bundle } = await move(host.ground);
    await apply(host.ground, bundle, 1);
    const found = await host.ground.engine.inspect(WEB);
    if (!found) throw new Error("there is no web server");
    await host.ground.engine.remove(found.id, { force: true });
    const other = sites(host.ground, "2026.1", "pinned").hosts[0]?.items[1];
    if (other?.kind !== "container") throw new Error("no container");
    await host.ground.engine.create({
      ...other.spec,
      labels: { ...other.spec.labels, [LABEL.generation]: "9" },
    });
    expect(await apply(host.ground, bundle, 2)).toBe(20);
    const { events } = eventsOf(host.ground, bundle.run, 2);
    expect(events.map(({ message }) => message).join(" ")).toContain("is another one");
    expect(await generation()).toBe("9");
  });
});
