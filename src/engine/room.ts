import { existsSync, readFileSync } from "node:fs";
import { type Disk, diskOf, diskWords, hasNoRoom, KollaError } from "#support";
import { MAKE_ROOM } from "./errors.ts";
import type { Engine } from "./types.ts";

const DEFAULT_ROOT = "/var/lib/docker";
const MAY_BE_FULL = ["KOLLA_ENGINE_NO_SPACE", "KOLLA_ENGINE_GONE", "KOLLA_ENGINE_UNREACHABLE"];

/**
 * The disk on which the engine keeps images and containers, when it is one of this machine's. `reach` turns a path that
 * the engine names into one that can be opened here.
 */
export async function diskOfEngine(
  engine: Engine,
  reach: (path: string) => string = (path) => path,
): Promise<Disk | undefined> {
  const root = await engine.version().then(
    ({ rootDirectory }) => rootDirectory,
    () => configuredRoot(reach("/etc/docker/daemon.json")),
  );
  const disk = existsSync(reach(root)) ? diskOf(reach(root)) : undefined;
  return disk && { ...disk, path: root };
}

/** Where an engine that does not answer keeps its images: dockerd's default, unless its configuration says otherwise. */
function configuredRoot(file: string): string {
  try {
    const { "data-root": root } = JSON.parse(readFileSync(file, "utf8")) as { "data-root"?: string };
    return root ?? DEFAULT_ROOT;
  } catch {
    return DEFAULT_ROOT;
  }
}

/**
 * An error of the engine with how full its disk is, where that may be the cause: it has no room, or it does not answer,
 * since a full disk also keeps it from starting. Any other error as it is.
 */
export async function withRoom(
  error: unknown,
  engine: Engine,
  reach?: (path: string) => string,
): Promise<unknown> {
  if (!(error instanceof KollaError) || !MAY_BE_FULL.includes(error.code)) return error;
  const disk = await diskOfEngine(engine, reach);
  if (!disk || (error.code !== "KOLLA_ENGINE_NO_SPACE" && !hasNoRoom(disk))) return error;
  const message = `${error.message}. Its disk: ${diskWords(disk)}`;
  return new KollaError({ code: error.code, message, hint: MAKE_ROOM, cause: error });
}
