import { closeSync, existsSync, openSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { KollaError } from "#support";
import { ensureDirectory, isMissing, readIfThere, writeDurably, writing } from "./durable.ts";
import { type Ground, ownDirectory } from "./ground.ts";

export interface Lock {
  run: string;
  holder: string;
  since: string;
  /** Process that works, as "pid starttime"; absent while the run waits for its next stage. */
  process?: string;
  /** ISO 8601: when the last stage ended, while the run waits for its next. */
  waitingSince?: string;
}

/** Seconds that a run may take from one stage to the next before others may take the host. */
const BETWEEN_STAGES = 60;

/** The lock of a run that lives; undefined when nobody has the host. */
export async function currentLock(ground: Ground): Promise<Lock | undefined> {
  const lock = readLock(ground);
  return lock && (await lives(ground, lock)) ? lock : undefined;
}

/**
 * Takes the host for a run, or goes on with it when the run has it already; true when it did not have it before.
 * Throws KOLLA_HOST_LOCKED when another run that lives has it.
 */
export async function takeLock(ground: Ground, run: string, holder: string): Promise<boolean> {
  ensureDirectory(ownDirectory(ground), 0o700);
  const mine: Lock = { run, holder, since: new Date().toISOString(), process: ownProcess() };
  if (createLock(ground, mine)) return true;
  const lock = readLock(ground);
  if (lock && (lock.run === run ? works(lock) : await lives(ground, lock)))
    throw new KollaError({
      code: "KOLLA_HOST_LOCKED",
      message: `Run ${lock.run} of ${lock.holder} works on this host since ${lock.since}`,
      hint: "Wait for it to end, or end it",
      where: { host: ground.host },
    });
  const isOwn = lock?.run === run;
  writeLock(ground, { ...mine, since: isOwn ? lock.since : mine.since });
  return !isOwn;
}

/** Keeps the host for the next stage of the same run. */
export function keepLock(ground: Ground): void {
  const lock = readLock(ground);
  if (!lock) return;
  const { process: _, ...rest } = lock;
  writeLock(ground, { ...rest, waitingSince: new Date().toISOString() });
}

/** Gives the host back; `run` guards against giving back another's. */
export function releaseLock(ground: Ground, run: string): void {
  if (readLock(ground)?.run !== run) return;
  try {
    unlinkSync(lockFile(ground));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function lockFile(ground: Ground): string {
  return join(ownDirectory(ground), "lock.json");
}

function readLock(ground: Ground): Lock | undefined {
  const text = readIfThere(lockFile(ground))?.toString("utf8");
  if (!text) return undefined;
  return JSON.parse(text) as Lock;
}

function writeLock(ground: Ground, lock: Lock): void {
  writeDurably(lockFile(ground), JSON.stringify(lock), { mode: 0o600 });
}

/** Of several that try at once only one creates the file. */
function createLock(ground: Ground, lock: Lock): boolean {
  const path = lockFile(ground);
  try {
    const file = writing(path, () => openSync(path, "wx", 0o600));
    writing(path, () => writeFileSync(file, JSON.stringify(lock)));
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function lives(ground: Ground, lock: Lock): Promise<boolean> {
  if (works(lock)) return true;
  if (lock.waitingSince !== undefined)
    return Date.now() - new Date(lock.waitingSince).getTime() < BETWEEN_STAGES * 1000;
  const containers = await ground.engine.containers();
  return containers.some((found) => found.labels.kolla_agent === lock.run);
}

/** Whether a process of the run works on this host now. */
export function works(lock: Lock): boolean {
  return lock.process !== undefined && processLives(lock.process);
}

function ownProcess(): string {
  return `${process.pid} ${startTime(process.pid) ?? ""}`;
}

/** Process numbers are used again; with the time of its start one is told from the next. */
function processLives(words: string): boolean {
  const [pid, started] = words.split(" ");
  return startTime(Number(pid)) === started;
}

/** Field 22 of /proc/<pid>/stat; the second field, the name, may hold blanks and brackets. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch (error) {
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === "ESRCH") return undefined;
    throw error;
  }
}

/** Tells an agent that still works that its run has ended elsewhere: it begins nothing more and keeps nothing. */
export function markEnded(ground: Ground, run: string): void {
  const path = endedMark(ground, run);
  ensureDirectory(dirname(path), 0o700);
  writeDurably(path, "", { mode: 0o600 });
}

/** Whether `markEnded` was called for the run. */
export function isEnded(ground: Ground, run: string): boolean {
  return existsSync(endedMark(ground, run));
}

function endedMark(ground: Ground, run: string): string {
  return join(ownDirectory(ground), "runs", run, "ended");
}
