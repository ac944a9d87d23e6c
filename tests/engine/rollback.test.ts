import { readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Desired, type JobItem, LABEL } from "#model";
import { fingerprint } from "#support";
import { apply } from "../../src/agent/apply.ts";
import type { Ground } from "../../src/agent/ground.ts";
import { observe } from "../../src/agent/observe.ts";
import type { RollbackWish } from "../../src/app/return-plan.ts";
import { formatPlan } from "../../src/plan/index.ts";
import {
  configuration,
  converge,
  eventsOf,
  HOST,
  IMAGE,
  job,
  planFor,
  reloadable,
  STORE,
  siteOf,
  TAKEN,
  WEB,
  web,
  webSite,
} from "./agent-world.ts";
import { hostOfEachTest } from "./host-of-each-test.ts";
import { bundleBack, planBack, recordsOf } from "./rollback-world.ts";
import { engineAnswers, importBusybox } from "./world.ts";

const there = await engineAnswers();

/** Rolls back and returns what was done. */
async function rollBack(ground: Ground, wish: Partial<RollbackWish> = {}): Promise<string[]> {
  const bundle = await bundleBack(ground, { names: [], ...wish });
  if (!bundle) throw new Error("the plan is empty");
  const code = await apply(ground, bundle, 1);
  const { events, words } = eventsOf(ground, bundle.run);
  expect({ code, failed: events.flatMap(({ message }) => message ?? []) }).toEqual({ code: 0, failed: [] });
  return words
    .filter((words) => words.startsWith("step-done"))
    .map((words) => words.slice("step-done ".length));
}

/** A web server of a release, with jobs that make databases ready for it. */
function released(ground: Ground, release: string, content: string): Desired {
  const act = (name: "expand" | "complete"): JobItem => ({
    ...job("true"),
    id: `job:web:${name}`,
    upgrade: { act: name, release },
  });
  const jobs = [act("expand"), act("complete")];
  const file = configuration(content);
  const item = web(ground, [file], { needs: jobs.map(({ id }) => `${HOST}|${id}`) });
  const spec = { ...item.spec, labels: { ...item.spec.labels, [LABEL.release]: release } };
  return siteOf([file, ...jobs, { ...item, spec, specHash: fingerprint(spec) }]);
}

