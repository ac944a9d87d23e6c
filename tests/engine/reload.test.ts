import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { observe } from "../../src/agent/observe.ts";
import { converge, planFor, reloadable, siteOf, TAKEN, WEB } from "./agent-world.ts";
import { hostOfEachTest } from "./host-of-each-test.ts";
import { engineAnswers } from "./world.ts";

const there = await engineAnswers();

describe.skipIf(!there)("a container that takes up files as it runs", () => {
  const host = hostOfEachTest();

  test("is the same one after that, and nothing is left to do", async () => {
    await converge(host.ground, reloadable(host.ground, "one"));
    const old = await host.ground.engine.inspect(WEB);
    const { code, words } = await converge(host.ground, reloadable(host.ground, "two"));
    expect(code).toBe(0);
    expect(words).toContain(`step-done container:${WEB} reload`);
    expect(await host.ground.engine.inspect(WEB)).toMatchObject({ id: old?.id, startedAt: old?.startedAt });
    expect(await host.reads(TAKEN)).toBe("two");
    expect(await host.names()).toEqual([WEB]);
    expect((await planFor(host.ground, reloadable(host.ground, "two"))).plan.steps).toEqual([]);
  });

  test("goes on with the files before when it does not take the new ones", async () => {
    await converge(host.ground, reloadable(host.ground, "one"));
    const old = await host.ground.engine.inspect(WEB);
    const { code, events, words } = await converge(host.ground, reloadable(host.ground, "bad"));
    expect(code).toBe(30);
    expect(words).toContain(`restored container:${WEB} reload`);
    expect(events.find(({ event }) => event === "step-failed")).toMatchObject({
      message: `${WEB}: it does not take the new files; it has the files before, and is healthy`,
      log: ["bad"],
    });
    expect(host.holds()).toBe("one");
    expect(await host.reads(TAKEN)).toBe("one");
    expect((await host.ground.engine.inspect(WEB))?.id).toBe(old?.id);
    expect((await planFor(host.ground, reloadable(host.ground, "one"))).plan.steps).toEqual([]);
  });

  test("gets the files before back when it is not healthy with the new ones", async () => {
    await converge(host.ground, reloadable(host.ground, "one"));
    const { code, events } = await converge(host.ground, reloadable(host.ground, "sick", { seconds: 2 }));
    expect(code).toBe(30);
    expect(events.find(({ event }) => event === "step-failed")?.message).toBe(
      `${WEB}: not healthy within 2 s; it has the files before, and is healthy`,
    );
    expect(await host.reads(TAKEN)).toBe("one");
  });

  test("is started anew where it takes up the files before no more either", async () => {
    const once = `if [ -e /tmp/stuck ]; then exit 1; fi; if grep bad /config/web.conf; then touch /tmp/stuck; exit 1; fi`;
    await converge(host.ground, reloadable(host.ground, "one", { reload: once }));
    const old = await host.ground.engine.inspect(WEB);
    const { code } = await converge(host.ground, reloadable(host.ground, "bad", { reload: once }));
    expect(code).toBe(30);
    const now = await host.ground.engine.inspect(WEB);
    expect(now).toMatchObject({ id: old?.id, state: "running" });
    expect(now?.startedAt).not.toBe(old?.startedAt);
    expect(await host.reads(TAKEN)).toBe("one");
  });

  test("comes back with the files that it took up last when its successor fails", async () => {
    await converge(host.ground, reloadable(host.ground, "one"));
    await converge(host.ground, reloadable(host.ground, "two"));
    const { code } = await converge(host.ground, reloadable(host.ground, "three", { run: "exit 3" }));
    expect(code).toBe(30);
    expect(host.holds()).toBe("two");
    expect(await host.reads(TAKEN)).toBe("two");
    expect((await planFor(host.ground, reloadable(host.ground, "two"))).plan.steps).toEqual([]);
  });

  test("keeps what it took up when the agent was killed just after it had noted that", async () => {
    for (const content of ["one", "two"]) await converge(host.ground, reloadable(host.ground, content));
    // What a reload puts aside until it is over.
    const before = join(host.ground.root, "etc/kolla/.generations", WEB, "before");
    mkdirSync(before);
    writeFileSync(join(before, "web.conf"), "one");
    expect((await converge(host.ground, reloadable(host.ground, "bad"))).code).toBe(30);
    expect([host.holds(), await host.reads(TAKEN), existsSync(before)]).toEqual(["two", "two", false]);
  });

  test("leaves nothing in the journal once it is gone", async () => {
    await converge(host.ground, reloadable(host.ground, "one"));
    await converge(host.ground, reloadable(host.ground, "two"));
    expect(Object.values((await observe(host.ground)).journal.reloads ?? {})).toHaveLength(1);
    await converge(host.ground, siteOf([]), { remove: true });
    expect((await observe(host.ground)).journal.reloads).toEqual({});
  });
});
