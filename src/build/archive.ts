import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const ARCHIVES = {
  debian: "http://deb.debian.org/debian",
  ubuntu: "http://archive.ubuntu.com/ubuntu",
} as const;

/**
 * The package archive to make a base image from: this machine's own when it runs the same distribution (its mirror is
 * near and reachable), otherwise the distribution's public one.
 */
export async function archiveOf(distribution: keyof typeof ARCHIVES, root = "/"): Promise<string> {
  const release = await textOf(join(root, "etc/os-release"));
  if (!new RegExp(`^ID="?${distribution}"?$`, "m").test(release)) return ARCHIVES[distribution];
  const folder = join(root, "etc/apt/sources.list.d");
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(
    [join(root, "etc/apt/sources.list"), ...names.sort().map((name) => join(folder, name))].map(textOf),
  );
  return archiveIn(texts.join("\n"), distribution) ?? ARCHIVES[distribution];
}

/** The first address in apt's sources (either form) that ends in the distribution's name. */
export function archiveIn(sources: string, distribution: string): string | undefined {
  const lines = sources.split("\n").filter((line) => /^(deb\s|URIs:)/.test(line));
  const addresses = lines.flatMap((line) => line.match(/https?:\/\/\S+/g) ?? []);
  return addresses.find((address) => address.replace(/\/$/, "").endsWith(`/${distribution}`));
}

/** A file that is not there has nothing to say. */
async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return "";
  }
}
