import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ContainerItem, type Desired, generationName, type Handover, LABEL } from "#model";
import { fingerprint } from "#support";
import { ask } from "../../src/agent/http.ts";
import { configuration, converge, planFor, siteOf, WEB, web } from "./agent-world.ts";
import { bundled } from "./bundled.ts";
import { afterEveryCall } from "./every-call.ts";
import { freePort } from "./free-port.ts";
import { hostOfEachTest } from "./host-of-each-test.ts";
import { killedAfter } from "./killed.ts";
import { engineAnswers } from "./world.ts";

const there = await engineAnswers();
const PORT = await freePort();
const PROGRAM = "handover-server.py";
const HANDOVER: Handover = { signal: "SIGUSR1", seconds: 10 };
/** Its own, and not before it has taken the sockets over: the one before would let go of them with nobody there. */
const HEALTH = "test -e /tmp/serving";

describe.skipIf(!there)("a container whose next generation takes over its sockets", () => {
  const host = hostOfEachTest();
  let program: string;
  beforeAll(async () => {
    program = await bundled("handover-clients");
  }, 60_000);
  afterAll(() => rmSync(dirname(program), { recursive: true, force: true }));

  /** Clients that ask without pause, in a process of their own, until they are told to stop. */
  function clients(): { stop: () => Promise<{ answered: number; failed: string[] }> } {
    const child = spawn(process.execPath, [program, String(PORT)], { stdio: ["pipe", "pipe", "inherit"] });
    let said = "";
    child.stdout.on("data", (text: Buffer) => {
      said += text.toString();
    });
    const ended = new Promise((resolve) => child.on("close", resolve));
    return {
      stop: async () => {
        child.stdin.end();
        await ended;
        return JSON.parse(said);
      },
    };
  }

  /** The site with a server of this content. */
  function shop(content: string, changes: Parameters<typeof web>[2] = {}): Desired {
    const { root } = host.ground;
    mkdirSync(join(root, "shared"), { recursive: true });
    copyFileSync(join(import.meta.dirname, PROGRAM), join(root, "shared", PROGRAM));
    const file = configuration(content);
    const run = `exec /usr/bin/python3 /shared/${PROGRAM} ${PORT} /shared /config/web.conf`;
    const item = web(host.ground, [file], { run, health: HEALTH, ...changes });
    const programs = ["/usr", "/lib", "/lib64"].map((path) => ({
      source: path,
      target: path,
      readOnly: true,
    }));
    const spec: ContainerItem["spec"] = {
      ...item.spec,
      mounts: [...item.spec.mounts, ...programs, { source: join(root, "shared"), target: "/shared" }],
      labels: { ...item.spec.labels, [LABEL.handover]: JSON.stringify(HANDOVER) },
    };
    return siteOf([file, { ...item, spec, specHash: fingerprint(spec), handover: HANDOVER }]);
  }

  const served = async (): Promise<string> => (await ask({ url: `http://127.0.0.1:${PORT}/` })).text;
  const state = async (name: string): Promise<string | undefined> =>
    (await host.ground.engine.inspect(name))?.state;

  test("every client is answered while it is replaced, and the old one waits stopped", async () => {
    expect(await converge(host.ground, shop("one"))).toMatchObject({ code: 0 });
    await expect.poll(served, { timeout: 10_000 }).toBe("one");
    const asking = clients();
    expect(await converge(host.ground, shop("two"))).toMatchObject({ code: 0 });
    expect(await served()).toBe("two");
    expect(await state(generationName(WEB, 1))).toBe("exited");
    expect(await converge(host.ground, shop("three"))).toMatchObject({ code: 0 });
    const { answered, failed } = await asking.stop();
    expect(failed).toEqual([]);
    expect(answered).toBeGreaterThan(50);
    expect(await served()).toBe("three");
    expect((await planFor(host.ground, shop("three"))).plan.steps).toEqual([]);
  }, 120_000);

  test.each([
    ["is never healthy", { health: "exit 1", seconds: 1 }, /not healthy within 1 s; generation 1 serves on/],
    ["ends", { run: "exit 3" }, /it ended: exit code 3|started again/],
  ])(
    "one that %s is taken away, and nobody has noticed",
    async (_, changes, words) => {
      await converge(host.ground, shop("one"));
      await expect.poll(served, { timeout: 10_000 }).toBe("one");
      const before = await host.ground.engine.inspect(WEB);
      const asking = clients();
      const { code, events } = await converge(host.ground, shop("two", changes));
      expect(code).toBe(30);
      expect(events.find(({ event }) => event === "step-failed")?.message).toMatch(words);
      expect(await host.ground.engine.inspect(WEB)).toMatchObject({
        id: before?.id,
        startedAt: before?.startedAt,
      });
      expect(await host.names()).toEqual([WEB]);
      expect(await converge(host.ground, shop("three"))).toMatchObject({ code: 0 });
      expect((await asking.stop()).failed).toEqual([]);
      expect(await served()).toBe("three");
    },
    120_000,
  );

  test("after any call of an agent that is killed, the next run ends what it began, and nobody has noticed", async () => {
    const unbroken = await afterEveryCall(async (calls) => {
      await converge(host.ground, shop("one"));
      await expect.poll(served, { timeout: 10_000 }).toBe("one");
      const asking = clients();
      const isKilled = await killedAfter(host.ground, shop("two"), calls);
      const { code } = await converge(host.ground, shop("two"));
      expect({ calls, code, failed: (await asking.stop()).failed }).toEqual({ calls, code: 0, failed: [] });
      expect((await planFor(host.ground, shop("two"))).plan.steps).toEqual([]);
      const running = (await host.ground.engine.containers(false)).map(({ name }) => name);
      expect({ calls, running }).toEqual({ calls, running: [WEB] });
      if (isKilled) await host.renew();
      return isKilled;
    });
    expect(unbroken).toBeGreaterThan(8);
  }, 500_000);
});
