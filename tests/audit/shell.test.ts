import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkoutFiles, root } from "./files.ts";
import { shellcheck } from "./shellcheck.ts";

const SHELL = /^#!.*\b(ba|da)?sh\b/;

const textOf = (file: string): string => readFileSync(join(root, file), "utf8");
/** All but what tests expect services to make: that is held by what makes it. */
const programs = checkoutFiles()
  .filter((file) => !file.startsWith("tests/golden/"))
  .filter((file) => file.endsWith(".sh") || SHELL.test(textOf(file).split("\n", 1)[0] ?? ""));

test("shellcheck finds nothing in any shell program of the checkout", () => {
  expect(programs.length).toBeGreaterThan(40);
  expect(shellcheck(programs)).toEqual([]);
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
