import { expect, test } from "vitest";
import { withoutFrames } from "./evidence.ts";

const head = (process: number, level = "ERROR"): string =>
  `2026-11-28 06:38:13.136 ${process} ${level} keystone`;

test("of tracebacks what was raised stands, also before that of a worker which was only told to end", () => {
  const cause = [
    `${head(18, "CRITICAL")} [-] Unhandled error: RuntimeError: Unable to find 'nonsense' driver`,
    `${head(18)} Traceback (most recent call last):`,
    `${head(18)} RuntimeError: Unable to find 'nonsense' driver`,
  ];
  const ended = [`${head(19)} Traceback (most recent call last):`, `${head(19)} KeyboardInterrupt`];
  const frames = [
    `${head(19)}   File "/usr/lib/x.py", line 2, in load`,
    `${head(19)}     plugin = ep.load()`,
  ];
  const lines = [
    ...cause.slice(0, 2),
    ...frames,
    ...cause.slice(2),
    ended[0] ?? "",
    ...frames,
    ended[1] ?? "",
  ];
  expect(withoutFrames(lines)).toEqual([...cause, ...ended]);
});

test("other lines stay, whatever blanks they have", () => {
  const lines = [
    "  a list",
    `${head(7, "INFO")}     of rows`,
    "",
    "-- end --",
    "2026-11-28 06:38:13 0 [Note]   ready",
  ];
  expect(withoutFrames(lines)).toEqual(lines);
});
