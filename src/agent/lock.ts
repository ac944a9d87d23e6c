import { closeSync, existsSync, openSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Bundle, HostLock } from "#model";
import { KollaError } from "#support";
import { ensureDirectory, isMissing, readIfThere, writeDurably, writing } from "./durable.ts";
import { type Ground, ownDirectory } from "./ground.ts";

export interface Lock extends HostLock {
  /** Process that works, as "pid starttime"; absent while the run waits for its next stage. */
  process?: string;
}

/** What of a bundle concerns the lock. */
type Taker = Pick<Bundle, "run" | "holder" | "control" | "takeOver">;

/** The lock of a run that lives; undefined when nobody has the host. */
export async function currentLock(ground: Ground): Promise<Lock | undefined> {
  const lock = readLock(ground);
  return lock && (await lives(ground, lock)) ? lock : undefined;
}

/**
 * Takes the host for a run, or goes on with it when the run has it already; true when it did not have it before.
 * Throws KOLLA_HOST_LOCKED when another run has it: one that works here, or one that waits for its next stage, unless
 * its time is over or the taker knows it to be dead.
 */
export async function takeLock(ground: Ground, taker: Taker): Promise<boolean> {
  const { run, holder, control, takeOver = [] } = taker;
  ensureDirectory(ownDirectory(ground), 0o700);
  const since = new Date().toISOString();
  const mine: Lock = { run, holder, since, ...(control && { control }), process: ownProcess() };
  if (createLock(ground, mine)) return true;
  const lock = readLock(ground);
  const isOwn = lock?.run === run;
  const isTaken = lock && (isOwn ? works(lock) : await holds(ground, lock, takeOver));
  if (isTaken) throw lockedBy(ground, lock);
  writeLock(ground, { ...mine, since: isOwn ? lock.since : since });
  return !isOwn;
}

/** Keeps the host for the next stage of the same run, so many seconds at most. */
export function keepLock(ground: Ground, seconds: number): void {
  const lock = readLock(ground);
  if (!lock) return;
  const { process: _, ...rest } = lock;
  writeLock(ground, { ...rest, until: new Date(Date.now() + seconds * 1000).toISOString() });
}

/** Seconds that a run may still take from the beginning of a stage on: so long it may have to wait for others. */
export function secondsFrom(stage: number, { stageSeconds }: Pick<Bundle, "stageSeconds">): number {
  return stageSeconds.slice(stage - 1).reduce((sum, seconds) => sum + seconds, 0);
}

/** The error that says who has the host since when, and what to type. */
export function lockedBy(ground: Ground, { run, holder, since, until }: Lock): KollaError {
  const waits =
    until === undefined ? "and works on it" : `and waits for its next stage, until ${until} at most`;
  return new KollaError({
    code: "KOLLA_HOST_LOCKED",
    message: `Run ${run} of ${holder} has this host since ${since} ${waits}`,
    hint:
      until === undefined
        ? "Wait for it to end, or end it"
        : `If it is dead: the same command with --take-over ${run}`,
    where: { host: ground.host },
  });
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

/** Whether another run, dead ones left out, has the host. */
async function holds(ground: Ground, lock: Lock, dead: readonly string[]): Promise<boolean> {
  if (lock.until !== undefined && dead.includes(lock.run)) return false;
  return lives(ground, lock);
}

async function lives(ground: Ground, lock: Lock): Promise<boolean> {
  if (works(lock)) return true;
  if (lock.until !== undefined) return Date.now() < new Date(lock.until).getTime();
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
