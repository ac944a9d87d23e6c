import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ContainerDetails, Engine } from "../engine/index.ts";
import { awaitHealth } from "./health.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const CHECK = { test: ["CMD", "true"], interval: 30, timeout: 30, retries: 3, startPeriod: 5 };

/** An engine on which checks take so many milliseconds and fail as often; when each began, in seconds. */
function engineWith(checkMs: number, failures: number): { engine: Engine; began: number[] } {
  const began: number[] = [];
  const details = { state: "running", startedAt: "2026-01-01T00:00:00Z", restarts: 0 } as ContainerDetails;
  const engine = {
    inspect: async () => details,
    exec: async () => {
      began.push(Date.now() / 1000);
      await new Promise((resolve) => setTimeout(resolve, checkMs));
      return { exitCode: began.length > failures ? 0 : 1, stdout: "", stderr: "", timedOut: false };
    },
  } as unknown as Engine;
  return { engine, began };
}

/** Seconds between the beginnings of checks. */
async function gaps(checkMs: number, failures: number): Promise<number[]> {
  const { engine, began } = engineWith(checkMs, failures);
  const verdict = awaitHealth(engine, "nova_api", CHECK, 240);
  await vi.advanceTimersByTimeAsync(240_000);
  expect(await verdict).toMatchObject({ healthy: true });
  return began.slice(1).map((at, index) => Number((at - (began[index] ?? 0)).toFixed(3)));
}

test("quick checks follow each other a second apart, until two in a row have passed", async () => {
  expect(await gaps(100, 2)).toEqual([1.1, 1.1, 1.1]);
});

test("slow checks that fail take a quarter of the time, and no pause is longer than five seconds", async () => {
  expect(await gaps(1000, 2)).toEqual([4, 4, 2]);
  expect(await gaps(10_000, 1)).toEqual([15, 11]);
});
