import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "rolldown";
import { shellAsText } from "../../shell-text.ts";

/** A program of this folder as one file that Node runs, in a directory of its own, which the caller removes. */
export async function bundled(name: string): Promise<string> {
  const file = join(mkdtempSync(join(tmpdir(), `kt-${name}-`)), "child.mjs");
  await build({
    input: join(import.meta.dirname, `${name}.ts`),
    platform: "node",
    plugins: [shellAsText],
    output: { file, format: "esm", codeSplitting: false },
    logLevel: "silent",
  });
  return file;
}
