import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkoutFiles, root } from "./files.ts";

const SHELL = /^#!.*\b(ba|da)?sh\b/;

const textOf = (file: string): string => readFileSync(join(root, file), "utf8");
/** All but what tests expect services to make: that is held by what makes it. */
const programs = checkoutFiles()
  .filter((file) => !file.startsWith("tests/golden/"))
  .filter((file) => file.endsWith(".sh") || SHELL.test(textOf(file).split("\n", 1)[0] ?? ""));

/** What shellcheck finds in the programs, a line each; its absence and its own troubles are errors. */
function findings(): string[] {
  const { error, status, stdout, stderr } = spawnSync("shellcheck", ["--format=gcc", ...programs], {
    cwd: root,
    encoding: "utf8",
  });
  if (error) throw new Error("shellcheck is absent: apt-get install shellcheck", { cause: error });
  // 0: nothing found; 1: something; anything else: the files were not all read.
  if (status !== 0 && status !== 1) throw new Error(`shellcheck ended with ${status}: ${stderr}`);
  return stdout.split("\n").filter(Boolean);
}

test("shellcheck finds nothing in any shell program of the checkout", () => {
  expect(programs.length).toBeGreaterThan(40);
  expect(findings()).toEqual([]);
});

/** What .shellcheckrc allows to all, with its reason. */
const ALLOWED = /disable=(SC1090|SC1091)$/;

test("what shellcheck is told to allow has its reason in the line before", () => {
  const silent = programs.flatMap((file) => {
    const lines = textOf(file).split("\n");
    return lines.flatMap((line, index) => {
      if (!/^\s*# shellcheck disable=/.test(line) || ALLOWED.test(line)) return [];
      return /^\s*# (?!shellcheck)/.test(lines[index - 1] ?? "") ? [] : [`${file}:${index + 1}`];
    });
  });
  expect(silent).toEqual([]);
});
