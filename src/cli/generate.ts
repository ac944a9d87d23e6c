import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "./common-options.ts";
import { generatedFiles } from "./generate/files.ts";
import { print } from "./terminal.ts";

const files = generatedFiles(projectRoot);
// A service that went leaves no page behind.
rmSync(join(projectRoot, "doc/reference"), { recursive: true, force: true });
for (const [name, text] of Object.entries(files)) {
  const path = join(projectRoot, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
print(`${Object.keys(files).length} files written.`);
