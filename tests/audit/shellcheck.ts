import { spawnSync } from "node:child_process";
import { root } from "./files.ts";

/** What shellcheck finds, a line each, in the files that its words name or in the input; its troubles are errors. */
export function shellcheck(words: readonly string[], input = ""): string[] {
  const { error, status, stdout, stderr } = spawnSync("shellcheck", ["--format=gcc", ...words], {
    cwd: root,
    encoding: "utf8",
    input,
  });
  if (error) throw new Error("shellcheck is absent: apt-get install shellcheck", { cause: error });
  // 0: nothing found; 1: something; anything else: the files were not all read.
  if (status !== 0 && status !== 1) throw new Error(`shellcheck ended with ${status}: ${stderr}`);
  return stdout.split("\n").filter(Boolean);
}
