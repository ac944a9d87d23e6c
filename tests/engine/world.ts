import { execFileSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerSpec } from "#model";
import { bareSpec, connect, type Engine } from "../../src/engine/index.ts";

/** What every test of this folder starts with: a client, and a tiny image made on the spot. */
export const IMAGE = "kolla-engine-test/busybox:1";

const APPLETS = [
  "sh",
  "sleep",
  "cat",
  "echo",
  "id",
  "env",
  "test",
  "true",
  "false",
  "ls",
  "mkdir",
  "rm",
  "touch",
  "wc",
];

/** True when a container engine answers here; without one the tests of this folder are skipped, loudly. */
export async function engineAnswers(): Promise<boolean> {
  try {
    await connect().version();
    return true;
  } catch (error) {
    process.stderr.write(
      `\nSKIPPED: no container engine for the engine tests: ${(error as Error).message}\n`,
    );
    return false;
  }
}

/** Imports an image of one static busybox; the instructions go on top. */
export async function importBusybox(engine: Engine, reference = IMAGE): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "kolla-busybox-"));
  try {
    for (const folder of ["bin", "etc", "tmp", "root"]) await mkdir(join(root, folder));
    await copyFile(busybox(), join(root, "bin/busybox"));
    for (const applet of APPLETS) await symlink("busybox", join(root, "bin", applet));
    const tar = join(root, "..", `${root.split("/").at(-1)}.tar`);
    execFileSync("tar", ["-C", root, "-cf", tar, "."]);
    try {
      return await engine.importImage(tar, reference, ["ENV PATH=/bin", 'CMD ["sleep", "600"]']);
    } finally {
      await rm(tar);
    }
  } finally {
    await rm(root, { recursive: true });
  }
}

/** A container of the tiny image that does nothing for ten minutes. */
export function idle(name: string, changes: Partial<ContainerSpec> = {}): ContainerSpec {
  return bareSpec(name, IMAGE, { labels: { kolla_engine_test: "yes" }, ...changes });
}

function busybox(): string {
  return execFileSync("sh", ["-c", "command -v busybox"], { encoding: "utf8" }).trim();
}
