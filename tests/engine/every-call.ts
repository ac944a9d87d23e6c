import { all, today } from "../turns.ts";

/** Of the calls after which something is broken, a run without --all takes every fifth, each day from another one on. */
const SHARE = 5;

/**
 * Breaks something after the first call of an agent, after the second … until the agent comes to its end unbroken:
 * `broke` tells whether it was. Returns the call that never came, and tells how many of them it was done for.
 */
export async function afterEveryCall(broke: (calls: number) => Promise<boolean>): Promise<number> {
  const step = all ? 1 : SHARE;
  let calls = all ? 1 : 1 + (today % SHARE);
  let done = 0;
  for (; await broke(calls); calls += step) done++;
  process.stderr.write(`broken after ${done} of at most ${calls - 1} calls\n`);
  return calls;
}
