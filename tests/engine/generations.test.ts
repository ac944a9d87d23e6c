import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { apply } from "../../src/agent/apply.ts";
import { observe } from "../../src/agent/observe.ts";
import { bundlesOf, makePlan } from "../../src/plan/index.ts";
import { converge, HOST, planFor, WEB, webSite } from "./agent-world.ts";
import { hostOfEachTest } from "./host-of-each-test.ts";
import { engineAnswers } from "./world.ts";

const there = await engineAnswers();

describe.skipIf(!there)("a generation and its files", () => {
  const host = hostOfEachTest();
  const generations = (): string[] =>
    readdirSync(join(host.ground.root, "etc/kolla/.generations", WEB)).sort();

  test("whoever starts a container, whatever a run has written since, it has the files that it was made with", async () => {
    const read = async (name: string): Promise<string> =>
      (await host.ground.engine.exec(name, ["cat", "/config/web.conf"])).stdout;
    for (const content of ["one", "two"]) await converge(host.ground, webSite(host.ground, content));
    const { bundle } = await planFor(host.ground, webSite(host.ground, "three"));
    if (!bundle) throw new Error("the plan is empty");
    const written = bundle.steps.filter(({ kind }) => kind === "file");
    expect(await apply(host.ground, { ...bundle, steps: written, stages: 2 }, 1)).toBe(0);
    await host.ground.engine.stop(WEB);
    for (const name of [WEB, `${WEB}.g1`]) await host.ground.engine.start(name);
    expect([await read(WEB), await read(`${WEB}.g1`), host.holds()]).toEqual(["two", "one", "two"]);
  });

  test("files alone, as genconfig writes them, wait for the next generation, which is made with them", async () => {
    await converge(host.ground, webSite(host.ground, "one"));
    const desired = webSite(host.ground, "two");
    const plan = makePlan(desired, { [HOST]: await observe(host.ground) }, { verb: "genconfig" });
    const [bundle] = bundlesOf(
      { plan, states: [desired] },
      { run: "genconfig", began: "", holder: "tester@control01" },
    );
    if (!bundle) throw new Error("the plan is empty");
    expect(await apply(host.ground, bundle, 1)).toBe(0);
    expect([host.holds(), await host.reads("/config/web.conf")]).toEqual(["one", "one"]);
    const { words } = await converge(host.ground, desired);
    expect(words.filter((word) => word.startsWith("step-done"))).toEqual([
      `step-done container:${WEB} replace`,
      `step-done gate:${WEB} await`,
    ]);
    expect([host.holds(), await host.reads("/config/web.conf")]).toEqual(["two", "two"]);
  });

  test("a file that somebody changed by hand is again as the container was made from it, in place", async () => {
    const desired = webSite(host.ground, "one");
    await converge(host.ground, desired);
    const old = await host.ground.engine.inspect(WEB);
    writeFileSync(join(host.ground.root, "etc/kolla", WEB, "web.conf"), "by hand");
    expect(await host.reads("/config/web.conf")).toBe("by hand");
    expect((await converge(host.ground, desired)).words).toContain("step-done file:web.conf write");
    expect(await host.reads("/config/web.conf")).toBe("one");
    expect((await host.ground.engine.inspect(WEB))?.id).toBe(old?.id);
    expect((await planFor(host.ground, desired)).plan.steps).toEqual([]);
  });

  test("go together: of three that were made, the two that are kept have theirs", async () => {
    for (const content of ["one", "two", "three"]) await converge(host.ground, webSite(host.ground, content));
    expect(await host.names()).toEqual([WEB, `${WEB}.g2`]);
    expect(generations()).toEqual(["2", "3"]);
  });

  test("another tool's container comes back with the directory that it had, and gives way with it", async () => {
    const { engine, root } = host.ground;
    const directory = join(root, "etc/kolla", WEB);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "web.conf"), "theirs");
    const [, ours] = webSite(host.ground, "ours").hosts[0]?.items ?? [];
    if (ours?.kind !== "container") throw new Error("no container");
    await engine.create(ours.spec, WEB);
    await engine.start(WEB);
    const before = await engine.inspect(WEB);
    const failed = await converge(
      host.ground,
      webSite(host.ground, "ours", { health: "exit 1", seconds: 2 }),
    );
    expect(failed.code).toBe(30);
    expect((await engine.inspect(WEB))?.id).toBe(before?.id);
    expect([await host.reads("/config/web.conf"), host.holds()]).toEqual(["theirs", "theirs"]);
    expect((await converge(host.ground, webSite(host.ground, "ours"))).code).toBe(0);
    expect([await host.reads("/config/web.conf"), host.holds()]).toEqual(["ours", "ours"]);
    expect(await host.names()).toEqual([WEB, `${WEB}.g0`]);
    const theirs = join(root, "etc/kolla/.generations", WEB, "0/web.conf");
    expect(readFileSync(theirs, "utf8")).toBe("theirs");
  });
});
