import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { enginePath, type Ground } from "./ground.ts";

const LINES = 30;
const LOGS = "/var/log/kolla";

/**
 * The last lines that tell why a container fails: what it printed, or else the end of the newest log file that it
 * wrote below /var/log/kolla. Never throws: evidence that cannot be had must not hide the failure itself.
 */
export async function lastLines(ground: Ground, container: string, lines = LINES): Promise<string[]> {
  try {
    const printed = await ground.engine.logs(container, { tail: lines });
    return printed.length > 0 ? printed.slice(-lines) : await fileLines(ground, container, lines);
  } catch (error) {
    return [`(its log could not be read: ${(error as Error).message})`];
  }
}

async function fileLines(ground: Ground, container: string, lines: number): Promise<string[]> {
  const details = await ground.engine.inspect(container);
  const mount = details?.mounts.find(({ target }) => target.replace(/\/$/, "") === LOGS);
  if (!details || !mount) return [];
  const top = enginePath(mount.source);
  const since = new Date(details.startedAt).getTime();
  const own = readdirSync(top).filter((name) => container.startsWith(name.replaceAll("-", "_")));
  const files = own.flatMap((name) => recentFiles(join(top, name), since));
  const [newest] = files.sort((a, b) => b.mtimeMs - a.mtimeMs);
  if (!newest) return [];
  return readFileSync(newest.path, "utf8").trimEnd().split("\n").slice(-lines);
}

function recentFiles(path: string, since: number): { path: string; mtimeMs: number }[] {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs >= since ? [{ path, mtimeMs: stats.mtimeMs }] : [];
  return readdirSync(path).flatMap((name) => recentFiles(join(path, name), since));
}
