import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Project } from "#model";
import { contextFolder, writeContext } from "./context.ts";
import { materialsOf } from "./materials.ts";
import { selectImages } from "./select.ts";
import type { BuildSettings } from "./settings.ts";
import { loadTree, refuseBroken, type Tree } from "./tree.ts";

/** The images that settings choose, with all they stand on, in a tree of their own. Throws what selectImages throws. */
export function chosenTree(tree: Tree, settings: BuildSettings): Tree {
  const wanted = new Set(selectImages(tree, settings, new Set()).wanted);
  return { images: new Map([...tree.images].filter(([name]) => wanted.has(name))) };
}

/**
 * Writes the build context of every chosen image and builds nothing; no engine is asked. Returns the directory and the
 * images' names. Throws what is wrong with templates, all together.
 */
export async function writeTemplates(
  settings: BuildSettings,
  projects: readonly Project[],
): Promise<{ directory: string; images: string[] }> {
  const chosen = chosenTree(await loadTree(settings, projects), settings);
  refuseBroken(chosen, [...chosen.images.keys()]);
  const directory = settings.work_dir || (await mkdtemp(join(tmpdir(), "kolla-templates-")));
  for (const image of chosen.images.values()) {
    const folder = contextFolder(directory, image.project.name, image.name);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await writeContext(folder, await materialsOf(image, settings), image.dockerfile);
  }
  return { directory: join(directory, "docker"), images: [...chosen.images.keys()] };
}
