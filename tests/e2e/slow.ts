import { test } from "vitest";

const all = process.env.KOLLA_TEST_ALL !== undefined;
/** Days since 1970, in UTC. */
const today = Math.floor(Date.now() / 86_400_000);

/** What takes long runs with `tools/test --all`, and is counted as skipped else. */
export const slow = test.skipIf(!all);

/** What takes minutes takes turns: each day, one of these after the other. */
const TURNS = ["tempest", "debian-13", "source-and-gates", "replacing"] as const;

type Turn = (typeof TURNS)[number];

/** A test that runs on the days of these groups, and with `tools/test --all`; counted as skipped else. */
export const inTurn = (...groups: readonly Turn[]) =>
  test.skipIf(!all && !groups.includes(TURNS[today % TURNS.length] as Turn));
