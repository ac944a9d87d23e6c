import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Aftermath, Bundle, Desired, Step } from "#model";
import { apply, endRun } from "../../src/agent/apply.ts";
import { currentLock } from "../../src/agent/lock.ts";
import { observe } from "../../src/agent/observe.ts";
import {
  configuration,
  converge,
  eventsOf,
  type Outcome,
  planFor,
  STORE,
  siteOf,
  WEB,
  web,
} from "./agent-world.ts";
import { hostOfEachTest } from "./host-of-each-test.ts";
import { killedAfter } from "./killed.ts";
import { engineAnswers } from "./world.ts";

const there = await engineAnswers();
const HEALTH = "test -s /config/store.conf";

describe.skipIf(!there)("what a failed run leaves on a host", () => {
  const host = hostOfEachTest();
  const store = (content: string) => configuration(content, "store.conf", STORE);
  const onHost = (path: string): string => join(host.ground.root, path);
  const stored = (): string => readFileSync(onHost(store("").path), "utf8");

  /** A web server and a store, each with one file; `first` is done before the other. */
  function pair(content: string, first: "web" | "store", isBroken = false): Desired {
    const [page, stock] = [configuration(content), store(content)];
    const after = (name: string) => [`kt-host|container:${name}`];
    return siteOf([
      page,
      stock,
      web(host.ground, [page], {
        ...(isBroken && { health: "exit 1", seconds: 2 }),
        ...(first === "store" && { needs: after(STORE) }),
      }),
      web(host.ground, [stock], {
        name: STORE,
        health: HEALTH,
        ...(first === "web" && { needs: after(WEB) }),
      }),
    ]);
  }

  const leftOf = ({ events }: Outcome): Aftermath | undefined => events.findLast(({ left }) => left)?.left;

  const stageOf = ({ kind }: Step): number => (kind === "file" ? 1 : 2);

  /** The bundle's steps, its files waiting for nothing, as those do not that a job reads first. */
  function filesFirst({ steps }: Bundle): Step[] {
    const files = new Map(
      steps.flatMap((step) => (step.kind === "file" ? [[step.n, step.needs] as const] : [])),
    );
    return steps.map((step) =>
      step.kind === "file"
        ? { ...step, needs: [] }
        : { ...step, needs: [...step.needs, ...step.needs.flatMap((n) => files.get(n) ?? [])] },
    );
  }

  /** The plan's files in stage 1, its containers in stage 2, as where other hosts come between. */
  async function inTwoStages(desired: Desired): Promise<Bundle> {
    const { bundle } = await planFor(host.ground, desired);
    if (!bundle) throw new Error("the plan is empty");
    return {
      ...bundle,
      steps: filesFirst(bundle).map((step) => ({ ...step, stage: stageOf(step) })),
      stages: 2,
    };
  }

  test("a container that was replaced before the failure stays, and the run does not say that all is as before", async () => {
    await converge(host.ground, pair("one", "store"));
    const failed = await converge(host.ground, pair("two", "store", true));
    expect(failed.code).toBe(20);
    expect(leftOf(failed)).toEqual({
      moved: [
        { kind: "file", name: store("").path, how: "written" },
        { kind: "container", name: STORE, how: "replaced" },
      ],
      returned: [
        { kind: "file", name: configuration("").path, how: "withdrawn" },
        { kind: "container", name: `${WEB} (generation 1)`, how: "back" },
      ],
    });
    expect([host.holds(), stored()]).toEqual(["one", "two"]);
    expect((await observe(host.ground)).journal.lastRun?.outcome).toBe("failed");
    expect((await converge(host.ground, pair("two", "store"))).code).toBe(0);
  });

  test("files of a container that the run never came to are withdrawn, and then all is as before", async () => {
    await converge(host.ground, pair("one", "web"));
    const before = await observe(host.ground);
    const failed = await converge(host.ground, pair("two", "web", true));
    expect(failed.code).toBe(30);
    expect(leftOf(failed)?.moved).toEqual([]);
    expect([host.holds(), stored()]).toEqual(["one", "one"]);
    const after = await observe(host.ground);
    expect(after.files).toEqual(before.files);
    expect(after.containers.map(({ id, state }) => [id, state])).toEqual(
      before.containers.map(({ id, state }) => [id, state]),
    );
    expect((await planFor(host.ground, pair("one", "web"))).plan.steps).toEqual([]);
  });

  test("where another host's failure ends the run, the files of its earlier stages never were in use", async () => {
    await converge(host.ground, pair("one", "web"));
    const bundle = await inTwoStages(pair("two", "web"));
    expect(await apply(host.ground, bundle, 1)).toBe(0);
    expect(Object.keys((await observe(host.ground)).files)).toHaveLength(2);
    expect([host.holds(), stored()]).toEqual(["one", "one"]);
    const { left } = await endRun(host.ground, bundle);
    expect(left?.moved).toEqual([]);
    expect(left?.returned.map(({ kind, how }) => `${kind} ${how}`)).toEqual([
      "file withdrawn",
      "file withdrawn",
    ]);
    expect([host.holds(), stored()]).toEqual(["one", "one"]);
    expect(await currentLock(host.ground)).toBeUndefined();
    expect((await endRun(host.ground, bundle)).left).toEqual(left);
  });

  test("a host whose part ended well keeps it, and says so", async () => {
    await converge(host.ground, pair("one", "web"));
    const bundle = await inTwoStages(pair("two", "web"));
    for (const stage of [1, 2]) expect(await apply(host.ground, bundle, stage)).toBe(0);
    const { left } = await endRun(host.ground, bundle);
    expect(left?.moved.filter(({ kind }) => kind === "container")).toEqual([
      { kind: "container", name: WEB, how: "replaced" },
      { kind: "container", name: STORE, how: "replaced" },
    ]);
    expect([host.holds(), stored()]).toEqual(["two", "two"]);
  });

  test("new files of containers that were never made go, with their directories", async () => {
    const bundle = await inTwoStages(pair("one", "web", true));
    expect(await apply(host.ground, bundle, 1)).toBe(0);
    expect(() => stored()).toThrow("ENOENT");
    expect(await apply(host.ground, bundle, 2)).toBe(30);
    const failed = { code: 30, ...eventsOf(host.ground, bundle.run, 2) };
    expect(leftOf(failed)).toMatchObject({
      moved: [],
      returned: [
        { name: configuration("").path, how: "withdrawn" },
        { name: WEB, how: "removed again" },
        { name: store("").path, how: "withdrawn" },
      ],
    });
    expect(() => statSync(onHost(`/etc/kolla/${STORE}`))).toThrow("ENOENT");
    expect((await observe(host.ground)).journal.files).toEqual({});
  });

  test("what the plan did not see is no clean end once something moved", async () => {
    await converge(host.ground, pair("one", "store"));
    const { bundle } = await planFor(host.ground, pair("two", "store"));
    if (!bundle) throw new Error("the plan is empty");
    await host.ground.engine.remove(WEB, { force: true });
    expect(await apply(host.ground, bundle, 1)).toBe(20);
    const { left } = await endRun(host.ground, bundle);
    expect(left?.moved).toContainEqual({ kind: "container", name: STORE, how: "replaced" });
  });

  test("what somebody else wrote meanwhile stays", async () => {
    await converge(host.ground, pair("one", "web"));
    const bundle = await inTwoStages(pair("two", "web"));
    await apply(host.ground, bundle, 1);
    writeFileSync(onHost(store("").path), "by hand");
    await endRun(host.ground, bundle);
    expect([host.holds(), stored()]).toEqual(["one", "by hand"]);
  });

  test("a file keeps the mode that it had", async () => {
    const open = (mode: string) => ({ ...configuration("one"), mode });
    await converge(host.ground, siteOf([open("0640")]));
    const bundle = await inTwoStages(siteOf([open("0600")]));
    await apply(host.ground, bundle, 1);
    expect((await observe(host.ground)).files[open("").path]?.mode).toBe("0600");
    expect((await endRun(host.ground, bundle)).left?.moved).toEqual([]);
    expect(statSync(onHost(open("").path)).mode & 0o777).toBe(0o640);
  });

  test("files that a run which was killed had written are forgotten when the next one fails", async () => {
    await converge(host.ground, pair("one", "web"));
    // It dies once the new web server is made, when all files are written, as those are that a job reads first.
    const { bundle } = await planFor(host.ground, pair("two", "web", true), "killed");
    if (!bundle) throw new Error("the plan is empty");
    const early = { ...bundle, steps: filesFirst(bundle) };
    expect(await killedAfter(host.ground, pair("two", "web", true), 1, early)).toBe(true);
    expect([host.holds(), stored()]).toEqual(["one", "one"]);
    expect((await converge(host.ground, pair("two", "web", true))).code).toBe(30);
    expect([host.holds(), stored()]).toEqual(["one", "one"]);
    expect((await planFor(host.ground, pair("one", "web"))).plan.steps).toEqual([]);
  });

  test("of an agent that was killed in the midst of a swap, the end of the run tells what is gone", async () => {
    await converge(host.ground, pair("one", "web"));
    const { bundle } = await planFor(host.ground, pair("two", "web"), "killed");
    if (!bundle) throw new Error("the plan is empty");
    // Made, stopped, a place cleared, renamed; the new one has not got its name.
    expect(await killedAfter(host.ground, pair("two", "web"), 5, bundle)).toBe(true);
    expect((await endRun(host.ground, bundle)).left?.moved).toContainEqual({
      kind: "container",
      name: WEB,
      how: "gone, generation 1 waits stopped",
    });
    expect((await converge(host.ground, pair("two", "web"))).code).toBe(0);
  });
});
