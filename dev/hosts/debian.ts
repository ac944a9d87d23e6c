import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { archiveOf } from "../../src/build/archive.ts";
import { engineClient } from "./engine.ts";

const OWN_CERTIFICATES = "/usr/local/share/ca-certificates";

/**
 * The file tree of a minimal Debian with these packages as an image. It trusts the authorities that this machine's
 * administrator added. Throws when this machine has no debootstrap, or no package archive in reach.
 */
export async function importDebian(
  image: string,
  suite: string,
  packages: readonly string[],
  finish: (tree: string) => void = () => undefined,
): Promise<void> {
  const tree = treeOf(image);
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree);
  try {
    const words = ["--variant=minbase", `--include=${packages.join(",")}`, suite, tree];
    // Among mounts of its own: were it interrupted, its /proc would be in the tree that is to be removed.
    await execa("unshare", ["--mount", "debootstrap", ...words, await archiveOf("debian")]);
    if (existsSync(OWN_CERTIFICATES) && readdirSync(OWN_CERTIFICATES).length > 0)
      await execa("cp", ["-r", `${OWN_CERTIFICATES}/.`, join(tree, OWN_CERTIFICATES)]);
    finish(tree);
    const packed = ["--numeric-owner", "--exclude=./var/cache/apt/archives/*.deb", "-C", tree, "-c", "."];
    await execa("tar", packed, { buffer: false }).pipe(engineClient(), ["import", "-", image]);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/** Removes the image, and what an interrupted making of it left. */
export async function removeDebian(image: string): Promise<void> {
  await execa(engineClient(), ["rmi", image], { reject: false });
  rmSync(treeOf(image), { recursive: true, force: true });
}

const treeOf = (image: string): string => join(tmpdir(), `${image.replace(/[^\w.-]/g, "-")}-tree`);