describe.skipIf(!there)("a rollback", () => {
  const host = hostOfEachTest();
  const deploy = (content: string) => converge(host.ground, webSite(host.ground, content));
  const serves = () => host.reads("/config/web.conf");
  const imageIs = async () => (await host.ground.engine.inspect(WEB))?.imageId;

  test("brings back files and image of before the last run, the next one what was before that rollback", async () => {
    await deploy("one");
    const first = await imageIs();
    // Another image under the same name, as a rebuild makes it.
    await importBusybox(host.ground.engine, IMAGE);
    await deploy("two");
    const second = await imageIs();
    expect(second).not.toBe(first);
    expect(await rollBack(host.ground)).toEqual([
      "file:web.conf write",
      `container:${WEB} replace`,
      `gate:${WEB} await`,
    ]);
    expect([await serves(), host.holds(), await imageIs()]).toEqual(["one", "one", first]);
    await rollBack(host.ground);
    expect([await serves(), host.holds(), await imageIs()]).toEqual(["two", "two", second]);
  });

  test("goes back by run, also over several, and by generation", async () => {
    for (const content of ["one", "two", "three"]) await deploy(content);
    const { now, earlier } = await recordsOf(host.ground);
    expect([now, ...earlier].map((record) => record?.state.containers[WEB]?.generation)).toEqual([3, 2, 1]);
    await rollBack(host.ground, { to: earlier[1]?.run ?? "" });
    expect(await serves()).toBe("one");
    await rollBack(host.ground, { names: [WEB], to: "2" });
    expect(await serves()).toBe("two");
    expect((await host.ground.engine.inspect(WEB))?.labels.kolla_generation).toBe("5");
  });

  test("is told by the next plan as what it undoes, and a rollback undoes none", async () => {
    await deploy("one");
    const before = (await recordsOf(host.ground)).now?.run;
    await deploy("two");
    await rollBack(host.ground);
    const { plan } = await planFor(host.ground, webSite(host.ground, "two"));
    const { at } = (await observe(host.ground)).journal.returned?.[WEB]?.[3] ?? {};
    expect(formatPlan(plan).split("\n")[0]).toBe(
      `Undoes a rollback: ${WEB} on ${HOST}, since ${at} as after run ${before}.`,
    );
    expect(at).toBeDefined();
    expect((await planBack(host.ground, { names: [] })).plan.undoes).toEqual([]);
    await deploy("two");
    expect((await planFor(host.ground, webSite(host.ground, "three"))).plan.undoes).toEqual([]);
  });

  test("of one container leaves the others, and what was added since goes with a rollback of all", async () => {
    const site = (one: string, other?: string): Desired => {
      const files = [
        configuration(one),
        ...(other === undefined ? [] : [configuration(other, "store.conf", STORE)]),
      ];
      const [first, second] = files;
      if (!first) throw new Error("no file");
      const health = "test -s /config/store.conf";
      const store = second ? [web(host.ground, [second], { name: STORE, health })] : [];
      return siteOf([...files, web(host.ground, [first]), ...store]);
    };
    const stored = async () => (await host.ground.engine.exec(STORE, ["cat", "/config/store.conf"])).stdout;
    await converge(host.ground, site("one"));
    await converge(host.ground, site("one", "a"));
    await converge(host.ground, site("two", "b"));
    await rollBack(host.ground, { names: [STORE] });
    expect([await serves(), await stored()]).toEqual(["two", "a"]);
    await rollBack(host.ground, {
      names: ["web"],
      to: (await recordsOf(host.ground)).earlier.at(-1)?.run ?? "",
    });
    expect([await serves(), await host.ground.engine.inspect(STORE)]).toEqual(["one", undefined]);
    expect(readdirSync(join(host.ground.root, "etc/kolla")).filter((name) => name === STORE)).toEqual([]);
  });

  test("of files that a container takes up as it runs lets it take them up again", async () => {
    await converge(host.ground, reloadable(host.ground, "one"));
    const { id } = (await host.ground.engine.inspect(WEB)) ?? {};
    await converge(host.ground, reloadable(host.ground, "two"));
    expect(await host.reads(TAKEN)).toBe("two");
    expect(await rollBack(host.ground)).toEqual(["file:web.conf write", `container:${WEB} reload`]);
    expect([await host.reads(TAKEN), host.holds()]).toEqual(["one", "one"]);
    expect((await host.ground.engine.inspect(WEB))?.id).toBe(id);
  });

  test("after any part of a run that was cut off gives what was before it", async () => {
    const steps = (await planFor(host.ground, webSite(host.ground, "one"))).plan.steps.length;
    for (let count = 1; count <= steps; count++) {
      await host.renew();
      await deploy("one");
      const { bundle } = await planFor(host.ground, webSite(host.ground, "two"));
      if (!bundle) throw new Error("the plan is empty");
      // A further stage that never comes: nobody ends this run.
      await apply(host.ground, { ...bundle, stages: 2, steps: bundle.steps.slice(0, count) }, 1);
      rmSync(join(host.ground.root, "var/lib/kolla-agent/lock.json"));
      const wasMade = (await host.ground.engine.inspect(WEB))?.labels.kolla_generation === "2";
      if (wasMade) await rollBack(host.ground);
      else await expect(planBack(host.ground, { names: [] })).rejects.toThrow("nothing to return to");
      expect([count, await serves()]).toEqual([count, "one"]);
    }
  });

  test("keeps so many earlier states, with images that a newer one or a prune would take, and forgets the rest", async () => {
    const contents = ["1", "2", "3", "4", "5"];
    for (const content of contents) await deploy(content);
    const { generations, earlier } = await recordsOf(host.ground);
    expect(Object.keys(generations[WEB] ?? {})).toEqual(["2", "3", "4", "5"]);
    expect(earlier).toHaveLength(3);
    const names = (await host.ground.engine.images())
      .flatMap(({ references }) => references)
      .filter((name) => name.includes(WEB));
    expect(names.sort()).toEqual([2, 3, 4, 5].map((n) => `kolla-generations/${WEB}:${n}`));
    const kept = join(host.ground.root, "var/lib/kolla-agent/contents");
    // A file, a container and a state of each of four.
    expect(readdirSync(kept)).toHaveLength(4 * 3);
    for (const name of readdirSync(kept)) expect(statSync(join(kept, name)).mode & 0o777).toBe(0o600);
    expect(statSync(kept).mode & 0o777).toBe(0o700);
  });

  test("of a run that did not prove itself: there is none, and its generation cannot be returned to", async () => {
    await deploy("one");
    expect(
      (await converge(host.ground, webSite(host.ground, "two", { health: "false", seconds: 2 }))).code,
    ).toBe(30);
    expect(Object.keys((await recordsOf(host.ground)).generations[WEB] ?? {})).toEqual(["1"]);
    await expect(planBack(host.ground, { names: [] })).rejects.toMatchObject({
      code: "KOLLA_ROLLBACK_NOTHING",
    });
    await expect(planBack(host.ground, { names: [WEB], to: "2" })).rejects.toMatchObject({
      code: "KOLLA_ROLLBACK_GENERATION",
      message: expect.stringContaining("keeps no generation 2"),
    });
  });

  describe("is refused before anything moves", () => {
    const refusal = async (wish: Partial<RollbackWish> = {}): Promise<string> =>
      planBack(host.ground, { names: [], ...wish }).then(
        () => "planned",
        (error: Error & { code: string }) => `${error.code}: ${error.message}`,
      );
    const kept = (): string => join(host.ground.root, "var/lib/kolla-agent/contents");
    const firstRecord = async (): Promise<string> =>
      join(kept(), (await recordsOf(host.ground)).generations[WEB]?.[1]?.record ?? "");

    test("where no run of Kolla ever changed anything, and for names and runs that nobody remembers", async () => {
      expect(await refusal()).toContain(`no run of Kolla has changed ${HOST}`);
      await deploy("one");
      expect(await refusal({ names: ["webb"] })).toContain("KOLLA_SET_UNKNOWN");
      expect(await refusal({ to: "2020" })).toContain("KOLLA_USAGE_GENERATION");
      expect(await refusal({ to: "20201111000000-x" })).toContain("KOLLA_ROLLBACK_RUN");
    });

    test("across databases that an upgrade completed for a later release, and only across them", async () => {
      const later = (content: string, how: { finish?: boolean } = {}) =>
        converge(host.ground, released(host.ground, "2026.1", content), { verb: "upgrade", ...how });
      const jobs = async () =>
        Object.keys((await observe(host.ground)).journal.jobs).map((id) => id.split(":")[2]);
      await converge(host.ground, released(host.ground, "2025.1", "old"));
      expect(await jobs()).toEqual(["complete"]);
      await later("new");
      expect([await serves(), await jobs()]).toEqual(["new", ["complete", "expand"]]);
      await rollBack(host.ground);
      expect(await serves()).toBe("old");
      await later("new");
      await later("new", { finish: true });
      await expect(planBack(host.ground, { names: [] })).rejects.toMatchObject({
        code: "KOLLA_ROLLBACK_CONTRACTED",
        message: expect.stringContaining(`generation 3 of ${WEB} is of 2025.1, and the databases of web`),
      });
      await later("newer");
      await rollBack(host.ground);
      expect(await serves()).toBe("new");
    });

    test("when a record was changed, cut off or taken away", async () => {
      for (const content of ["one", "two"]) await deploy(content);
      const record = await firstRecord();
      writeFileSync(record, "{}");
      expect(await refusal()).toContain(
        `KOLLA_ROLLBACK_RECORD_DAMAGED: the record of generation 1 of ${WEB}`,
      );
      rmSync(record);
      expect(await refusal()).toContain("KOLLA_ROLLBACK_RECORD_GONE");
    });

    test("when a file of it, or its image, is not there any more", async () => {
      await deploy("one");
      const image = (await host.ground.engine.inspect(WEB))?.imageId ?? "";
      await importBusybox(host.ground.engine, IMAGE);
      for (const content of ["two", "three"]) await deploy(content);
      const { generations } = await recordsOf(host.ground);
      const asked = { names: [WEB], to: "1" };
      expect(Object.keys(generations[WEB] ?? {})).toContain("1");
      await host.ground.engine.removeImage(image, { force: true });
      expect(await refusal(asked)).toContain("KOLLA_ROLLBACK_IMAGE_GONE");
      for (const name of readdirSync(kept()))
        if (statSync(join(kept(), name)).size === 3) rmSync(join(kept(), name));
      expect(await refusal(asked)).toContain("KOLLA_ROLLBACK_RECORD_GONE");
    });
  });
});
