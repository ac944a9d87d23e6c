import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";

/** The project's root. */
export const root = resolve(import.meta.dirname, "../..");

/**
 * A checkout's files by their paths from the root, those not committed yet among them; what was removed but not yet
 * committed is left out.
 */
export function checkoutFiles(): string[] {
  const words = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  return execFileSync("git", words, { cwd: root, encoding: "utf8" })
    .split("\0")
    .filter((file) => file && existsSync(join(root, file)));
}

/** All files of TypeScript below a folder, by their paths from the root. */
export function typescriptBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}
