import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Bundle, RunEvent } from "#model";
import { stopwatch } from "#support";
import type { ApplyOutcome } from "../../src/ansible/apply.ts";
import { job } from "./agent-world.ts";
import { bundled } from "./bundled.ts";
import { AGENT_IMAGE, agentIsHere, ansibleIsHere, operatorWorld } from "./operator-world.ts";
import { canHaveOwnEngine, OwnEngine } from "./own-engine.ts";
import { importBusybox } from "./world.ts";

const possible = canHaveOwnEngine() && ansibleIsHere() && (await agentIsHere());
const HIDDEN = ["/etc/kolla", "/var/lib/kolla-agent"];

describe.skipIf(!possible)(
  "a deployment through Ansible on an engine that breaks",
  { timeout: 180_000 },
  () => {
    let own: OwnEngine;
    let child: string;
    let world: string;

    beforeAll(async () => {
      for (const path of HIDDEN) mkdirSync(path, { recursive: true });
      own = await OwnEngine.make(700, HIDDEN);
      await importBusybox(own.engine, "kt-carrier/busybox:1");
      const carry = `docker save ${AGENT_IMAGE} | DOCKER_HOST=unix://${own.socketPath} docker load`;
      execFileSync("sh", ["-c", carry]);
      child = await bundled("carrier-child");
      world = operatorWorld({ "inventory/hosts": "[control]\nlocalhost ansible_connection=local\n" });
    }, 180_000);
    afterAll(async () => {
      await own?.remove();
      for (const path of [world, child && dirname(child)])
        if (path) rmSync(path, { recursive: true, force: true });
    });
    beforeEach(async () => {
      if (!(await own.answers())) await own.start();
    });

    let runs = 0;
    const bundle = (script: string): Bundle => {
      const item = { ...job(script), spec: { ...job(script).spec, image: "kt-carrier/busybox:1" } };
      const { id, set } = item;
      return {
        run: `broken-${process.pid}-${++runs}`,
        verb: "deploy",
        began: "2026-11-26T00:00:00Z",
        host: "localhost",
        holder: "test",
        generationsKept: 3,
        stages: 1,
        stageSeconds: [120],
        items: [item],
        steps: [
          {
            n: 1,
            stage: 1,
            host: "localhost",
            set,
            needs: [],
            cause: "test",
            kind: "job",
            verb: "run-once",
            id,
          },
        ],
      };
    };

    /** Carries it as an operator's command would; `hear` gets each event at once. */
    async function carry(
      wanted: Bundle,
      hear: (event: RunEvent) => void = () => undefined,
    ): Promise<ApplyOutcome> {
      const file = join(world, "bundle.json");
      writeFileSync(file, JSON.stringify(wanted));
      const root = join(import.meta.dirname, "../..");
      const run = execa(...own.beside(process.execPath, [child, world, file, root]), {
        lines: true,
        reject: false,
      });
      let last = "{}";
      for await (const line of run) {
        last = line;
        hear(JSON.parse(line) as RunEvent);
      }
      return JSON.parse(last) as ApplyOutcome;
    }

    test("ends soon with the cause when the engine is killed during a step, and the next run goes on", async () => {
      let sinceKill = (): number => 0;
      const told: RunEvent[] = [];
      const outcome = await carry(bundle("sleep 90"), (event) => {
        told.push(event);
        if (event.event !== "step-started") return;
        setTimeout(() => {
          sinceKill = stopwatch();
          void own.kill();
        }, 1500);
      });
      expect(sinceKill()).toBeLessThan(30);
      expect(outcome).toMatchObject({ outcome: "failed", failures: [{ host: "localhost", stage: 1 }] });
      expect(outcome.failures[0]?.message).toMatch(
        /^The container engine at \/var\/run\/docker.sock went away while/,
      );
      expect(told.find(({ event }) => event === "step-failed")?.message).toMatch(
        /went away.*\nLook at its log: journalctl -u docker/,
      );
      await own.start();
      expect(await carry(bundle("true"))).toMatchObject({ outcome: "done" });
    });

    test("says so as well when the agent died with the engine and could tell nothing", async () => {
      const outcome = await carry(bundle("sleep 90"), ({ event }) => {
        if (event === "step-started") setTimeout(() => void own.killWithContainers(), 1500);
      });
      expect(outcome.failures[0]?.message).toMatch(
        /^docker went away while the agent worked: Cannot connect to the Docker daemon.*Look at its log: journalctl/,
      );
      await own.start();
      expect(await carry(bundle("true"))).toMatchObject({ outcome: "done" });
    });

    test("says that the engine's disk is full when the agent cannot even be started", async () => {
      const makeRoom = own.fill();
      try {
        const outcome = await carry(bundle("true"));
        expect(outcome.failures[0]?.message).toMatch(
          /^the agent could not be started: .*no space left on device.*\nThe engine's disk is full: docker system df/s,
        );
      } finally {
        makeRoom();
      }
      expect(await carry(bundle("true"))).toMatchObject({ outcome: "done" });
    });
  },
);
