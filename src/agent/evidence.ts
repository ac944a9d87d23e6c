import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { baseName } from "#model";
import type { ContainerDetails } from "../engine/index.ts";
import { enginePath, type Ground } from "./ground.ts";

const LINES = 30;
const LOGS = "/var/log/kolla";
/** How much of a log's end is read, in bytes: tracebacks of all workers of a program, each of some 10,000. */
const END = 65_536;
/** A line of a record of oslo.log that is indented within it: 2026-11-28 06:38:13.136 19 ERROR keystone     plugin = … */
const FRAME = /^\d\S+ \S+ \d+ (ERROR|CRITICAL) \S+ {3,}/;

/**
 * The last lines that tell why a container fails: what it printed, and the end of the newest log file that it wrote
 * below /var/log/kolla, where most services write; a third and two thirds when there are both. Of a container that ended
 * and was started again: of the life that ended. Never throws: evidence that cannot be had must not hide the failure itself.
 */
export async function lastLines(ground: Ground, container: string, lines = LINES): Promise<string[]> {
  try {
    const details = await ground.engine.inspect(container);
    const printed = await ground.engine.logs(container, { tail: lines, ...lifeThatEnded(details) });
    // Generations of a container write the same log.
    const names = (await ground.engine.containers(true)).map(({ name }) => baseName(name));
    const written = newestFile(details, baseName(container), names);
    if (!written) return printed.slice(-lines);
    const part = Math.min(printed.length, Math.ceil(lines / 3));
    return [
      ...(part > 0 ? printed.slice(-part) : []),
      `${written.path}:`,
      ...endOf(written.file, lines - part),
    ];
  } catch (error) {
    return [`(its log could not be read: ${(error as Error).message})`];
  }
}

interface Written {
  /** As the container has it, and as this process opens it. */
  path: string;
  file: string;
}

/**
 * The engine starts a container again that ended: why it ended stands before its present start. Engines note a start a
 * moment after the first words, and an end a moment before the last ones; between the two they wait, so halfway is safe.
 */
function lifeThatEnded(details: ContainerDetails | undefined): { until?: Date } {
  if (details?.state !== "running" || details.restarts === 0) return {};
  const [ended, started] = [details.finishedAt, details.startedAt].map((moment) =>
    new Date(moment).getTime(),
  ) as [number, number];
  return { until: new Date((ended + started) / 2) };
}

/** The newest log of the container's own: not one that is named after another container, nor one of requests. */
function newestFile(
  details: ContainerDetails | undefined,
  container: string,
  names: readonly string[],
): Written | undefined {
  const mount = details?.mounts.find(({ target }) => target.replace(/\/$/, "") === LOGS);
  if (!details || !mount) return undefined;
  const top = enginePath(mount.source);
  // An earlier life of the same container may have said why; one that is started again and again says nothing new.
  const since = new Date(details.createdAt).getTime();
  const own = readdirSync(top).filter((name) => container.startsWith(name.replaceAll("-", "_")));
  const files = own.flatMap((name) => recentFiles(join(top, name), since));
  const mine = files.filter(
    ({ path }) =>
      !/access/.test(basename(path)) &&
      !names.some((other) => likeness(path, other) > likeness(path, container)),
  );
  const [newest] = mine.sort(
    (a, b) => likeness(b.path, container) - likeness(a.path, container) || b.mtimeMs - a.mtimeMs,
  );
  return newest && { path: join(LOGS, relative(top, newest.path)), file: newest.path };
}

/** Containers of a service share a directory: first comes the log named after the container, then its side logs. */
function likeness(path: string, container: string): number {
  const name = basename(path, ".log").replaceAll("-", "_");
  if (name === container) return 2;
  return name.startsWith(container) ? 1 : 0;
}

/** A log may be long: only its end is read. */
function endOf(path: string, lines: number): string[] {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const length = Math.min(size, END);
    const bytes = Buffer.alloc(length);
    readSync(file, bytes, 0, length, size - length);
    return withoutFrames(bytes.toString("utf8").trimEnd().split("\n")).slice(-lines);
  } finally {
    closeSync(file);
  }
}

/**
 * What was raised says why, and not where it passed: the frames of tracebacks are left out. Of several workers one says
 * the cause, and those that are ended because of it write the longest tracebacks, after it.
 */
export function withoutFrames(lines: readonly string[]): string[] {
  return lines.filter((line) => !FRAME.test(line));
}

function recentFiles(path: string, since: number): { path: string; mtimeMs: number }[] {
  const stats = statSync(path);
  if (!stats.isDirectory())
    return stats.mtimeMs >= since && stats.size > 0 ? [{ path, mtimeMs: stats.mtimeMs }] : [];
  return readdirSync(path).flatMap((name) => recentFiles(join(path, name), since));
}
