import { join } from "node:path";
import { execa } from "execa";
import { KollaError, stopwatch } from "#support";
import { projectRoot } from "../common-options.ts";
import { PeakMemory } from "./memory.ts";

export interface CommandRun {
  stdout: string;
  seconds: number;
  /** Of all its processes, in MB. */
  peak: number;
}

/**
 * Runs `kolla` from this checkout as an operator does, and measures it. What it tells a person is shown.
 * Throws KOLLA_BENCH_COMMAND when it fails.
 */
export async function kolla(words: readonly string[], quiet = false): Promise<CommandRun> {
  const seconds = stopwatch();
  const run = execa(process.execPath, [join(projectRoot, "dist/kolla.js"), ...words], {
    reject: false,
    stderr: quiet ? "pipe" : "inherit",
  });
  const memory = new PeakMemory(run.pid ?? 0);
  const { exitCode, stdout, stderr } = await run.finally(() => memory.stop());
  if (exitCode === 0) return { stdout, seconds: seconds(), peak: memory.stop() };
  throw new KollaError({
    code: "KOLLA_BENCH_COMMAND",
    message: `kolla ${words.join(" ")} ended with exit code ${exitCode}${quiet ? `: ${stderr}` : ""}`,
    hint: "Nothing was kept of this measurement; mend what it says and measure again.",
  });
}

/** What a program of this checkout prints, as JSON; `name`: of its file in dist/, without .js. Throws when it fails. */
export async function measured<T>(name: string, words: readonly string[]): Promise<T> {
  const { stdout } = await execa(process.execPath, [join(projectRoot, `dist/${name}.js`), ...words]);
  return JSON.parse(stdout) as T;
}

/** The document on the last line that a command printed. */
export function lastDocument<T>(stdout: string): T {
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as T;
}

const RUNS = 3;

/** The middle one of a few runs, by its seconds: machines are noisy. */
export async function median<T extends { seconds: number }>(work: () => Promise<T>): Promise<T> {
  const runs: T[] = [];
  for (let run = 0; run < RUNS; run++) runs.push(await work());
  return runs.sort((a, b) => a.seconds - b.seconds)[Math.floor(RUNS / 2)] as T;
}
