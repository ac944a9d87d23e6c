import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Desired, LABEL } from "#model";
import { stopwatch } from "#support";
import { apply } from "../../src/agent/apply.ts";
import type { Ground } from "../../src/agent/ground.ts";
import { currentLock } from "../../src/agent/lock.ts";
import type { Engine } from "../../src/engine/index.ts";
import {
  cleanUp,
  converge,
  eventsOf,
  IMAGE,
  job,
  newGround,
  planFor,
  siteOf,
  WEB,
  webSite,
} from "./agent-world.ts";
import { afterEveryCall } from "./every-call.ts";
import { canHaveOwnEngine, OwnDisk, OwnEngine } from "./own-engine.ts";
import { importBusybox } from "./world.ts";

const possible = canHaveOwnEngine();

/** Calls that change something on the engine. */
const CHANGING = ["create", "start", "stop", "rename", "remove", "exec"] as const;

describe.skipIf(!possible)("a deployment on a host that breaks", { timeout: 120_000 }, () => {
  let own: OwnEngine;
  let disk: OwnDisk;
  let ground: Ground;

  beforeAll(async () => {
    // The disk first: the engine may not see what is mounted after its start.
    disk = new OwnDisk(8);
    own = await OwnEngine.make(128);
    await importBusybox(own.engine, IMAGE);
  }, 60_000);
  afterAll(async () => {
    await own?.remove();
    await disk?.remove();
  });
  beforeEach(async () => {
    if (!(await own.answers())) await own.start();
    ground = newGround(own.engine, disk.directory);
  });
  afterEach(async () => {
    if (!(await own.answers())) await own.start();
    await cleanUp(ground);
  });

  const served = async (): Promise<string> =>
    (await own.engine.exec(WEB, ["cat", "/config/web.conf"])).stdout.slice(0, 10);
  const onHost = (): string => readFileSync(join(ground.root, "etc/kolla", WEB, "web.conf"), "utf8");

  /** The same host, with something that happens right after a number of changing calls. */
  function breakingAt(
    calls: number,
    happens: () => Promise<void> | void,
  ): { ground: Ground; happened: () => boolean } {
    let left = calls;
    const counted = Object.fromEntries(
      CHANGING.map((name) => [
        name,
        async (...args: unknown[]) => {
          const call = ground.engine[name] as (...args: unknown[]) => Promise<unknown>;
          const result = await call(...args);
          if (--left === 0) await happens();
          return result;
        },
      ]),
    ) as Pick<Engine, (typeof CHANGING)[number]>;
    return { ground: { ...ground, engine: { ...ground.engine, ...counted } }, happened: () => left <= 0 };
  }

  async function applyTo(broken: Ground, desired: Desired) {
    const { bundle } = await planFor(ground, desired);
    if (!bundle) throw new Error("the plan is empty");
    const seconds = stopwatch();
    const code = await apply(broken, bundle, 1);
    const { events } = eventsOf(ground, bundle.run);
    return { code, seconds: seconds(), failed: events.find(({ event }) => event === "step-failed") };
  }

  describe("with a full disk", () => {
    let makeRoom = (): void => undefined;
    const fill = (): void => {
      makeRoom = disk.fill();
    };
    afterEach(() => makeRoom());

    test("a file that finds no room is told with its path, how full the disk is and what to type; the old one stays", async () => {
      await converge(ground, webSite(ground, "one"));
      const { code, events } = await converge(ground, webSite(ground, "x".repeat(12_000_000)));
      expect(code).toBe(30);
      const failure = events.find(({ event }) => event === "step-failed");
      expect(failure).toMatchObject({ what: "file:web.conf write" });
      const directory = join(ground.root, "etc/kolla/.generations", WEB, "next");
      expect(failure?.message).toMatch(
        new RegExp(
          `^The disk is full: ${directory}/web.conf could not be written. ${directory}/web.conf has \\d MB of \\d MB free\nMake room \\(du -xh ${directory}`,
        ),
      );
      expect(events.at(-1)?.message).not.toContain("\n");
      expect(onHost()).toBe("one");
      expect(readdirSync(join(ground.root, "etc/kolla", WEB))).toEqual(["web.conf"]);
      expect(readdirSync(join(ground.root, "etc/kolla/.generations", WEB))).toEqual(["1"]);
      expect(await served()).toBe("one");
      expect(await currentLock(ground)).toBeUndefined();
      expect((await converge(ground, webSite(ground, "two"))).code).toBe(0);
      expect(await served()).toBe("two");
    });

    test("a run that cannot even note that it begins touches nothing", async () => {
      await converge(ground, webSite(ground, "one"));
      const { id } = (await own.engine.inspect(WEB)) ?? {};
      const { bundle } = await planFor(ground, webSite(ground, "two"));
      fill();
      if (!bundle) throw new Error("the plan is empty");
      const outcome = await apply(ground, bundle, 1).catch((error: unknown) => error);
      expect(outcome).toMatchObject({
        code: "KOLLA_DISK_FULL",
        message: expect.stringContaining(ground.root),
      });
      expect((await own.engine.inspect(WEB))?.id).toBe(id);
      makeRoom();
      expect((await converge(ground, webSite(ground, "two"))).code).toBe(0);
      expect(await served()).toBe("two");
    });

    test("at whatever call of a failing replacement the disk becomes full, the old container is back with its files", async () => {
      const failing = (): Desired => webSite(ground, "two", { health: "exit 1", seconds: 1 });
      const unbroken = await afterEveryCall(async (calls) => {
        expect((await converge(ground, webSite(ground, "one"))).code).toBe(0);
        const { id } = (await own.engine.inspect(WEB)) ?? {};
        const broken = breakingAt(calls, fill);
        const { code } = await applyTo(broken.ground, failing());
        const now = await own.engine.inspect(WEB);
        expect({ calls, code, id: now?.id, state: now?.state }).toEqual({
          calls,
          code: 30,
          id,
          state: "running",
        });
        expect(onHost()).toBe("one");
        makeRoom();
        await cleanUp(ground);
        ground = newGround(own.engine, disk.directory);
        return broken.happened();
      });
      expect(unbroken).toBeGreaterThan(7);
    }, 300_000);

    test("an engine without room is told with how full its disk is, and leaves the old container alone", async () => {
      await converge(ground, webSite(ground, "one"));
      makeRoom = own.fill();
      const { code, failed } = await applyTo(ground, webSite(ground, "two"));
      expect(code).toBe(30);
      expect(failed?.message).toMatch(
        new RegExp(
          `disk is full, so it could not create the container ${WEB}.new: .*no space left on device. Its disk: ${own.enginesRoot} has 0 MB of \\d+ MB free\nMake room: docker system df`,
        ),
      );
      expect(await served()).toBe("one");
      makeRoom();
      expect((await converge(ground, webSite(ground, "two"))).code).toBe(0);
      expect((await own.engine.inspect(WEB))?.labels[LABEL.generation]).toBe("3");
    });
  });

  describe("with an engine that is killed", () => {
    test("a job ends at once with the cause and what to type; the next run does it", async () => {
      const broken = breakingAt(2, () => own.kill());
      const { code, seconds, failed } = await applyTo(broken.ground, siteOf([job("sleep 60", [], 90)]));
      expect(code).toBe(20);
      expect(seconds).toBeLessThan(20);
      expect(failed?.message).toMatch(
        /^(No container engine answers at|The container engine at) \S+docker.sock.*\n(Start it: systemctl start docker|Look at its log: journalctl)/,
      );
      expect(await currentLock({ ...ground, engine: own.engine })).toBeUndefined();
      await own.start();
      expect((await converge(ground, siteOf([job("true")]))).code).toBe(0);
    });

    test("after any call of a replacement it ends at once, and the next run serves the new one", async () => {
      const unbroken = await afterEveryCall(async (calls) => {
        expect((await converge(ground, webSite(ground, "one"))).code).toBe(0);
        const broken = breakingAt(calls, () => own.kill());
        const { code, seconds } = await applyTo(broken.ground, webSite(ground, "two"));
        if (!broken.happened()) {
          expect({ calls, code }).toEqual({ calls, code: 0 });
          return false;
        }
        expect(seconds).toBeLessThan(20);
        await own.start();
        const next = await converge(ground, webSite(ground, "two"));
        expect({ calls, code: next.code, serves: await served() }).toEqual({ calls, code: 0, serves: "two" });
        expect((await planFor(ground, webSite(ground, "two"))).plan.steps).toEqual([]);
        await cleanUp(ground);
        ground = newGround(own.engine, disk.directory);
        return true;
      });
      expect(unbroken).toBeGreaterThan(5);
    }, 300_000);
  });
});
