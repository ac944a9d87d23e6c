import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { type Desired, LABEL } from "#model";
import { apply, endRun } from "../../src/agent/apply.ts";
import { destroy } from "../../src/agent/destroy.ts";
import { currentLock, keepLock, releaseLock, takeLock } from "../../src/agent/lock.ts";
import { observe } from "../../src/agent/observe.ts";
import {
  configuration,
  converge,
  eventsOf,
  job,
  MARK,
  planFor,
  siteOf,
  WEB,
  web,
  webSite,
} from "./agent-world.ts";
import { hostOfEachTest } from "./host-of-each-test.ts";
import { killedAfter } from "./killed.ts";
import { engineAnswers } from "./world.ts";

const there = await engineAnswers();

describe.skipIf(!there)("the agent on a real engine", () => {
  const host = hostOfEachTest();

  test("a container is created with its files and labels, and then there is nothing to do", async () => {
    const desired = webSite(host.ground, "one");
    const { code, words } = await converge(host.ground, desired);
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
    expect(await host.reads("/config/web.conf")).toBe("one");
    expect((await host.ground.engine.inspect(WEB))?.labels).toMatchObject({
      [LABEL.managed]: "true",
      [LABEL.generation]: "1",
      [LABEL.set]: "web",
      [LABEL.release]: "2025.1",
    });
    const path = join(host.ground.root, "etc/kolla", WEB, "web.conf");
    expect((statSync(path).mode & 0o777).toString(8)).toBe("640");
    const { plan } = await planFor(host.ground, desired);
    expect(plan.steps).toEqual([]);
    const seen = await observe(host.ground);
    expect(seen.journal).toMatchObject({ unproved: {}, lastRun: { outcome: "done" } });
    expect(seen.lock).toBeUndefined();
  });

  test("a replaced container serves the new file, and only the generation before is kept", async () => {
    for (const content of ["one", "two", "three"])
      expect((await converge(host.ground, webSite(host.ground, content))).code).toBe(0);
    expect(await host.reads("/config/web.conf")).toBe("three");
    expect(await host.names()).toEqual([WEB, `${WEB}.g2`]);
    expect((await host.ground.engine.inspect(`${WEB}.g2`))?.state).toBe("exited");
    expect((await planFor(host.ground, webSite(host.ground, "three"))).plan.steps).toEqual([]);
  });

  test("a container that does not become healthy gives way to the old one with its files, and shows why", async () => {
    await converge(host.ground, webSite(host.ground, "one"));
    const old = await host.ground.engine.inspect(WEB);
    const files = [configuration("two"), configuration("extra", "extra.conf")];
    const broken = siteOf([
      ...files,
      web(host.ground, files, {
        run: "echo about to fail; exec sleep 600",
        health: "echo the check says no; exit 1",
        seconds: 2,
      }),
    ]);
    const { code, events, words } = await converge(host.ground, broken);
    expect(code).toBe(30);
    expect(words.slice(-4)).toEqual([
      `restored gate:${WEB} await`,
      `step-failed gate:${WEB} await`,
      "left",
      "stage-failed",
    ]);
    expect(events.find(({ event }) => event === "step-failed")).toMatchObject({
      message: `${WEB}: not healthy within 2 s; generation 1 is back and healthy`,
      log: ["about to fail"],
      health: ["the check says no"],
    });
    const now = await host.ground.engine.inspect(WEB);
    expect(now?.id).toBe(old?.id);
    expect(now?.state).toBe("running");
    expect(await host.reads("/config/web.conf")).toBe("one");
    expect(host.holds()).toBe("one");
    expect(() => host.holds("extra.conf")).toThrow("ENOENT");
    expect(await host.names()).toEqual([WEB]);
    expect((await planFor(host.ground, webSite(host.ground, "one"))).plan.steps).toEqual([]);
    expect((await observe(host.ground)).journal).toMatchObject({
      lastRun: { outcome: "restored" },
      generations: { [WEB]: 2 },
    });
  });

  test("a container that ends at once gives way to the old one", async () => {
    await converge(host.ground, webSite(host.ground, "one"));
    const { code, events } = await converge(
      host.ground,
      webSite(host.ground, "two", { run: "echo no such thing >&2; exit 3" }),
    );
    expect(code).toBe(30);
    expect(events.find(({ event }) => event === "step-failed")).toMatchObject({
      message: expect.stringContaining("it ended: exit code 3; generation 1 is back and healthy"),
      log: ["no such thing"],
    });
    expect(await host.reads("/config/web.conf")).toBe("one");
  });

  test("a first container that does not become healthy is removed, and its number is not used again", async () => {
    const { code, events } = await converge(
      host.ground,
      webSite(host.ground, "one", { health: "exit 1", seconds: 1 }),
    );
    expect(code).toBe(30);
    expect(events.find(({ event }) => event === "step-failed")?.message).toBe(
      `${WEB}: not healthy within 1 s; it was removed, there was none before`,
    );
    expect(await host.names()).toEqual([]);
    expect((await converge(host.ground, webSite(host.ground, "one"))).code).toBe(0);
    expect((await host.ground.engine.inspect(WEB))?.labels[LABEL.generation]).toBe("2");
  });

  test("generations grow also over a removal", async () => {
    await converge(host.ground, webSite(host.ground, "one"));
    expect((await converge(host.ground, siteOf([]))).code).toBe(0);
    expect(await host.names()).toEqual([WEB]);
    expect((await converge(host.ground, siteOf([]), { remove: true })).code).toBe(0);
    expect(await host.names()).toEqual([]);
    expect(() => host.holds()).toThrow("ENOENT");
    await converge(host.ground, webSite(host.ground, "one"));
    expect((await host.ground.engine.inspect(WEB))?.labels[LABEL.generation]).toBe("2");
  });

  test("a job runs once for an image; what it failed with is shown, and what needs it is skipped", async () => {
    const file = configuration("one");
    const withJob = (script: string): Desired =>
      siteOf([file, job(script), web(host.ground, [file], { needs: [`kt-host|job:${MARK}:bootstrap`] })]);
    const failed = await converge(host.ground, withJob("echo the schema is broken; exit 4"));
    expect(failed.code).toBe(20);
    expect(failed.events.find(({ event }) => event === "step-failed")).toMatchObject({
      message: `job:${MARK}:bootstrap ended with exit code 4`,
      log: ["the schema is broken"],
    });
    expect(failed.words).toContain(`step-skipped container:${WEB} create`);
    expect(await host.names()).toEqual([]);
    expect((await converge(host.ground, withJob("true"))).code).toBe(0);
    expect((await planFor(host.ground, withJob("true"))).plan.steps).toEqual([]);
  });

  test("a job that takes too long is stopped and fails", async () => {
    const { code, events } = await converge(host.ground, siteOf([job("sleep 60", [], 1)]));
    expect(code).toBe(20);
    expect(events.find(({ event }) => event === "step-failed")?.message).toContain(
      "did not end within 1.0 s",
    );
    expect(await host.names()).toEqual([]);
  });

  test("a job that a run which was cut off had started is awaited, not started again", async () => {
    const volume = { kind: "volume", id: `volume:${MARK}`, set: ["web"], needs: [], name: MARK } as const;
    const plain = job("echo ran >> /count/runs; sleep 2");
    const counting = { ...plain, spec: { ...plain.spec, mounts: [{ source: MARK, target: "/count" }] } };
    const desired = siteOf([volume, counting]);
    await killedAfter(host.ground, desired, 3);
    expect(await host.names()).toEqual([`job_${MARK}_bootstrap`]);
    expect((await converge(host.ground, desired)).code).toBe(0);
    const mountpoint = (await host.ground.engine.volumes.inspect(MARK))?.mountpoint ?? "";
    expect(readFileSync(join(mountpoint, "runs"), "utf8")).toBe("ran\n");
  });

  test("what the plan did not see stops the run before anything is done", async () => {
    await converge(host.ground, webSite(host.ground, "one"));
    const { bundle } = await planFor(host.ground, webSite(host.ground, "two"));
    writeFileSync(join(host.ground.root, "etc/kolla", WEB, "web.conf"), "edited by hand");
    if (!bundle) throw new Error("the plan is empty");
    expect(await apply(host.ground, bundle, 1)).toBe(30);
    expect(host.holds()).toBe("edited by hand");
    expect(eventsOf(host.ground, bundle.run).events.at(-1)?.message).toContain(
      `/etc/kolla/${WEB}/web.conf was changed: the host changed since the plan was made; plan again`,
    );
  });

  test("a stopped run starts nothing new, says so, and the next one goes on", async () => {
    const stopping = new AbortController();
    const file = configuration("one");
    const desired = siteOf([
      job("sleep 2"),
      file,
      web(host.ground, [file], { needs: [`kt-host|job:${MARK}:bootstrap`] }),
    ]);
    const stopped = vi
      .waitFor(async () => expect(await host.names()).toEqual([`job_${MARK}_bootstrap`]), { timeout: 20_000 })
      .then(() => stopping.abort());
    const { code, events } = await converge(host.ground, desired, { signal: stopping.signal });
    await stopped;
    expect(code).toBe(20);
    expect(events.at(-1)).toMatchObject({ event: "stage-failed", message: "stopped by the operator" });
    expect((await observe(host.ground)).journal.lastRun?.outcome).toBe("interrupted");
    const again = await converge(host.ground, desired);
    expect(again.code).toBe(0);
    expect(again.words).not.toContain(`step-started job:${MARK}:bootstrap run-once`);
  });

  test("a host is one run's at a time, until no process of that run lives any more", async () => {
    await takeLock(host.ground, { run: "first", holder: "anna@control01" });
    const { bundle } = await planFor(host.ground, webSite(host.ground, "one"), "second");
    if (!bundle) throw new Error("the plan is empty");
    await expect(apply(host.ground, bundle, 1)).rejects.toThrow(
      /Run first of anna@control01 has this host since .* and works on it/,
    );
    expect(await host.names()).toEqual([]);
    const path = join(host.ground.root, "var/lib/kolla-agent/lock.json");
    const lock = JSON.parse(readFileSync(path, "utf8")) as object;
    writeFileSync(path, JSON.stringify({ ...lock, process: "999999999 1" }));
    expect(await apply(host.ground, bundle, 1)).toBe(0);
    expect(await currentLock(host.ground)).toBeUndefined();
  });

  test("between two stages the host stays the run's; the end of the run gives it back", async () => {
    await takeLock(host.ground, { run: "first", holder: "anna@control01" });
    keepLock(host.ground, 100);
    await expect(takeLock(host.ground, { run: "second", holder: "ben@control01" })).rejects.toThrow(
      "Run first of anna@control01",
    );
    await takeLock(host.ground, { run: "first", holder: "anna@control01" });
    keepLock(host.ground, 100);
    releaseLock(host.ground, "second");
    expect((await observe(host.ground)).lock).toMatchObject({
      run: "first",
      holder: "anna@control01",
    });
    const { bundle } = await planFor(host.ground, webSite(host.ground, "one"), "first");
    if (!bundle) throw new Error("the plan is empty");
    expect(await endRun(host.ground, bundle)).toMatchObject({
      event: "left",
      left: { moved: [], returned: [] },
    });
    expect((await observe(host.ground)).journal.lastRun?.outcome).toBe("interrupted");
    await takeLock(host.ground, { run: "second", holder: "ben@control01" });
  });

  test("a host that waits while gates elsewhere take long stays the run's, as long as the plan may take and no longer", async () => {
    const items = webSite(host.ground, "one", { seconds: 240 });
    const { bundle: whole } = await planFor(host.ground, items, "first");
    if (!whole) throw new Error("the plan is empty");
    const steps = whole.steps.map((step) => ({ ...step, stage: step.kind === "file" ? 1 : 2 }));
    const bundle = { ...whole, steps, stages: 2, stageSeconds: [300, ...whole.stageSeconds] };
    const start = Date.now();
    try {
      expect(await apply(host.ground, bundle, 1)).toBe(0);
      vi.useFakeTimers({ toFake: ["Date"], now: start + 480_000 });
      expect(await currentLock(host.ground)).toMatchObject({ run: "first" });
      const second = { run: "second", began: "", holder: "ben@control02" };
      await expect(takeLock(host.ground, second)).rejects.toMatchObject({
        code: "KOLLA_HOST_LOCKED",
        message: expect.stringMatching(/waits for its next stage, until \d{4}-/),
        hint: expect.stringContaining("--take-over first"),
      });
      vi.setSystemTime(start + 7_200_000);
      expect(await currentLock(host.ground)).toBeUndefined();
    } finally {
      vi.useRealTimers();
    }
  });

  test("a run that is known to be dead gives way at once where it only waits, and not where it works", async () => {
    const second = { run: "second", began: "", holder: "ben@control01", takeOver: ["first"] };
    await takeLock(host.ground, { run: "first", holder: "anna@control01" });
    await expect(takeLock(host.ground, second)).rejects.toThrow("and works on it");
    keepLock(host.ground, 100);
    await expect(takeLock(host.ground, { ...second, takeOver: [] })).rejects.toThrow(
      "waits for its next stage",
    );
    expect(await takeLock(host.ground, second)).toBe(true);
    expect((await observe(host.ground)).lock).toMatchObject({
      run: "second",
      holder: "ben@control01",
    });
  });

  test("a container that starts again and again is replaced, with how often and how it ended as the cause", async () => {
    const run = "if [ -e /tmp/again ]; then echo no luck; exit 3; fi; touch /tmp/again; sleep 600 & wait";
    const desired = webSite(host.ground, "one", { run, restartPolicy: "unless-stopped" });
    expect((await converge(host.ground, desired)).code).toBe(0);
    await host.ground.engine.exec(WEB, ["sh", "-c", "kill $(cat /proc/1/task/1/children)"]);
    await vi.waitFor(
      async () => {
        const { plan } = await planFor(host.ground, desired);
        expect(plan.steps.map(({ cause }) => cause)).toContainEqual(
          // From the third on it counts also in the moment in which it is up.
          expect.stringMatching(/^starts again and again: ([3-9]|\d\d) times, last exit 3$/),
        );
      },
      { timeout: 60_000, interval: 500 },
    );
    expect((await converge(host.ground, desired)).code).toBe(0);
    expect(await host.names()).toContain(`${WEB}.g1`);
    expect((await planFor(host.ground, desired)).plan.steps).toEqual([]);
  });

  test("secrets that the bundle holds do not reach events or the journal", async () => {
    const plain = job("echo the password is $ADMIN_PASSWORD; exit 1");
    const telling = { ...plain, spec: { ...plain.spec, environment: { ADMIN_PASSWORD: "opensesame" } } };
    const { events } = await converge(host.ground, siteOf([telling]));
    expect(events.find(({ event }) => event === "step-failed")?.log).toEqual(["the password is ***"]);
    const journal = readFileSync(join(host.ground.root, "var/lib/kolla-agent/journal.jsonl"), "utf8");
    expect(journal).not.toContain("opensesame");
  });

  test("an operator's own files in /etc/kolla are neither seen nor removed", async () => {
    const top = join(host.ground.root, "etc/kolla");
    mkdirSync(join(top, "config/nova"), { recursive: true });
    for (const name of ["globals.yml", "passwords.yml", "config/nova/nova.conf", "admin-openrc.sh"])
      writeFileSync(join(top, name), "mine");
    await converge(host.ground, webSite(host.ground, "one"));
    expect(Object.keys((await observe(host.ground)).files)).toEqual([`/etc/kolla/${WEB}/web.conf`]);
    await destroy(host.ground, { teardowns: [] });
    expect(readFileSync(join(top, "config/nova/nova.conf"), "utf8")).toBe("mine");
  });

  test("destroy removes containers, generations, volumes, files and its own memory", async () => {
    const untouched = (await observe(host.ground)).journal;
    const volume = { kind: "volume", id: `volume:${MARK}`, set: ["web"], needs: [], name: MARK } as const;
    for (const content of ["one", "two"]) {
      const file = configuration(content);
      await converge(host.ground, siteOf([volume, file, web(host.ground, [file])]));
    }
    const { removed, left } = await destroy(host.ground, { teardowns: [] });
    expect(removed).toMatchObject({ volumes: [MARK], files: 1, servers: 0 });
    expect([...removed.containers].sort()).toEqual([WEB, `${WEB}.g1`]);
    expect(left).toEqual([]);
    expect(await host.names()).toEqual([]);
    expect(() => statSync(join(host.ground.root, "etc/kolla", WEB))).toThrow("ENOENT");
    const seen = await observe(host.ground);
    expect(seen.volumes).toEqual([]);
    expect(seen.journal).toEqual(untouched);
  });
});
