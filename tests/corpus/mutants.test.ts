import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatError, KollaErrors, stopwatch } from "#support";
import { EXIT, exitCodeOf } from "../../src/cli/terminal.ts";
import { ansibleIsHere } from "../engine/operator-world.ts";
import { KINDS, mutate } from "./mutations.ts";
import { type Reading, readSet } from "./read-set.ts";

const folder = join(import.meta.dirname, "sites");
const sets = readdirSync(folder);

/** All of them with `tools/test --all`; else a part, another one each day. */
const ALL = 1000;
const RUNS = Number(process.env.KOLLA_MUTANTS ?? (process.env.KOLLA_TEST_ALL === undefined ? 20 : ALL));
const SEED = Number(process.env.KOLLA_SEED ?? Math.floor(Date.now() / 86_400_000));
/** Seconds; most take one or two, on a busy machine ten. */
const LONGEST = 90;

const mutation = fc.record({
  file: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
  place: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
  kind: fc.constantFrom(...KINDS),
  what: fc.nat(1000),
});

/** What is wrong with how a set was read; empty: it has a plan, or messages from which an operator can go on. */
function faults({ report, problems, seconds }: Reading): string[] {
  const codes = problems
    .filter(({ code }) => !/^KOLLA_[A-Z0-9_]+$/.test(code))
    .map(({ code }) => `code ${code}`);
  const unplaced = problems
    .filter(({ where, message }) => !where && !/[/~][\w.-]+|\bhosts?\b|\bgroups?\b|_/.test(message))
    .map((problem) => `without a place: ${formatError(problem)}`);
  const exit =
    problems.length === 0
      ? EXIT.configuration
      : exitCodeOf(new KollaErrors("KOLLA_CONFIG_PROBLEMS", problems));
  return [
    ...codes,
    ...unplaced,
    ...(/bug in Kolla|^\s+at .*:\d+:\d+\)?$|Traceback/m.test(report) ? ["a stack trace, or a bug"] : []),
    ...(exit === EXIT.configuration || exit === EXIT.precheck ? [] : [`exit code ${exit}`]),
    ...(seconds > LONGEST ? [`${seconds} s`] : []),
  ];
}

describe.skipIf(!ansibleIsHere())("a set of an operator's files with a slip in it", () => {
  const clock = stopwatch();
  test(
    `has a plan, or messages with their places: ${RUNS} of ${ALL}, KOLLA_SEED=${SEED}`,
    async () => {
      const wrong: object[] = [];
      for (const [set, how] of fc.sample(fc.tuple(fc.constantFrom(...sets), mutation), {
        numRuns: RUNS,
        seed: SEED,
      })) {
        const slip = { set, file: "" };
        const found = await readSet(join(folder, set), (directory) => {
          slip.file = mutate(directory, how);
        }).then(faults, (error: Error) => [error.stack ?? String(error)]);
        if (found.length > 0) wrong.push({ ...how, ...slip, found });
      }
      process.stderr.write(`mutated sets: ${RUNS} of ${ALL}, ${clock().toFixed(0)} s\n`);
      expect(wrong).toEqual([]);
    },
    60 * 60_000,
  );
});
