import { chmod, mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { KollaError, sha256 } from "#support";

/** A file of a build context, in the only terms that count: its name, its bytes, and whether it can be run. */
export interface ContextFile {
  /** Below the context's root, with slashes. */
  path: string;
  executable: boolean;
  content: Buffer;
}

const TEMPLATE = "Dockerfile.j2";
const EPOCH = new Date(0);

/** All files of a directory but its Dockerfile template, in order of their names. */
export async function filesOf(folder: string): Promise<ContextFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory() && entry.name !== TEMPLATE);
  const read = files.map((entry) => fileAt(join(entry.parentPath, entry.name), folder));
  return (await Promise.all(read)).sort(byPath);
}

/** Lays files over others of the same name; the later win. */
export function overlay(...layers: readonly (readonly ContextFile[])[]): ContextFile[] {
  const byName = new Map(layers.flat().map((file) => [file.path, file]));
  return [...byName.values()].sort(byPath);
}

/**
 * A file made elsewhere (by this project's own build, or a lock) under its name in the context.
 * Throws KOLLA_BUILD_CONTEXT_MISSING when it has not been made yet.
 */
export async function madeFile(path: string, source: string, hint: string): Promise<ContextFile> {
  try {
    return { path, executable: false, content: await readFile(source) };
  } catch (cause) {
    throw new KollaError({
      code: "KOLLA_BUILD_CONTEXT_MISSING",
      message: `${source} is missing; it goes into the image as ${path}`,
      hint,
      cause,
    });
  }
}

/** Where an image's context lies below a work directory, as kolla-build lays it out. */
export function contextFolder(workDirectory: string, project: string, image: string): string {
  return join(workDirectory, "docker", project, image);
}

/**
 * Writes a context to an empty directory: modes 0755 and 0644, all times 0, so that nothing of this machine and of
 * this hour gets into a layer.
 */
export async function writeContext(
  folder: string,
  files: readonly ContextFile[],
  dockerfile: string,
): Promise<void> {
  const all = [...files, { path: "Dockerfile", executable: false, content: Buffer.from(dockerfile) }];
  const folders = new Set<string>();
  for (const file of all) {
    const target = join(folder, file.path);
    for (let at = dirname(target); at.startsWith(folder); at = dirname(at)) folders.add(at);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, file.content);
    await chmod(target, file.executable ? 0o755 : 0o644);
    await utimes(target, EPOCH, EPOCH);
  }
  for (const one of [...folders].sort().reverse()) {
    await chmod(one, 0o755);
    await utimes(one, EPOCH, EPOCH);
  }
}

/** What a digest takes of a file: name, whether it can be run, and the SHA-256 of its bytes. */
export function fileIdentity(file: ContextFile): readonly [string, string, string] {
  return [file.path, file.executable ? "0755" : "0644", sha256(file.content)];
}

async function fileAt(path: string, root: string): Promise<ContextFile> {
  const [content, { mode }] = await Promise.all([readFile(path), stat(path)]);
  return { path: relative(root, path), executable: (mode & 0o111) !== 0, content };
}

function byPath(a: ContextFile, b: ContextFile): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
