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
  const names = makeProgram("").commands.map((command) => command.name());
  const verbs = new Set(["help", ...names.filter((name) => !(name in ABSENT_VERBS))]);
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
