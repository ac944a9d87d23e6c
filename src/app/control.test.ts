import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { hasEnded, mayTakeOver, ownControl } from "./control.ts";

const since = "2026-01-01T00:00:00Z";
const waiting = { run: "r1", holder: "anna", since, until: "2026-01-01T01:00:00Z" };

test("a run whose process on this machine lives is not taken over, one whose process ended is", async () => {
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"]);
  const control = ownControl(child.pid);
  expect(mayTakeOver({ ...waiting, control }, undefined)).toBe(false);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(mayTakeOver({ ...waiting, control }, undefined)).toBe(true);
});

test("a number that is another process's by now is not the run's", () => {
  const { machine, process: words } = ownControl();
  expect(hasEnded({ machine, process: words.replace(/\d+$/, "1") })).toBe(true);
  expect(hasEnded({ machine, process: words.replace(/^\S+/, "another-boot") })).toBe(true);
});

test("of another machine's run only the operator can say that it is dead, and by its name", () => {
  const control = { ...ownControl(), machine: "elsewhere" };
  expect(mayTakeOver({ ...waiting, control }, undefined)).toBe(false);
  expect(mayTakeOver({ ...waiting, control }, "r2")).toBe(false);
  expect(mayTakeOver({ ...waiting, control }, "r1")).toBe(true);
});

test("what works on the host now is never taken over", () => {
  expect(mayTakeOver({ run: "r1", holder: "anna", since }, "r1")).toBe(false);
});
