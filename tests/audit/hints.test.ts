import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeProgram } from "../../src/cli/program.ts";
import { ABSENT_VERBS } from "../../src/cli/verbs/absent.ts";
import { root, typescriptBelow } from "./files.ts";

/** "kolla VERB" in a text that an operator reads, however the sentence goes on. */
const NAMED = /(?<![\w./-])(?:tools\/)?kolla ([a-z][a-z-]*)/g;
/** Words that follow it as the name of a group of accounts. */
const NO_VERBS = new Set(["mode"]);

test("a hint names only verbs that there are", () => {
  const verbs = new Set(makeProgram("0").commands.map((command) => command.name()));
  for (const absent of Object.keys(ABSENT_VERBS)) verbs.delete(absent);
  const named = ["src", "services"]
    .flatMap(typescriptBelow)
    .filter((file) => !file.endsWith(".test.ts"))
    .flatMap((file) =>
      [...readFileSync(join(root, file), "utf8").matchAll(NAMED)].map(([, verb = ""]) => ({ file, verb })),
    );
  expect(named.length).toBeGreaterThan(20);
  const unknown = named.filter(({ verb }) => !verbs.has(verb) && !NO_VERBS.has(verb));
  expect(unknown).toEqual([]);
});
