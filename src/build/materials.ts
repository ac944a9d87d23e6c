import { join } from "node:path";
import { KollaError } from "#support";
import { type ContextFile, filesOf, madeFile, overlay } from "./context.ts";
import { lockCommand, lockOrigin, staleness } from "./lock-origin.ts";
import type { BuildSettings } from "./settings.ts";
import type { Image } from "./tree.ts";

/** Name of the locked requirements in the context of an image with a source. */
const LOCK_NAME = "requirements.lock";

/**
 * All files of an image's build context: its folder's (an operator's tree laid over ours), what the project's own build
 * makes, the release's lock of its source, and the operator's patches.
 * Throws KOLLA_BUILD_CONTEXT_MISSING for what has not been made yet, KOLLA_BUILD_LOCK_STALE for a lock that was made for
 * another version or Python than the release's.
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
  const origin = lockOrigin(settings.openstack_release, settings.base, image.project);
  const path = lockPath(settings, name);
  const hint = `Make it: ${lockCommand(origin)}`;
  const lock = await madeFile(LOCK_NAME, path, hint);
  const stale = staleness(lock.content.toString(), origin);
  if (stale === undefined) return [lock];
  throw new KollaError({ code: "KOLLA_BUILD_LOCK_STALE", message: `${path} ${stale}`, hint });
}

/** Templates that take patches copy the folder `patches`: it is there, if empty, whenever there is a path. */
async function patchesOf(image: Image, settings: BuildSettings): Promise<ContextFile[]> {
  if (!settings.patches_path) return [];
  const files = await filesOf(join(settings.patches_path, image.name)).catch(() => []);
  const series = { path: "series", executable: false, content: Buffer.alloc(0) };
  return overlay([series], files).map((file) => ({ ...file, path: `patches/${file.path}` }));
}
