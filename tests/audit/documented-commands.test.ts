import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { makeProgram } from "../../src/cli/program.ts";
import { ABSENT_VERBS } from "../../src/cli/verbs/absent.ts";
import { checkoutFiles, root } from "./files.ts";

/** A command of ours on a line of a block of code, or between backticks; what stands behind a # is a remark. */
const TYPED = /(?:^ {4,}|`)(?:tools\/)?kolla(?:-ansible)? ([a-z][^`#\n]*)/gm;

const documents = checkoutFiles().filter((file) => file === "README.md" || /^doc\/[^/]+\.md$/.test(file));

/** What is wrong with a command, in words; undefined: it can be typed. */
function slipOf(typed: string, program: Command): string | undefined {
  const [name = "", ...words] = typed.trim().split(/\s+/);
  const verb = program.commands.find((each) => each.name() === name);
  if (!verb || name in ABSENT_VERBS) return `there is no verb ${name}`;
  const inner = verb.commands.find((each) => each.name() === words[0]);
  const known = (inner ?? verb).options.flatMap(({ long, short }) => [long, short]);
  const strange = words
    .map((word) => word.split("=")[0] ?? "")
    .filter((word) => /^--?[a-z]/i.test(word) && !known.includes(word));
  return strange.length > 0 ? `${name} has no ${strange.join(", ")}` : undefined;
}

test("a command that the documentation tells to type has that verb and those options", () => {
  const program = makeProgram("0");
  const typed = documents.flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(TYPED)].map(([, words = ""]) => ({ file, words })),
  );
  expect(typed.length).toBeGreaterThan(40);
  const slips = typed.flatMap(({ file, words }) => {
    const slip = slipOf(words, program);
    return slip ? [`${file}: kolla ${words.trim()}: ${slip}`] : [];
  });
  expect(slips).toEqual([]);
});
