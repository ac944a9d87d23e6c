import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Bundle, Course, ObservedHost, RunEvent } from "#model";
import {
  applyBundles,
  type CarrierEvent,
  isCarrierEvent,
  resolveSite,
  runAgentVerb,
} from "../../src/ansible/index.ts";
import { copyPast } from "../../src/app/copy-past.ts";
import type { AppEvent } from "../../src/app/index.ts";
import { copyOf } from "../../src/app/kept-copy.ts";
import { connect } from "../../src/engine/index.ts";
import {
  agentIsHere,
  ansibleIsHere,
  independent,
  NO_QUESTIONS,
  operatorWorld,
  removeWorlds,
  settingsFor,
} from "./operator-world.ts";

const hasAgent = ansibleIsHere() && (await agentIsHere());
const SLOW = 120_000;
const ONE_HOST = "[control]\nlocalhost ansible_connection=local\n";

afterAll(removeWorlds);

describe.skipIf(!hasAgent)("the agent, started by Ansible on this host", () => {
  const engine = connect();
  const VOLUME = "kolla-carrier-test";
  let directory = "";
  beforeAll(() => {
    directory = operatorWorld({
      "inventory/hosts": `${ONE_HOST}far ansible_host=127.0.0.1 ansible_port=1\n`,
    });
  });
  afterAll(() => engine.volumes.remove(VOLUME));

  function bundle(host: string, steps: Bundle["steps"], items: Bundle["items"] = []): Bundle {
    const run = `carrier-test-${process.pid}-${Date.now()}`;
    return {
      run,
      verb: "deploy",
      began: "2026-11-26T00:00:00Z",
      host,
      holder: "test",
      generationsKept: 3,
      steps,
      items,
      stages: 2,
      stageSeconds: [60, 60],
    };
  }
  const volume = { kind: "volume" as const, id: `volume:${VOLUME}`, name: VOLUME, set: ["test"], needs: [] };
  const step = { host: "localhost", set: ["test"], needs: [], cause: "test" };

  test(
    "observes it; a host out of reach has the reason instead",
    async () => {
      const questions = { kernelModules: ["kvm", "no_such_module"] };
      const { observed, seconds } = await resolveSite(settingsFor(directory), questions, () => undefined);
      expect(observed.localhost).toMatchObject({ host: "localhost", engine: { name: "docker" } });
      expect(observed.localhost).toHaveProperty("facts.kernelModules", {
        kvm: expect.any(Boolean),
        no_such_module: false,
      });
      expect(observed.far).toMatchObject({ unreachable: expect.stringContaining("onnect") });
      expect(seconds.ansible).toBeGreaterThan(0);
    },
    SLOW,
  );

  test(
    "tells in the same look what it remembers, where that is asked",
    async () => {
      const questions = { ...NO_QUESTIONS, records: { contentsOf: ["it's not there"] } };
      const { observed, records } = await resolveSite(settingsFor(directory), questions, () => undefined);
      expect(records.localhost).toMatchObject({ contents: { records: {}, files: {} } });
      expect(observed.localhost).toMatchObject({ host: "localhost" });
      expect(observed.localhost).not.toHaveProperty("records");
      expect(records.far).toMatchObject({ unreachable: expect.stringContaining("onnect"), isSilent: true });
      expect(observed.far).toEqual(records.far);
      expect((await resolveSite(settingsFor(directory), NO_QUESTIONS, () => undefined)).records).toEqual({});
    },
    SLOW,
  );

  test(
    "answers a question about what it is given",
    async () => {
      const answers = await runAgentVerb(
        settingsFor(directory),
        "status",
        {
          localhost: { probes: [{ set: ["x"], probe: { kind: "tcp", host: "127.0.0.1", port: 1 } }] },
          far: {},
        },
        () => undefined,
      );
      expect(answers.localhost).toHaveProperty("answer");
      expect(answers.far).toMatchObject({ unreachable: expect.stringContaining("onnect") });
    },
    SLOW,
  );

  test(
    "shows configuration of Kolla's, and nothing that is the operator's",
    async () => {
      const ask = (path: string) =>
        runAgentVerb(settingsFor(directory), "files", { localhost: { paths: [path] } }, () => undefined);
      const path = "/etc/kolla/carrier-test/none.conf";
      expect((await ask(path)).localhost).toEqual({ answer: { [path]: null } });
      expect((await ask("/etc/kolla/passwords.yml")).localhost).toMatchObject({
        unreachable: expect.stringContaining("no configuration of Kolla's"),
      });
    },
    SLOW,
  );

  test(
    "brings home what it remembers, and tells which host it could not ask",
    async () => {
      const recordsDirectory = join(directory, "records");
      const settings = settingsFor(directory, { recordsDirectory });
      const { observed } = await resolveSite(
        settingsFor(directory, { limit: "localhost" }),
        NO_QUESTIONS,
        () => undefined,
      );
      const told: AppEvent[] = [];
      const seen = { localhost: observed.localhost as ObservedHost };
      await copyPast({ settings, observed: seen }, ["localhost", "far"], {}, (event) => told.push(event));
      expect(told).toMatchObject([
        { event: "not-copied", host: "far", reason: expect.stringContaining("onnect") },
      ]);
      const { lastRun } = seen.localhost.journal;
      expect(copyOf(recordsDirectory, "localhost")?.lastRun).toBe(lastRun?.run);
    },
    SLOW,
  );

  /** Somebody's deployment may be under way here; the agent would refuse another run, and rightly. */
  async function skipWhileLocked(skip: (note: string) => void): Promise<void> {
    const { observed } = await resolveSite(
      settingsFor(directory, { limit: "localhost" }),
      NO_QUESTIONS,
      () => undefined,
    );
    const lock = (observed.localhost as ObservedHost).lock;
    if (!lock) return;
    process.stderr.write(`\nSKIPPED: run ${lock.run} works on this host\n`);
    skip("another run works on this host");
  }

  test(
    "runs the stages of a bundle, telling of each step, and leaves nothing of itself behind",
    async ({ skip }) => {
      await skipWhileLocked(skip);
      const events: RunEvent[] = [];
      const own = bundle(
        "localhost",
        [{ ...step, n: 1, stage: 1, kind: "volume", verb: "create", name: VOLUME }],
        [volume],
      );
      const onEvent = (event: RunEvent | CarrierEvent) => {
        if (!isCarrierEvent(event)) events.push(event);
      };
      const asked = { localhost: { known: [] } };
      const result = await applyBundles(
        settingsFor(directory),
        [own],
        independent([own], 2),
        onEvent,
        undefined,
        asked,
      );
      expect(result.past).toMatchObject({ localhost: { lastRun: own.run } });
      expect(existsSync("/var/lib/kolla-agent/past.json")).toBe(false);
      expect(result.failures).toEqual([]);
      expect(result.outcome).toBe("done");
      expect(events.map(({ event, stage }) => `${stage ?? ""} ${event}`.trim())).toEqual(
        expect.arrayContaining(["1 stage-started", "1 stage-done", "2 stage-started", "2 stage-done"]),
      );
      expect(events.some(({ event, step: n }) => event === "step-done" && n === 1)).toBe(true);
      expect((await engine.volumes.list()).map(({ name }) => name)).toContain(VOLUME);
      const left = (await engine.containers(true)).filter(({ name }) => name.includes(own.run));
      expect(left).toEqual([]);
    },
    SLOW,
  );

  test(
    "a step that fails ends the run with its reason, and later stages do not start",
    async ({ skip }) => {
      await skipWhileLocked(skip);
      const stages: number[] = [];
      const own = bundle("localhost", [
        { ...step, n: 1, stage: 1, kind: "image", verb: "pull", image: "127.0.0.1:1/kolla/none:1" },
      ]);
      const result = await applyBundles(settingsFor(directory), [own], independent([own], 2), (event) => {
        if (!isCarrierEvent(event) && event.event === "stage-started") stages.push(event.stage ?? 0);
      });
      expect(result.outcome).toBe("restored");
      expect(result.failures).toMatchObject([{ host: "localhost", stage: 1 }]);
      expect(result.failures[0]?.message).toContain("127.0.0.1:1");
      expect(result.left).toEqual({ localhost: { moved: [], returned: [] } });
      expect(stages).toEqual([1]);
    },
    SLOW,
  );

  test(
    "a run that made something before it failed does not end as restored, and tells what it made",
    async ({ skip }) => {
      await skipWhileLocked(skip);
      await engine.volumes.remove(VOLUME);
      const volume = {
        kind: "volume" as const,
        id: `volume:${VOLUME}`,
        name: VOLUME,
        set: ["test"],
        needs: [],
      };
      const own = bundle(
        "localhost",
        [
          { ...step, n: 1, stage: 1, kind: "volume", verb: "create", name: VOLUME },
          { ...step, n: 2, stage: 2, kind: "image", verb: "pull", image: "127.0.0.1:1/kolla/none:1" },
        ],
        [volume],
      );
      const result = await applyBundles(
        settingsFor(directory),
        [own],
        independent([own], 2),
        () => undefined,
      );
      expect(result).toMatchObject({ outcome: "failed", failures: [{ host: "localhost", stage: 2 }] });
      expect(result.left.localhost?.moved).toEqual([{ kind: "volume", name: VOLUME, how: "created" }]);
    },
    SLOW,
  );

  /** A run of two hosts of which one is out of reach: which stages begin on the other, and the outcome. */
  async function withoutFar(course: Partial<Course>) {
    await engine.volumes.remove(VOLUME);
    const own = bundle(
      "localhost",
      [{ ...step, n: 1, stage: 2, kind: "volume", verb: "create", name: VOLUME }],
      [volume],
    );
    const far = { ...own, host: "far", steps: [], items: [] };
    const stages: number[] = [];
    const result = await applyBundles(
      settingsFor(directory),
      [own, far],
      { ...independent([own, far], 2), ...course },
      (event) => {
        if (!isCarrierEvent(event) && event.event === "stage-started") stages.push(event.stage ?? 0);
      },
      undefined,
      { far: { known: [] } },
    );
    expect(result.past).toEqual({ far: { unreachable: expect.stringContaining("onnect"), isSilent: true } });
    expect(result.outcome).toBe("failed");
    expect(result.failures[0]).toMatchObject({ host: "far", stage: 0 });
    return { result, stages };
  }

  test(
    "a host out of reach ends its own part, and the others go on to their end",
    async ({ skip }) => {
      await skipWhileLocked(skip);
      const { result, stages } = await withoutFar({});
      expect(stages).toEqual([1, 2]);
      expect(result.failures).toHaveLength(1);
      expect(result.left.localhost?.moved).toEqual([{ kind: "volume", name: VOLUME, how: "created" }]);
    },
    SLOW,
  );

  test(
    "a host that needs something of one that failed ends its part where it needs it",
    async ({ skip }) => {
      await skipWhileLocked(skip);
      const { result, stages } = await withoutFar({
        hosts: { localhost: { 2: { needs: { far: 1 }, batches: [] } }, far: {} },
      });
      expect(stages).toEqual([1]);
      expect(result.failures[1]).toEqual({
        host: "localhost",
        stage: 2,
        message: "it needs what was not done on far",
        restored: false,
        stopped: true,
      });
      expect(result.left.localhost).toEqual({ moved: [], returned: [] });
    },
    SLOW,
  );

  test(
    "where more hosts have failed than the operator allows, no other begins another stage",
    async ({ skip }) => {
      await skipWhileLocked(skip);
      const { result, stages } = await withoutFar({ maxFailPercentage: 49 });
      expect(stages).toEqual([]);
      expect(result.failures[1]?.message).toBe(
        "1 of 2 hosts failed, more than kolla_max_fail_percentage (49) allows",
      );
    },
    SLOW,
  );
});
