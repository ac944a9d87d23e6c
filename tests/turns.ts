import { type TestContext, test } from "vitest";
import turns from "./turns.json" with { type: "json" };

type Turn = keyof typeof turns;

/** Whether all runs that there is: `tools/test --all`. */
export const all = process.env.KOLLA_TEST_ALL !== undefined;

/** Days since 1970, in UTC. What takes turns takes them by the day. */
export const today = Math.floor(Date.now() / 86_400_000);

/** Whose turn it is: as `tools/test --turn` says, else each day the next one's. */
const turn = process.env.KOLLA_TEST_TURN ?? Object.keys(turns)[today % Object.keys(turns).length];

/** When a part of a run may no longer end, in seconds since 1970: `tools/test --within`. */
const end = Number(process.env.KOLLA_TEST_END ?? Number.POSITIVE_INFINITY);

/** Whether a part of this file had no time. Later ones may stand on it, so they are left out too. */
let isLate = false;

/** Whether what takes so many minutes ends in time when it begins now; tells when not. */
function hasTime(what: string, minutes: number): boolean {
  isLate ||= Date.now() / 1000 + minutes * 60 > end;
  if (isLate) process.stderr.write(`no time is left for ${what}, which takes ${minutes} min: skipped\n`);
  return !isLate;
}

/** Whether one of these groups has its turn, or all has. */
export const isTurnOf = (...groups: readonly Turn[]): boolean =>
  all || groups.some((group) => group === turn);

/** What takes long runs with `tools/test --all`, and is counted as skipped else. */
export const slow = test.skipIf(!all);

/**
 * A test that takes so many minutes on a slow machine of two processors: it runs on the days of these groups when so
 * much time is left as it begins, and with `tools/test --all`; it is counted as skipped else.
 */
export const inTurn =
  (minutes: number, ...groups: readonly Turn[]) =>
  (name: string, body: () => Promise<void>): void =>
    test.skipIf(!isTurnOf(...groups))(name, async (context: TestContext) => {
      context.skip(!hasTime(name, minutes), "no time is left");
      await body();
    });

/** `test` for a file whose tests follow each other, all or none of them: as `inTurn`, asked as the file begins. */
export const wholeInTurn = (file: string, minutes: number, ...groups: readonly Turn[]) =>
  test.skipIf(!isTurnOf(...groups) || !hasTime(file, minutes));
