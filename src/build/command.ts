import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

export interface CommandResult {
  exitCode: number;
  /** The last lines of both outputs. */
  lines: readonly string[];
}

const LINES_KEPT = 40;

/** Runs a program of this machine (no shell), passing on each line. Throws when it cannot be started. */
export function runCommand(
  path: string,
  words: readonly string[],
  options: { onLine?: (line: string) => void; signal?: AbortSignal; environment?: NodeJS.ProcessEnv } = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, words, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...options.environment },
      ...(options.signal && { signal: options.signal }),
    });
    const lines: string[] = [];
    const keep = (line: string): void => {
      lines.push(line);
      if (lines.length > LINES_KEPT) lines.shift();
      options.onLine?.(line);
    };
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", keep);
    child.on("error", (error) => reject(options.signal?.aborted ? options.signal.reason : error));
    child.on("close", (code) => resolve({ exitCode: code ?? 1, lines }));
  });
}

/** A program's standard output as a stream; a failing program breaks the stream. */
export function commandOutput(path: string, words: readonly string[]): Readable {
  const child = spawn(path, words, { stdio: ["ignore", "pipe", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString("utf8")));
  child.on("error", (error) => child.stdout.destroy(error));
  child.on("close", (code) => {
    if (code !== 0) child.stdout.destroy(new Error(`${path} failed: ${complaint.trim()}`));
  });
  return child.stdout;
}
