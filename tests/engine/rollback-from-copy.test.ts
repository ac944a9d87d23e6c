import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HostPast } from "#model";
import { sha256 } from "#support";
import { apply, endRun } from "../../src/agent/apply.ts";
import { tellPast } from "../../src/agent/past.ts";
import { hashesKept } from "../../src/app/kept-copy.ts";
import type { RollbackWish } from "../../src/app/return-plan.ts";
import { converge, eventsOf, HOST, planFor, WEB, webSite } from "./agent-world.ts";
import { hostOfEachTest } from "./host-of-each-test.ts";
import { bundleBack, copyHome, planBack, recordsOf } from "./rollback-world.ts";
import { engineAnswers } from "./world.ts";

const there = await engineAnswers();
const SECRET = "open-sesame";

describe.skipIf(!there)("a host that has lost its past", () => {
  const host = hostOfEachTest();
  let copies: string;
  beforeEach(() => {
    copies = mkdtempSync(join(tmpdir(), "kt-copies-"));
  });
  afterEach(() => rmSync(copies, { recursive: true, force: true }));

  const deploy = async (content: string): Promise<void> => {
    expect((await converge(host.ground, webSite(host.ground, content))).code).toBe(0);
    await copyHome(host.ground, copies);
  };
  const ownMemory = (): string => join(host.ground.root, "var/lib/kolla-agent");
  const loseMemory = (): void => rmSync(ownMemory(), { recursive: true });
  /** As a new disk: nothing of Kolla is there any more. */
  const loseAll = async (): Promise<void> => {
    for (const { id } of await host.ground.engine.containers(true))
      await host.ground.engine.remove(id, { force: true });
    rmSync(join(host.ground.root, "etc"), { recursive: true });
    loseMemory();
  };
  const rollBack = async (wish: Partial<RollbackWish> = {}): Promise<string> => {
    const bundle = await bundleBack(host.ground, { names: [], ...wish }, copies);
    if (!bundle) throw new Error("the plan is empty");
    expect(await apply(host.ground, bundle, 1)).toBe(0);
    return bundle.run;
  };
  const serves = () => host.reads("/config/web.conf");
  const generation = async () => (await host.ground.engine.inspect(WEB))?.labels.kolla_generation;
  const contents = (): string => join(copies, HOST, "contents");
  const filesBelow = (directory: string): string[] =>
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));

  test("gets it back from the copy: its state first, then what was before, numbers going on", async () => {
    for (const content of ["one", SECRET]) await deploy(content);
    await loseAll();
    await expect(planBack(host.ground, { names: [] })).rejects.toMatchObject({
      code: "KOLLA_ROLLBACK_NOTHING",
    });
    const run = await rollBack();
    expect([await serves(), host.holds(), await generation()]).toEqual([SECRET, SECRET, "3"]);
    expect(JSON.stringify(eventsOf(host.ground, run).events)).not.toContain(SECRET);
    expect(readFileSync(join(ownMemory(), "journal.jsonl"), "utf8")).not.toContain(SECRET);
    expect(statSync(join(host.ground.root, "etc/kolla", WEB, "web.conf")).mode & 0o777).toBe(0o640);
  });

  test("had told it at the end of its run: what was new, for root alone, and nothing where no copy is kept", async () => {
    await deploy("one");
    const left = join(ownMemory(), "past.json");
    expect(existsSync(left)).toBe(false);
    const known = hashesKept(copies, HOST);
    const { bundle } = await planFor(host.ground, webSite(host.ground, SECRET));
    if (!bundle) throw new Error("the plan is empty");
    expect(await apply(host.ground, { ...bundle, known }, 1)).toBe(0);
    const past = JSON.parse(readFileSync(left, "utf8")) as HostPast;
    expect(past).toEqual(await tellPast(host.ground, { known }));
    expect([past.lastRun, past.contents[sha256("one")]]).toEqual([bundle.run, undefined]);
    expect(past.contents[sha256(SECRET)]).toBe(Buffer.from(SECRET).toString("base64"));
    expect(statSync(left).mode & 0o777).toBe(0o600);
    expect(JSON.stringify(eventsOf(host.ground, bundle.run).events)).not.toContain(SECRET);
  });

  test("had told it after a run that failed, too, once the run had ended here", async () => {
    await deploy("one");
    const { bundle } = await planFor(
      host.ground,
      webSite(host.ground, "two", { health: "exit 1", seconds: 2 }),
    );
    if (!bundle) throw new Error("the plan is empty");
    const told = { ...bundle, known: hashesKept(copies, HOST) };
    expect(await apply(host.ground, told, 1)).toBe(30);
    await endRun(host.ground, told);
    const past = JSON.parse(readFileSync(join(ownMemory(), "past.json"), "utf8")) as HostPast;
    expect(past).toMatchObject({ lastRun: bundle.run, records: { now: { outcome: "done" } } });
  });

  test("goes back by run and by generation from the copy", async () => {
    for (const content of ["one", "two", "three"]) await deploy(content);
    const first = (await recordsOf(host.ground)).earlier.at(-1)?.run ?? "";
    await loseAll();
    await rollBack({ to: first });
    expect(await serves()).toBe("one");
    await loseAll();
    await rollBack({ names: [WEB], to: "2" });
    expect([await serves(), await generation()]).toEqual(["two", "4"]);
  });

  test("and still has its containers returns to before its last run", async () => {
    for (const content of ["one", "two"]) await deploy(content);
    loseMemory();
    await rollBack();
    expect([await serves(), await generation()]).toEqual(["one", "3"]);
  });

  test("is not asked for the copy once it remembers something of its own", async () => {
    for (const content of ["one", "two"]) await deploy(content);
    loseMemory();
    await converge(host.ground, webSite(host.ground, "three"));
    await expect(planBack(host.ground, { names: [WEB], to: "1" }, copies)).rejects.toMatchObject({
      code: "KOLLA_ROLLBACK_GENERATION",
    });
  });

  test("only what the copy lacks travels, what the host forgets goes, and nobody else can read it", async () => {
    await deploy("one");
    expect(await copyHome(host.ground, copies)).toEqual([]);
    await converge(host.ground, webSite(host.ground, "two"));
    // A file and a container; the state is in the index.
    expect(await copyHome(host.ground, copies)).toHaveLength(2);
    for (const content of ["three", "four", "five"]) await deploy(content);
    const kept = filesBelow(copies);
    // A file and a container of each of four generations, the index, and what leads to it.
    expect(kept).toHaveLength(4 * 2 + 1 + 1);
    expect(kept.map((path) => statSync(path).mode & 0o777)).toEqual(kept.map(() => 0o600));
    for (const directory of [join(copies, HOST), contents()])
      expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  test("is brought home after a run that failed as well", async () => {
    await deploy("one");
    const { bundle } = await planFor(
      host.ground,
      webSite(host.ground, "two", { health: "false", seconds: 2 }),
    );
    if (!bundle) throw new Error("the plan is empty");
    expect(await apply(host.ground, bundle, 1)).toBe(30);
    await copyHome(host.ground, copies);
    await loseAll();
    await rollBack();
    // The number of the generation that did not prove itself is not given again.
    expect([await serves(), await generation()]).toEqual(["one", "3"]);
  });

  test("is refused a copy of which a content, or the index, was changed, before anything moves", async () => {
    for (const content of ["one", SECRET]) await deploy(content);
    await loseAll();
    const secret = filesBelow(contents()).find((path) => readFileSync(path, "utf8") === SECRET) ?? "";
    writeFileSync(secret, "open-barley");
    await expect(planBack(host.ground, { names: [] }, copies)).rejects.toMatchObject({
      code: "KOLLA_ROLLBACK_RECORD_DAMAGED",
    });
    const { index } = JSON.parse(readFileSync(join(copies, HOST, "copy.json"), "utf8")) as { index: string };
    writeFileSync(join(contents(), index), "{}");
    await expect(planBack(host.ground, { names: [] }, copies)).rejects.toMatchObject({
      code: "KOLLA_COPY_DAMAGED",
      where: { host: HOST },
    });
    expect(await host.names()).toEqual([]);
  });
});
