import { join } from "node:path";
import { type ContextFile, filesOf, madeFile, overlay } from "./context.ts";
import type { BuildSettings } from "./settings.ts";
import type { Image } from "./tree.ts";

/** Name of the locked requirements in the context of an image with a source. */
const LOCK_NAME = "requirements.lock";

/**
 * All files of an image's build context: its folder's (an operator's tree laid over ours), what the project's own build
 * makes, the release's lock of its source, and the operator's patches.
 */
export async function materialsOf(image: Image, settings: BuildSettings): Promise<ContextFile[]> {
  const own = await Promise.all(image.folders.map(filesOf));
  const made = Object.entries(image.project.context?.[image.name] ?? {}).map(([name, path]) =>
    madeFile(name, join(settings.root, path), "Make it first: npm run build"),
  );
  return overlay(
    ...own,
    await Promise.all(made),
    await lockOf(image, settings),
    await patchesOf(image, settings),
  );
}

/** Where the lock of a project's source lies. */
export function lockPath(
  settings: Pick<BuildSettings, "root" | "openstack_release">,
  project: string,
): string {
  return join(settings.root, "releases", settings.openstack_release, `${project}.lock`);
}

async function lockOf(image: Image, settings: BuildSettings): Promise<ContextFile[]> {
  const { name, sources } = image.project;
  if (!sources?.[image.name] || settings.install_type !== "source") return [];
  return [await madeFile(LOCK_NAME, lockPath(settings, name), `Make it: kolla lock ${name}`)];
}

/** Templates that take patches copy the folder `patches`: it is there, if empty, whenever there is a path. */
async function patchesOf(image: Image, settings: BuildSettings): Promise<ContextFile[]> {
  if (!settings.patches_path) return [];
  const files = await filesOf(join(settings.patches_path, image.name)).catch(() => []);
  const series = { path: "series", executable: false, content: Buffer.alloc(0) };
  return overlay([series], files).map((file) => ({ ...file, path: `patches/${file.path}` }));
}
