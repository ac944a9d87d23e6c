import { describe, expect, test } from "vitest";
import type { Desired } from "#model";
import { converge, planFor, reloadable, TAKEN, WEB, webSite } from "./agent-world.ts";
import { afterEveryCall } from "./every-call.ts";
import { hostOfEachTest } from "./host-of-each-test.ts";
import { killedAfter } from "./killed.ts";
import { engineAnswers } from "./world.ts";

const there = await engineAnswers();

describe.skipIf(!there)("an agent that is killed with SIGKILL", () => {
  const host = hostOfEachTest();

  test("after any call of a replacement, the next run serves the new one", async () => {
    await atEveryWindow((content) => webSite(host.ground, content), "two");
  }, 300_000);

  test("after any call of a replacement that fails and is undone, the old one can be had back", async () => {
    const failing = () => webSite(host.ground, "two", { health: "exit 1", seconds: 1 });
    await atEveryWindow((content) => webSite(host.ground, content), "one", { changed: failing });
  }, 400_000);

  test("after any call of a reload, the next run has the new files taken up", async () => {
    await atEveryWindow((content) => reloadable(host.ground, content), "two", { calls: 3 });
    expect(await host.reads(TAKEN)).toBe("two");
  }, 300_000);

  /** Kills the agent after its first call, its second … until it comes to its end; each time the next run must converge. */
  async function atEveryWindow(
    wanted: (content: string) => Desired,
    content: string,
    { changed = () => wanted(content), calls: least = 7 } = {},
  ): Promise<void> {
    const unbroken = await afterEveryCall(async (calls) => {
      await converge(host.ground, wanted("one"));
      const isKilled = await killedAfter(host.ground, changed(), calls);
      const { code } = await converge(host.ground, wanted(content));
      expect({ calls, code }).toEqual({ calls, code: 0 });
      expect(await host.reads("/config/web.conf")).toBe(content);
      expect((await planFor(host.ground, wanted(content))).plan.steps).toEqual([]);
      const others = (await host.names()).filter((name) => name !== WEB);
      expect(others.length).toBeLessThanOrEqual(1);
      for (const name of others) expect(name).toMatch(/\.g\d+$/);
      if (isKilled) await host.renew();
      return isKilled;
    });
    expect(unbroken).toBeGreaterThan(least);
  }
});
