import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Desired } from "#model";
import { apply } from "../../src/agent/apply.ts";
import type { Ground } from "../../src/agent/ground.ts";
import { besideName } from "../../src/model/index.ts";
import { isTurnOf } from "../turns.ts";
import { cleanUp, converge, IMAGE, newGround, planFor, WEB } from "./agent-world.ts";
import { canHaveOwnEngine, OwnEngine } from "./own-engine.ts";
import { TurnWorld } from "./turn-world.ts";
import { importBusybox } from "./world.ts";

describe.skipIf(!canHaveOwnEngine() || !isTurnOf("replacing"))(
  "an engine that is killed in the midst of a turn",
  () => {
    let own: OwnEngine;
    let world: TurnWorld;
    let ground: Ground;

    beforeAll(async () => {
      own = await OwnEngine.make(128);
      await importBusybox(own.engine, IMAGE);
      world = await TurnWorld.make();
    }, 60_000);
    afterAll(async () => {
      world?.remove();
      await own?.remove();
    });
    beforeEach(() => {
      ground = newGround(own.engine);
    });
    afterEach(async () => {
      if (!(await own.answers())) await own.start();
      await cleanUp(ground);
    });

    /** Kills the engine as soon as this holds of its containers' names. */
    async function killedWhen(holds: (running: readonly string[]) => boolean): Promise<void> {
      for (;;) {
        const running = (await own.engine.containers(false)).map(({ name }) => name);
        if (holds(running)) return own.kill();
      }
    }

    async function applyTo(desired: Desired): Promise<unknown> {
      const { bundle } = await planFor(ground, desired);
      if (!bundle) throw new Error("the plan is empty");
      return apply(ground, bundle, 1).catch((error: unknown) => error);
    }

    test.each([
      ["while the next one proves itself", [WEB, besideName(WEB)]],
      ["while the old one ends its requests", [WEB, `${WEB}.g1`]],
    ])(
      "%s ends nobody who serves; once it is there again, the next run ends what was begun",
      async (_, names) => {
        await world.told("again");
        expect((await converge(ground, world.shop(ground, "one"))).code).toBe(0);
        await world.told("busy/1");
        const run = applyTo(world.shop(ground, "two"));
        await killedWhen((running) => names.every((name) => running.includes(name)));
        // Either ends the run: a code other than 0, or an error of its own.
        expect(await run).not.toBe(0);
        // Containers outlive their engine, until it starts.
        expect(await world.told("gap")).toBe("0");
        await own.start();
        await world.told("busy/0");
        await expect
          .poll(async () => (await converge(ground, world.shop(ground, "two"))).code, { timeout: 60_000 })
          .toBe(0);
        const running = (await own.engine.containers(false)).map(({ name }) => name);
        expect(running).toEqual([WEB]);
        expect((await own.engine.exec(WEB, ["cat", "/config/web.conf"])).stdout).toBe("two");
        expect((await planFor(ground, world.shop(ground, "two"))).plan.steps).toEqual([]);
        process.stderr.write(
          `looks without anybody who serves, over the start of the engine: ${await world.told("gap")}\n`,
        );
      },
      180_000,
    );
  },
);
