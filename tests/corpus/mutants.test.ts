import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatError, type KollaError, KollaErrors, stopwatch } from "#support";
import { EXIT, exitCodeOf } from "../../src/cli/terminal.ts";
import { ansibleIsHere } from "../engine/operator-world.ts";
import { KINDS, type Mutation, mutate } from "./mutations.ts";
import { type Reading, readSet } from "./read-set.ts";

const folder = join(import.meta.dirname, "sites");
const sets = readdirSync(folder);

/** All of them with `tools/test --all`; else a part, another one each day. */
const ALL = 1000;
const RUNS = Number(process.env.KOLLA_MUTANTS ?? (process.env.KOLLA_TEST_ALL === undefined ? 20 : ALL));
const SEED = Number(process.env.KOLLA_SEED ?? Math.floor(Date.now() / 86_400_000));
/** Seconds; most take one or two, on a busy machine ten. */
const LONGEST = 90;

const AT_A_TIME = 2;

/** From 0 to 1, everywhere alike. */
const part = fc.noBias(fc.nat(9999)).map((each) => each / 10_000);

const mutation = fc.record({
  set: fc.constantFrom(...sets),
  file: part,
  place: part,
  kind: fc.constantFrom(...KINDS),
  what: fc.noBias(fc.nat(1000)),
});

/** Of the inventory as a whole: there is no line to name. */
const OF_ALL = /^KOLLA_INVENTORY_(GROUP|NOWHERE|EMPTY|MISSING)$/;

/** What is wrong with how a set was read; empty: it has a plan, or messages from which an operator can go on. */
function faults({ report, problems }: Reading): string[] {
  const exit = exitCodeOf(new KollaErrors("KOLLA_CONFIG_PROBLEMS", problems));
  const told = (what: string, lacks: (problem: KollaError) => boolean): string[] =>
    problems.filter(lacks).map((problem) => `${what}: ${formatError(problem)}`);
  return [
    ...told("no stable code", ({ code }) => !/^KOLLA_[A-Z0-9_]+$/.test(code)),
    ...told(
      "no place",
      ({ code, where }) => !OF_ALL.test(code) && !where?.file && !where?.host && !where?.key,
    ),
    ...told("no hint", ({ hint }) => !hint),
    ...(/bug in Kolla|^\s+at .*:\d+:\d+\)?$|Traceback/m.test(report) ? ["a stack trace, or a bug"] : []),
    ...(problems.length === 0 || exit === EXIT.configuration || exit === EXIT.precheck
      ? []
      : [`exit code ${exit}`]),
  ];
}

type Slip = Mutation & { set: string };

/** What is wrong with how a set is read that has this slip in it, and in which file. */
async function faultsOf({ set, ...how }: Slip): Promise<{ file: string; found: string[] }> {
  let file = "";
  const late = new AbortController();
  const reading = readSet(join(folder, set), (directory) => {
    file = mutate(directory, how);
  }).then(faults, (error: Error) => [error.stack ?? String(error)]);
  const hanging = sleep(LONGEST * 1000, [`no answer within ${LONGEST} s`], { signal: late.signal }).catch(
    () => [],
  );
  const found = await Promise.race([reading, hanging]);
  late.abort();
  return { file, found };
}

describe.skipIf(!ansibleIsHere())("a set of an operator's files with a slip in it", () => {
  test(
    `has a plan, or messages with their places and hints: ${RUNS} of ${ALL}, KOLLA_SEED=${SEED}`,
    async () => {
      const clock = stopwatch();
      const slips = fc.sample(mutation, { numRuns: RUNS, seed: SEED });
      const wrong: object[] = [];
      const worker = async (): Promise<void> => {
        for (let slip = slips.pop(); slip; slip = slips.pop()) {
          const { file, found } = await faultsOf(slip);
          if (found.length > 0) wrong.push({ ...slip, file, found });
        }
      };
      await Promise.all(Array.from({ length: AT_A_TIME }, worker));
      process.stderr.write(`mutated sets: ${RUNS} of ${ALL}, ${clock().toFixed(0)} s\n`);
      expect(wrong).toEqual([]);
    },
    60 * 60_000,
  );
});
