import { test } from "vitest";

const all = process.env.KOLLA_TEST_ALL !== undefined;

/** What takes long runs with `tools/test --all`, and is counted as skipped else. */
export const slow = test.skipIf(!all);

/** What takes minutes takes turns: each day, one of these after the other. */
const TURNS = ["tempest", "debian-13", "source-and-gates", "replacing"] as const;

type Turn = (typeof TURNS)[number];

/** Whose turn it is: of days since 1970, in UTC, or as `tools/test --turn` says. */
const turn =
  TURNS.find((one) => one === process.env.KOLLA_TEST_TURN) ?? turnOf(Math.floor(Date.now() / 86_400_000));

function turnOf(day: number): Turn {
  return TURNS[day % TURNS.length] as Turn;
}

/** A test that runs on the days of these groups, and with `tools/test --all`; counted as skipped else. */
export const inTurn = (...groups: readonly Turn[]) => test.skipIf(!all && !groups.includes(turn));
