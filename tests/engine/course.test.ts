import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Course } from "#model";
import { ansibleIsHere } from "./operator-world.ts";

const hasAnsible = ansibleIsHere();
const PLUGIN = join(import.meta.dirname, "../../ansible/action_plugins/kolla_agent.py");

/** Debian's Python, for which its package of Ansible is made. */
const PYTHON = process.env.KOLLA_PYTHON ?? "/usr/bin/python3";

/** Reads questions as JSON, and prints the answer to each. */
const ASK = `
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("kolla_agent", sys.argv[1])
plugin = importlib.util.module_from_spec(spec)
spec.loader.exec_module(plugin)
print(json.dumps([plugin.reason_to_stop(*question) for question in json.load(sys.stdin)]))
`;

type End = { host: string; stage: number; failed: boolean };

/** Why a host does not begin a stage after what ended elsewhere, by the plugin itself. */
function reasons(questions: readonly (readonly [Course, string, number, readonly End[]])[]): unknown {
  const input = JSON.stringify(questions);
  return JSON.parse(execFileSync(PYTHON, ["-c", ASK, PLUGIN], { encoding: "utf8", input }));
}

const HOSTS = ["h1", "h2", "h3", "h4", "h5", "h6", "h7", "h8", "h9", "h10"];
const failed = (host: string, stage: number): End => ({ host, stage, failed: true });
const stopped = (host: string, stage: number): End => ({ host, stage, failed: false });

function course(more: Partial<Course>): Course {
  const hosts = Object.fromEntries(HOSTS.map((host) => [host, {}]));
  return { stages: 5, hosts, batches: {}, passes: [], away: 0, maxFailPercentage: 100, ...more };
}

test.skipIf(!hasAnsible)(
  "a host goes on unless it needs what another had not done when its part ended",
  () => {
    const needs = (of: Record<string, number>) =>
      course({ hosts: { ...course({}).hosts, h1: { 4: { needs: of, batches: [] } } } });
    expect(
      reasons([
        [needs({}), "h1", 4, [failed("h2", 1)]],
        [needs({ h2: 2 }), "h1", 4, [failed("h2", 3)]],
        [needs({ h2: 2 }), "h1", 4, [failed("h2", 2)]],
        [needs({ h2: 2 }), "h1", 4, [stopped("h2", 1)]],
        [needs({ h2: 2 }), "h1", 5, [failed("h2", 1)]],
      ]),
    ).toEqual([null, null, "it needs what was not done on h2", "it needs what was not done on h2", null]);
  },
);

test.skipIf(!hasAnsible)(
  "a batch that failed as a whole, or by more than the limit, keeps the next from its turn",
  () => {
    const name = "batch 1 of 2 of api";
    const after = (before: Record<string, number>, maxFailPercentage: number) =>
      course({
        hosts: { ...course({}).hosts, h1: { 3: { needs: {}, batches: [name] } } },
        batches: { [name]: before },
        maxFailPercentage,
      });
    const three = { h2: 2, h3: 2, h4: 2 };
    expect(
      reasons([
        [after(three, 100), "h1", 3, [failed("h2", 2), failed("h3", 2)]],
        [after(three, 60), "h1", 3, [failed("h2", 2), failed("h3", 2)]],
        [after({ h2: 2 }, 100), "h1", 3, [failed("h2", 2)]],
      ]),
    ).toEqual([
      null,
      `${name} comes before it, and was not done on 2 of its 3 hosts`,
      `${name} comes before it, and was not done on 1 of its 1 hosts`,
    ]);
  },
);

test.skipIf(!hasAnsible)(
  "nobody begins a pass before all of the one before is done, whoever ended early",
  () => {
    const passing = course({ passes: [2, 4] });
    const reason = "all hosts go on together, and h2 did not come so far";
    expect(
      reasons([
        [passing, "h1", 2, [failed("h2", 1)]],
        [passing, "h1", 3, [failed("h2", 2)]],
        [passing, "h1", 3, [stopped("h2", 1)]],
        [passing, "h1", 4, [failed("h2", 3)]],
        [passing, "h1", 5, [failed("h2", 3)]],
      ]),
    ).toEqual([null, reason, reason, null, reason]);
  },
);

test.skipIf(!hasAnsible)("the limit counts hosts that failed, not those that they stopped", () => {
  const ended = [failed("h2", 1), failed("h3", 1), stopped("h4", 1)];
  expect(
    reasons([
      [course({ maxFailPercentage: 20 }), "h1", 2, ended],
      [course({ maxFailPercentage: 19 }), "h1", 2, ended],
      [course({ maxFailPercentage: 0 }), "h1", 2, [stopped("h4", 1)]],
      [course({ maxFailPercentage: 20, away: 1 }), "h1", 2, ended],
    ]),
  ).toEqual([
    null,
    "2 of 10 hosts failed, more than kolla_max_fail_percentage (19) allows",
    null,
    "3 of 11 hosts failed, more than kolla_max_fail_percentage (20) allows",
  ]);
});
