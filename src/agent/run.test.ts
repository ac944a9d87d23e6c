import { expect, test } from "vitest";
import type { Step } from "#model";
import { type Bound, runSteps } from "./run.ts";

const step = (n: number, needs: number[] = [], kind: "file" | "job" | "gate" = "file"): Step => {
  const base = { n, needs, host: "h", set: ["s"], cause: "", stage: 1 };
  if (kind === "job") return { ...base, kind, verb: "run-once", id: `job:${n}` };
  if (kind === "gate") return { ...base, kind, verb: "await", container: "c", seconds: 1 };
  return { ...base, kind: "file", verb: "write", path: `/${n}`, expects: null };
};

const free: Bound = () => undefined;
const never = (): boolean => false;

/** Runs the steps; each takes a few turns of the event loop. Returns when each started and ended, and the endings. */
async function run(
  steps: Step[],
  { fails = [] as number[], bound = free, stopped = never, finishes = (_: Step): boolean => false } = {},
) {
  const log: string[] = [];
  let now = 0;
  let most = 0;
  const act = async ({ n }: Step): Promise<boolean> => {
    log.push(`+${n}`);
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 5));
    now -= 1;
    log.push(`-${n}`);
    return !fails.includes(n);
  };
  const endings = await runSteps(steps, act, bound, stopped, finishes);
  return { log, most, endings: Object.fromEntries(endings) };
}

test("steps that need nothing of each other run at once, a step that needs some runs after them", async () => {
  const { log, most } = await run([step(1), step(2), step(3, [1, 2])]);
  expect(log).toEqual(["+1", "+2", "-1", "-2", "+3", "-3"]);
  expect(most).toBe(2);
});

test("needs of other hosts or stages count as met", async () => {
  expect((await run([step(7, [3])])).endings).toEqual({ 7: "done" });
});

test("after a failure running steps end and nothing new starts", async () => {
  const { endings } = await run([step(1), step(2), step(3, [2]), step(4, [1])], { fails: [1] });
  expect(endings).toEqual({ 1: "failed", 2: "done", 3: "not-started", 4: "not-started" });
});

test("the gate of a container that was started runs even when another step failed", async () => {
  const { endings } = await run([step(1), step(2), step(3, [2], "gate")], {
    fails: [1],
    finishes: ({ kind }) => kind === "gate",
  });
  expect(endings).toEqual({ 1: "failed", 2: "done", 3: "done" });
});

test("a gate whose container could not be started does not run", async () => {
  const { endings } = await run([step(1), step(2, [1], "gate")], {
    fails: [1],
    finishes: ({ kind }) => kind === "gate",
  });
  expect(endings).toEqual({ 1: "failed", 2: "not-started" });
});

test("a bound holds for its own kind of step only", async () => {
  const jobs = [1, 2, 3, 4].map((n) => step(n, [], "job"));
  const bound: Bound = ({ kind }) => (kind === "job" ? { of: "job", limit: 2 } : undefined);
  expect((await run(jobs, { bound })).most).toBe(2);
  expect((await run([...jobs, step(5), step(6)], { bound })).most).toBe(4);
});

test("once stopped nothing new starts", async () => {
  let isStopped = false;
  setTimeout(() => {
    isStopped = true;
  }, 1);
  const { endings } = await run([step(1), step(2, [1])], { stopped: () => isStopped });
  expect(endings).toEqual({ 1: "done", 2: "not-started" });
});
