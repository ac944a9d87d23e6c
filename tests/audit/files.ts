import { readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";

/** The project's root. */
export const root = resolve(import.meta.dirname, "../..");

/** All files of TypeScript below a folder, by their paths from the root. */
export function typescriptBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}
