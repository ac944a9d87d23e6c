import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TemplateFolder } from "./skeleton.ts";

/**
 * Finds docker/<project>/<image>/Dockerfile.j2 in each tree, in order of names. The same image in a later tree is laid
 * over the earlier one: its template and its files win.
 */
export async function findFolders(trees: readonly string[]): Promise<Map<string, TemplateFolder>> {
  const found = new Map<string, TemplateFolder>();
  for (const tree of trees)
    for (const project of await foldersIn(tree))
      for (const image of await foldersIn(join(tree, project)))
        await addFolder(found, { project, image, path: join(tree, project, image) });
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function addFolder(
  found: Map<string, TemplateFolder>,
  { project, image, path }: { project: string; image: string; path: string },
): Promise<void> {
  const before = found.get(image);
  const file = join(path, "Dockerfile.j2");
  const has = existsSync(file);
  if (!has && !before) return;
  found.set(image, {
    image,
    project: before?.project ?? project,
    folders: [...(before?.folders ?? []), path],
    template: has ? await readFile(file, "utf8") : (before?.template ?? ""),
    hasExtendStart: existsSync(join(path, "extend_start.sh")) || (before?.hasExtendStart ?? false),
  });
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
