import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "rolldown";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type Desired, LABEL } from "#model";
import { apply, endRun } from "../../src/agent/apply.ts";
import { destroy } from "../../src/agent/destroy.ts";
import { lastLines } from "../../src/agent/evidence.ts";
import type { Ground } from "../../src/agent/ground.ts";
import { currentLock, keepLock, releaseLock, takeLock } from "../../src/agent/lock.ts";
import { observe } from "../../src/agent/observe.ts";
import { connect } from "../../src/engine/index.ts";
import {
  cleanUp,
  configuration,
  converge,
  eventsOf,
  IMAGE,
  job,
  MARK,
  newGround,
  planFor,
  siteOf,
  WEB,
  web,
  webSite,
} from "./agent-world.ts";
import { engineAnswers, importBusybox } from "./world.ts";

const there = await engineAnswers();

describe.skipIf(!there)("the agent on a real engine", () => {
  let ground: Ground;

  beforeAll(async () => {
    await importBusybox(connect(), IMAGE);
  }, 60_000);
  afterAll(async () => {
    await connect().removeImage(IMAGE, { force: true });
    if (child !== undefined) rmSync(dirname(child), { recursive: true, force: true });
  });
  beforeEach(() => {
    ground = newGround();
  });
  afterEach(async () => {
    await cleanUp(ground);
  });

  const namesNow = async (): Promise<string[]> =>
    (await ground.engine.containers(true)).map(({ name }) => name).sort();
  const served = async (): Promise<string> =>
    (await ground.engine.exec(WEB, ["cat", "/config/web.conf"])).stdout;
  const onHost = (name = "web.conf"): string =>
    readFileSync(join(ground.root, "etc/kolla", WEB, name), "utf8");

  /** A web server that serves what it took up at its start or a reload; it takes nothing bad, and is ill with what is sick. */
  const reloadable = (content: string, changes: Parameters<typeof webSite>[2] = {}): Desired =>
    webSite(ground, content, {
      run: `cp /config/web.conf /tmp/taken; trap 'exit 0' TERM; sleep 600 & wait`,
      health: "! grep -q sick /tmp/taken",
      reload: "! grep bad /config/web.conf && cp /config/web.conf /tmp/taken",
      ...changes,
    });
  const taken = async (): Promise<string> => (await ground.engine.exec(WEB, ["cat", "/tmp/taken"])).stdout;

  test("a container is created with its files and labels, and then there is nothing to do", async () => {
    const desired = webSite(ground, "one");
    const { code, words } = await converge(ground, desired);
    expect(code).toBe(0);
    expect(words).toEqual([
      "stage-started",
      `step-started file:web.conf write`,
      `step-done file:web.conf write`,
      `step-started container:${WEB} create`,
      `step-done container:${WEB} create`,
      `step-started gate:${WEB} await`,
      `step-done gate:${WEB} await`,
      "stage-done",
    ]);
    expect(await served()).toBe("one");
    expect((await ground.engine.inspect(WEB))?.labels).toMatchObject({
      [LABEL.managed]: "true",
      [LABEL.generation]: "1",
      [LABEL.set]: "web",
      [LABEL.release]: "2025.1",
    });
    const path = join(ground.root, "etc/kolla", WEB, "web.conf");
    expect((statSync(path).mode & 0o777).toString(8)).toBe("640");
    const { plan } = await planFor(ground, desired);
    expect(plan.steps).toEqual([]);
    const seen = await observe(ground);
    expect(seen.journal).toMatchObject({ release: "2025.1", unproved: {}, lastRun: { outcome: "done" } });
    expect(seen.lock).toBeUndefined();
  });

  test("a replaced container serves the new file, and only the generation before is kept", async () => {
    for (const content of ["one", "two", "three"])
      expect((await converge(ground, webSite(ground, content))).code).toBe(0);
    expect(await served()).toBe("three");
    expect(await namesNow()).toEqual([WEB, `${WEB}.g2`]);
    expect((await ground.engine.inspect(`${WEB}.g2`))?.state).toBe("exited");
    expect((await planFor(ground, webSite(ground, "three"))).plan.steps).toEqual([]);
  });

  test("a container that does not become healthy gives way to the old one with its files, and shows why", async () => {
    await converge(ground, webSite(ground, "one"));
    const old = await ground.engine.inspect(WEB);
    const files = [configuration("two"), configuration("extra", "extra.conf")];
    const broken = siteOf([
      ...files,
      web(ground, files, {
        run: "echo about to fail; exec sleep 600",
        health: "echo the check says no; exit 1",
        seconds: 2,
      }),
    ]);
    const { code, events, words } = await converge(ground, broken);
    expect(code).toBe(30);
    expect(words.slice(-3)).toEqual([
      `restored gate:${WEB} await`,
      `step-failed gate:${WEB} await`,
      "stage-failed",
    ]);
    expect(events.find(({ event }) => event === "step-failed")).toMatchObject({
      message: `${WEB}: not healthy within 2 s; generation 1 is back and healthy`,
      log: ["about to fail"],
      health: ["the check says no"],
    });
    const now = await ground.engine.inspect(WEB);
    expect(now?.id).toBe(old?.id);
    expect(now?.state).toBe("running");
    expect(await served()).toBe("one");
    expect(onHost()).toBe("one");
    expect(() => onHost("extra.conf")).toThrow("ENOENT");
    expect(await namesNow()).toEqual([WEB]);
    expect((await planFor(ground, webSite(ground, "one"))).plan.steps).toEqual([]);
    expect((await observe(ground)).journal).toMatchObject({
      lastRun: { outcome: "restored" },
      generations: { [WEB]: 2 },
    });
  });

  test("a container that ends at once gives way to the old one", async () => {
    await converge(ground, webSite(ground, "one"));
    const { code, events } = await converge(
      ground,
      webSite(ground, "two", { run: "echo no such thing >&2; exit 3" }),
    );
    expect(code).toBe(30);
    expect(events.find(({ event }) => event === "step-failed")).toMatchObject({
      message: expect.stringContaining("it ended: exit code 3; generation 1 is back and healthy"),
      log: ["no such thing"],
    });
    expect(await served()).toBe("one");
  });

  test("of a container that ended and was started again, what it printed before it ended is shown", async () => {
    const { spec } = web(ground, [], {
      run: "if [ -e /tmp/again ]; then echo up again; exec sleep 600; fi; touch /tmp/again; echo the cause; exit 1",
      restartPolicy: "unless-stopped",
    });
    await ground.engine.create({ ...spec, mounts: [] });
    await ground.engine.start(WEB);
    await vi.waitFor(
      async () => {
        expect(await ground.engine.logs(WEB)).toEqual(["the cause", "up again"]);
        expect(await ground.engine.inspect(WEB)).toMatchObject({ state: "running", restarts: 1 });
      },
      { timeout: 20_000, interval: 200 },
    );
    expect(await lastLines(ground, WEB)).toEqual(["the cause"]);
  });

  describe("a container that takes up files as it runs", () => {
    test("is the same one after that, and nothing is left to do", async () => {
      await converge(ground, reloadable("one"));
      const old = await ground.engine.inspect(WEB);
      const { code, words } = await converge(ground, reloadable("two"));
      expect(code).toBe(0);
      expect(words).toContain(`step-done container:${WEB} reload`);
      expect(await ground.engine.inspect(WEB)).toMatchObject({ id: old?.id, startedAt: old?.startedAt });
      expect(await taken()).toBe("two");
      expect(await namesNow()).toEqual([WEB]);
      expect((await planFor(ground, reloadable("two"))).plan.steps).toEqual([]);
    });

    test("goes on with the files before when it does not take the new ones", async () => {
      await converge(ground, reloadable("one"));
      const old = await ground.engine.inspect(WEB);
      const { code, events, words } = await converge(ground, reloadable("bad"));
      expect(code).toBe(30);
      expect(words).toContain(`restored container:${WEB} reload`);
      expect(events.find(({ event }) => event === "step-failed")).toMatchObject({
        message: `${WEB}: it does not take the new files; it has the files before, and is healthy`,
        log: ["bad"],
      });
      expect(onHost()).toBe("one");
      expect(await taken()).toBe("one");
      expect((await ground.engine.inspect(WEB))?.id).toBe(old?.id);
      expect((await planFor(ground, reloadable("one"))).plan.steps).toEqual([]);
    });

    test("gets the files before back when it is not healthy with the new ones", async () => {
      await converge(ground, reloadable("one"));
      const { code, events } = await converge(ground, reloadable("sick", { seconds: 2 }));
      expect(code).toBe(30);
      expect(events.find(({ event }) => event === "step-failed")?.message).toBe(
        `${WEB}: not healthy within 2 s; it has the files before, and is healthy`,
      );
      expect(await taken()).toBe("one");
    });

    test("is started anew where it takes up the files before no more either", async () => {
      const once = `if [ -e /tmp/stuck ]; then exit 1; fi; if grep bad /config/web.conf; then touch /tmp/stuck; exit 1; fi`;
      await converge(ground, reloadable("one", { reload: once }));
      const old = await ground.engine.inspect(WEB);
      const { code } = await converge(ground, reloadable("bad", { reload: once }));
      expect(code).toBe(30);
      const now = await ground.engine.inspect(WEB);
      expect(now).toMatchObject({ id: old?.id, state: "running" });
      expect(now?.startedAt).not.toBe(old?.startedAt);
      expect(await taken()).toBe("one");
    });

    test("comes back with the files that it took up last when its successor fails", async () => {
      await converge(ground, reloadable("one"));
      await converge(ground, reloadable("two"));
      const { code } = await converge(ground, reloadable("three", { run: "exit 3" }));
      expect(code).toBe(30);
      expect(onHost()).toBe("two");
      expect(await taken()).toBe("two");
      expect((await planFor(ground, reloadable("two"))).plan.steps).toEqual([]);
    });

    test("leaves nothing in the journal once it is gone", async () => {
      await converge(ground, reloadable("one"));
      await converge(ground, reloadable("two"));
      expect(Object.values((await observe(ground)).journal.reloads ?? {})).toHaveLength(1);
      await converge(ground, siteOf([]));
      expect((await observe(ground)).journal.reloads).toEqual({});
    });
  });

  test("a first container that does not become healthy is removed, and its number is not used again", async () => {
    const { code, events } = await converge(ground, webSite(ground, "one", { health: "exit 1", seconds: 1 }));
    expect(code).toBe(30);
    expect(events.find(({ event }) => event === "step-failed")?.message).toBe(
      `${WEB}: not healthy within 1 s; it was removed, there was none before`,
    );
    expect(await namesNow()).toEqual([]);
    expect((await converge(ground, webSite(ground, "one"))).code).toBe(0);
    expect((await ground.engine.inspect(WEB))?.labels[LABEL.generation]).toBe("2");
  });

  test("generations grow also over a removal", async () => {
    await converge(ground, webSite(ground, "one"));
    expect((await converge(ground, siteOf([]))).code).toBe(0);
    expect(await namesNow()).toEqual([]);
    expect(() => onHost()).toThrow("ENOENT");
    await converge(ground, webSite(ground, "one"));
    expect((await ground.engine.inspect(WEB))?.labels[LABEL.generation]).toBe("2");
  });

  test("a job runs once for an image; what it failed with is shown, and what needs it is skipped", async () => {
    const file = configuration("one");
    const withJob = (script: string): Desired =>
      siteOf([file, job(script), web(ground, [file], { needs: [`kt-host|job:${MARK}:bootstrap`] })]);
    const failed = await converge(ground, withJob("echo the schema is broken; exit 4"));
    expect(failed.code).toBe(20);
    expect(failed.events.find(({ event }) => event === "step-failed")).toMatchObject({
      message: `job:${MARK}:bootstrap ended with exit code 4`,
      log: ["the schema is broken"],
    });
    expect(failed.words).toContain(`step-skipped container:${WEB} create`);
    expect(await namesNow()).toEqual([]);
    expect((await converge(ground, withJob("true"))).code).toBe(0);
    expect((await planFor(ground, withJob("true"))).plan.steps).toEqual([]);
  });

  test("a job that takes too long is stopped and fails", async () => {
    const { code, events } = await converge(ground, siteOf([job("sleep 60", [], 1)]));
    expect(code).toBe(20);
    expect(events.find(({ event }) => event === "step-failed")?.message).toContain(
      "did not end within 1.0 s",
    );
    expect(await namesNow()).toEqual([]);
  });

  test("a job that a run which was cut off had started is awaited, not started again", async () => {
    const volume = { kind: "volume", id: `volume:${MARK}`, set: ["web"], needs: [], name: MARK } as const;
    const plain = job("echo ran >> /count/runs; sleep 2");
    const counting = { ...plain, spec: { ...plain.spec, mounts: [{ source: MARK, target: "/count" }] } };
    const desired = siteOf([volume, counting]);
    await killedAfter(ground, desired, 3);
    expect(await namesNow()).toEqual([`job_${MARK}_bootstrap`]);
    expect((await converge(ground, desired)).code).toBe(0);
    const mountpoint = (await ground.engine.volumes.inspect(MARK))?.mountpoint ?? "";
    expect(readFileSync(join(mountpoint, "runs"), "utf8")).toBe("ran\n");
  });

  test("what the plan did not see stops the run before anything is done", async () => {
    await converge(ground, webSite(ground, "one"));
    const { bundle } = await planFor(ground, webSite(ground, "two"));
    writeFileSync(join(ground.root, "etc/kolla", WEB, "web.conf"), "edited by hand");
    if (!bundle) throw new Error("the plan is empty");
    expect(await apply(ground, bundle, 1)).toBe(30);
    expect(onHost()).toBe("edited by hand");
    expect(eventsOf(ground, bundle.run).events.at(-1)?.message).toContain(
      `/etc/kolla/${WEB}/web.conf was changed: the host changed since the plan was made; plan again`,
    );
  });

  test("a stopped run starts nothing new, says so, and the next one goes on", async () => {
    const stopping = new AbortController();
    const file = configuration("one");
    const desired = siteOf([
      job("sleep 2"),
      file,
      web(ground, [file], { needs: [`kt-host|job:${MARK}:bootstrap`] }),
    ]);
    setTimeout(() => stopping.abort(), 500);
    const { code, events } = await converge(ground, desired, stopping.signal);
    expect(code).toBe(20);
    expect(events.at(-1)).toMatchObject({ event: "stage-failed", message: "stopped by the operator" });
    expect((await observe(ground)).journal.lastRun?.outcome).toBe("interrupted");
    const again = await converge(ground, desired);
    expect(again.code).toBe(0);
    expect(again.words).not.toContain(`step-started job:${MARK}:bootstrap run-once`);
  });

  test("a host is one run's at a time, until no process of that run lives any more", async () => {
    await takeLock(ground, "first", "anna@control01");
    const { bundle } = await planFor(ground, webSite(ground, "one"), "second");
    if (!bundle) throw new Error("the plan is empty");
    await expect(apply(ground, bundle, 1)).rejects.toThrow(
      /Run first of anna@control01 works on this host since/,
    );
    expect(await namesNow()).toEqual([]);
    const path = join(ground.root, "var/lib/kolla-agent/lock.json");
    const lock = JSON.parse(readFileSync(path, "utf8")) as object;
    writeFileSync(path, JSON.stringify({ ...lock, process: "999999999 1" }));
    expect(await apply(ground, bundle, 1)).toBe(0);
    expect(await currentLock(ground)).toBeUndefined();
  });

  test("between two stages the host stays the run's; the end of the run gives it back", async () => {
    await takeLock(ground, "first", "anna@control01");
    keepLock(ground);
    await expect(takeLock(ground, "second", "ben@control01")).rejects.toThrow("Run first of anna@control01");
    await takeLock(ground, "first", "anna@control01");
    keepLock(ground);
    releaseLock(ground, "second");
    expect((await observe(ground)).lock).toMatchObject({ run: "first", holder: "anna@control01" });
    const { bundle } = await planFor(ground, webSite(ground, "one"), "first");
    if (!bundle) throw new Error("the plan is empty");
    expect(await endRun(ground, bundle)).toEqual({ released: true, noted: true });
    expect((await observe(ground)).journal.lastRun?.outcome).toBe("interrupted");
    await takeLock(ground, "second", "ben@control01");
  });

  test("secrets that the bundle holds do not reach events or the journal", async () => {
    const plain = job("echo the password is $ADMIN_PASSWORD; exit 1");
    const telling = { ...plain, spec: { ...plain.spec, environment: { ADMIN_PASSWORD: "opensesame" } } };
    const { events } = await converge(ground, siteOf([telling]));
    expect(events.find(({ event }) => event === "step-failed")?.log).toEqual(["the password is ***"]);
    const journal = readFileSync(join(ground.root, "var/lib/kolla-agent/journal.jsonl"), "utf8");
    expect(journal).not.toContain("opensesame");
  });

  test("an operator's own files in /etc/kolla are neither seen nor removed", async () => {
    const top = join(ground.root, "etc/kolla");
    mkdirSync(join(top, "config/nova"), { recursive: true });
    for (const name of ["globals.yml", "passwords.yml", "config/nova/nova.conf", "admin-openrc.sh"])
      writeFileSync(join(top, name), "mine");
    await converge(ground, webSite(ground, "one"));
    expect(Object.keys((await observe(ground)).files)).toEqual([`/etc/kolla/${WEB}/web.conf`]);
    await destroy(ground, {});
    expect(readFileSync(join(top, "config/nova/nova.conf"), "utf8")).toBe("mine");
  });

  test("destroy removes containers, generations, volumes, files and its own memory", async () => {
    const volume = { kind: "volume", id: `volume:${MARK}`, set: ["web"], needs: [], name: MARK } as const;
    for (const content of ["one", "two"]) {
      const file = configuration(content);
      await converge(ground, siteOf([volume, file, web(ground, [file])]));
    }
    const { removed, left } = await destroy(ground, {});
    expect(removed).toMatchObject({ volumes: [MARK], files: 1, servers: 0 });
    expect([...removed.containers].sort()).toEqual([WEB, `${WEB}.g1`]);
    expect(left).toEqual([]);
    expect(await namesNow()).toEqual([]);
    expect(() => statSync(join(ground.root, "etc/kolla", WEB))).toThrow("ENOENT");
    const seen = await observe(ground);
    expect(seen.volumes).toEqual([]);
    expect(seen.journal).toEqual({
      jobs: {},
      resources: {},
      generations: {},
      unproved: {},
      reloads: {},
      files: {},
    });
  });

  describe("killed with SIGKILL", () => {
    test("after any call of a replacement, the next run serves the new one", async () => {
      await atEveryWindow((content) => webSite(ground, content), "two");
    }, 300_000);

    test("after any call of a replacement that fails and is undone, the old one can be had back", async () => {
      const failing = () => webSite(ground, "two", { health: "exit 1", seconds: 1 });
      await atEveryWindow((content) => webSite(ground, content), "one", { changed: failing });
    }, 400_000);

    test("after any call of a reload, the next run has the new files taken up", async () => {
      await atEveryWindow(reloadable, "two", { calls: 3 });
      expect(await taken()).toBe("two");
    }, 300_000);
  });

  /** Kills the agent after its first call, its second … until it comes to its end; each time the next run must converge. */
  async function atEveryWindow(
    wanted: (content: string) => Desired,
    content: string,
    { changed = () => wanted(content), calls: least = 7 } = {},
  ): Promise<void> {
    for (let calls = 1; ; calls++) {
      await converge(ground, wanted("one"));
      const isKilled = await killedAfter(ground, changed(), calls);
      const { code } = await converge(ground, wanted(content));
      expect({ calls, code }).toEqual({ calls, code: 0 });
      expect(await served()).toBe(content);
      expect((await planFor(ground, wanted(content))).plan.steps).toEqual([]);
      const others = (await namesNow()).filter((name) => name !== WEB);
      expect(others.length).toBeLessThanOrEqual(1);
      for (const name of others) expect(name).toMatch(/\.g\d+$/);
      if (!isKilled) {
        expect(calls).toBeGreaterThan(least);
        return;
      }
      await cleanUp(ground);
      ground = newGround();
    }
  }
});

let child: string | undefined;

/** Applies in a process of its own that dies after so many calls; true when it died. */
async function killedAfter(ground: Ground, desired: Desired, calls: number): Promise<boolean> {
  child ??= await bundledChild();
  const { bundle } = await planFor(ground, desired);
  const file = join(ground.root, "bundle.json");
  writeFileSync(file, JSON.stringify(bundle), { mode: 0o600 });
  chmodSync(file, 0o600);
  const { signal, stderr } = spawnSync(process.execPath, [child, ground.root, file, String(calls)], {
    encoding: "utf8",
    timeout: 60_000,
    env: { ...process.env, KT_AGENT_MARK: MARK },
  });
  expect(stderr).toBe("");
  return signal === "SIGKILL";
}

async function bundledChild(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "kt-agent-child-"));
  const file = join(directory, "child.mjs");
  await build({
    input: "tests/engine/agent-child.ts",
    platform: "node",
    output: { file, format: "esm", codeSplitting: false },
    logLevel: "silent",
  });
  return file;
}
