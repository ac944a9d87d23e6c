import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Desired, generationName, LABEL, type Turns } from "#model";
import { converge, planFor, WEB, type web } from "./agent-world.ts";
import { afterEveryCall } from "./every-call.ts";
import { hostOfEachTest } from "./host-of-each-test.ts";
import { killedAfter } from "./killed.ts";
import { RUN, TurnWorld } from "./turn-world.ts";
import { engineAnswers } from "./world.ts";

const there = await engineAnswers();

describe.skipIf(!there)("generations of a container that take turns behind a load balancer", () => {
  const host = hostOfEachTest();
  let world: TurnWorld;
  let turns: Turns;

  beforeAll(async () => {
    world = await TurnWorld.make();
    turns = world.turns;
  }, 60_000);
  beforeEach(() => told("again"));
  afterAll(() => world.remove());

  const told = (path: string): Promise<string> => world.told(path);
  const shop = (content: string, ...how: [Parameters<typeof web>[2]?, Partial<Turns>?]): Desired =>
    world.shop(host.ground, content, ...how);

  /** Port, start and state of a container. */
  async function seen(name: string): Promise<unknown> {
    const found = await host.ground.engine.inspect(name);
    return (
      found && { port: Number(found.labels[LABEL.port]), startedAt: found.startedAt, state: found.state }
    );
  }

  test("the next one takes over on the other port, the old one waits stopped, and there was always one that served", async () => {
    expect(await converge(host.ground, shop("one"))).toMatchObject({ code: 0 });
    expect(await seen(WEB)).toMatchObject({ port: turns.ports[0], state: "running" });
    expect(await converge(host.ground, shop("two"))).toMatchObject({ code: 0 });
    expect(await seen(WEB)).toMatchObject({ port: turns.ports[1], state: "running" });
    expect(await seen(generationName(WEB, 1))).toMatchObject({ port: turns.ports[0], state: "exited" });
    expect(await host.reads("/config/web.conf")).toBe("two");
    expect(await converge(host.ground, shop("three"))).toMatchObject({ code: 0 });
    expect(await seen(WEB)).toMatchObject({ port: turns.ports[0], state: "running" });
    expect(await told("gap")).toBe("0");
    expect((await planFor(host.ground, shop("three"))).plan.steps).toEqual([]);
  }, 120_000);

  test("the old one is not stopped while it has requests", async () => {
    await converge(host.ground, shop("one"));
    await told("busy/1");
    const run = converge(host.ground, shop("two"));
    await expect
      .poll(() => seen(generationName(WEB, 1)), { timeout: 20_000 })
      .toMatchObject({ state: "running" });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(await seen(generationName(WEB, 1))).toMatchObject({ state: "running" });
    await told("busy/0");
    expect(await run).toMatchObject({ code: 0 });
    expect(await seen(generationName(WEB, 1))).toMatchObject({ state: "exited" });
  }, 120_000);

  test.each([
    [
      "is never healthy",
      { health: "exit 1", seconds: 1 },
      {},
      /not healthy within 1 s; generation 1 serves on/,
    ],
    ["ends", { run: "exit 3" }, {}, /it ended: exit code 3|started again/],
    [
      "answers a real request with an error",
      {
        run: `mkdir -p /cgi-bin; printf '#!/bin/sh\\nprintf "HTTP/1.0 500 Broken\\\\r\\\\n\\\\r\\\\nno such table"' > /cgi-bin/ask; busybox chmod +x /cgi-bin/ask; ${RUN}`,
      },
      { trial: { address: "127.0.0.1", path: "/cgi-bin/ask" } },
      /answers 500 to GET \/cgi-bin\/ask: no such table; generation 1 serves on/,
    ],
    [
      "is not known to a load balancer",
      {},
      { row: { svname: "other" } },
      /the load balancer at 127\.0\.0\.1:\d+ does not know port \d+; bring its configuration up to date first; generation 1 serves on/,
    ],
  ])(
    "one that %s is taken away, and the old one was never touched",
    async (_, changes, { row, trial }: { row?: object; trial?: Turns["trial"] }, words) => {
      await converge(host.ground, shop("one"));
      const before = await seen(WEB);
      const [first] = turns.balancers;
      const balancers = first
        ? [{ ...first, rows: [first.rows[0], { ...first.rows[1], ...row }] as const }]
        : [];
      const { code, events } = await converge(
        host.ground,
        shop("two", changes, { balancers, ...(trial && { trial }) }),
      );
      expect(code).toBe(30);
      expect(events.find(({ event }) => event === "step-failed")?.message).toMatch(words);
      expect(await seen(WEB)).toEqual(before);
      expect(await host.names()).toEqual([WEB]);
      expect(await host.reads("/config/web.conf")).toBe("one");
      expect(await told("gap")).toBe("0");
      expect((await planFor(host.ground, shop("one"))).plan.steps).toEqual([]);
    },
    120_000,
  );

  test("after any call of an agent that is killed, the next run ends what it began, and there was always one that served", async () => {
    const unbroken = await afterEveryCall(async (calls) => {
      await told("again");
      await converge(host.ground, shop("one"));
      const isKilled = await killedAfter(host.ground, shop("two"), calls);
      const { code } = await converge(host.ground, shop("two"));
      expect({ calls, code }).toEqual({ calls, code: 0 });
      expect(await host.reads("/config/web.conf")).toBe("two");
      expect((await planFor(host.ground, shop("two"))).plan.steps).toEqual([]);
      expect({ calls, gap: await told("gap") }).toEqual({ calls, gap: "0" });
      const running = (await host.ground.engine.containers(false)).map(({ name }) => name);
      expect({ calls, running }).toEqual({ calls, running: [WEB] });
      if (isKilled) await host.renew();
      return isKilled;
    });
    expect(unbroken).toBeGreaterThan(8);
  }, 500_000);
});
