import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sha256 } from "#support";
import { projectRoot } from "./common-options.ts";

/** The version that a person speaks of: "0.1.0". */
export function version(): string {
  const file = readFileSync(join(projectRoot, "package.json"), "utf8");
  return (JSON.parse(file) as { version: string }).version;
}

/** The version with what tells this build from any other, to the byte: "0.1.0 (build 3f2a91c04be7)". */
export function exactVersion(): string {
  const build = sha256(readFileSync(fileURLToPath(import.meta.url)));
  return `${version()} (build ${build.slice(0, 12)})`;
}
