import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fingerprint, KollaError } from "#support";

interface Holder {
  pid: number;
  verb: string;
  since: string;
}

const DIRECTORY = "/run/lock";

/**
 * Does the work with the site's lock on this control host, so that one run goes at a time. A lock whose process is gone
 * (killed) is taken over. Throws KOLLA_RUN_LOCKED with who holds it since when.
 */
export async function withSiteLock<T>(
  configDirectory: string,
  verb: string,
  work: () => Promise<T>,
): Promise<T> {
  const path = take(configDirectory, verb);
  const release = (): void => rmSync(path, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
}

/** A run in its parts. */
export interface LockedRun<T> {
  /** Finds out what is to be done; nothing has changed by then. */
  prepare: () => Promise<T>;
  approve: Approve<T>;
  carryOut: (run: T) => Promise<void>;
}

/** Is shown a run before its first act; throws when it is not to be done. */
export type Approve<T> = (run: T) => Promise<void>;

/**
 * Does a run with the site's lock from its first look to its end: what is carried out is what was approved, and nobody
 * changed the site in between. Throws what `withSiteLock` and the parts throw.
 */
export function runAlone<T>(
  configDirectory: string,
  verb: string,
  { prepare, approve, carryOut }: LockedRun<T>,
): Promise<T> {
  return withSiteLock(configDirectory, verb, async () => {
    const run = await prepare();
    await approve(run);
    await carryOut(run);
    return run;
  });
}

/** Returns the lock's file. */
function take(configDirectory: string, verb: string): string {
  mkdirSync(DIRECTORY, { recursive: true });
  const path = join(DIRECTORY, `kolla-${fingerprint(configDirectory)}.lock`);
  if (!tryWrite(path, verb)) {
    const holder = readHolder(path);
    if (holder && isAlive(holder.pid)) throw lockedBy(holder, path);
    rmSync(path, { force: true });
    if (!tryWrite(path, verb)) throw lockedBy(readHolder(path), path);
  }
  return path;
}

function tryWrite(path: string, verb: string): boolean {
  const holder: Holder = { pid: process.pid, verb, since: new Date().toISOString() };
  try {
    writeFileSync(path, JSON.stringify(holder), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function readHolder(path: string): Holder | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Holder;
  } catch {
    // A process killed between creating and filling the file leaves it empty: nobody holds it.
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function lockedBy(holder: Holder | undefined, path: string): KollaError {
  return new KollaError({
    code: "KOLLA_RUN_LOCKED",
    message: holder
      ? `Another run has this site: kolla ${holder.verb}, process ${holder.pid}, since ${holder.since}.`
      : `Another run has just taken this site (${path}).`,
    hint: "Wait for it, or end that process; the lock goes with it.",
  });
}
