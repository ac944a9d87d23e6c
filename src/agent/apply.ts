import { cpus } from "node:os";
import {
  type Aftermath,
  type Bundle,
  type ObservedJournal,
  type RunEvent,
  type Step,
  stepWords,
} from "#model";
import { type KollaError, stopwatch } from "#support";
import { withRoom } from "../engine/index.ts";
import { begunSteps, lookBack, settle } from "./aftermath.ts";
import { takeDrafts } from "./drafts.ts";
import { unlessFull } from "./durable.ts";
import { type Tell, teller } from "./events.ts";
import { StepFailure } from "./failure.ts";
import { tidy } from "./family.ts";
import { enginePath, type Ground } from "./ground.ts";
import {
  currentLock,
  isEnded,
  keepLock,
  type Lock,
  markEnded,
  releaseLock,
  secondsFrom,
  takeLock,
  works,
} from "./lock.ts";
import { leavePast } from "./past.ts";
import { beginRecord, endRecord } from "./records.ts";
import { type Bound, type Ending, runSteps } from "./run.ts";
import { loadState, note, remember } from "./state.ts";
import { doStep } from "./steps.ts";
import { type Work, workOf } from "./work.ts";

type Outcome = NonNullable<ObservedJournal["lastRun"]>["outcome"];

/** Exit codes of `apply`: failed, and what the run changed on this host is as before; or not, or a stop was asked for. */
const EXIT = { done: 0, failed: 20, restored: 30 } as const;

/**
 * Does the steps of one stage on this host, and nothing but them. Events go to the run's file and the journal.
 * The signal asks it to stop at the next step boundary. A run that does not end well puts back what it left unproved,
 * and tells what of it stays. Returns the exit code: 0 done, 30 a step failed and the host is as it was before the run,
 * 20 anything else. Throws KOLLA_HOST_LOCKED when another run has the host.
 */
export async function apply(
  ground: Ground,
  bundle: Bundle,
  stage: number,
  signal?: AbortSignal,
): Promise<number> {
  const tell = teller(ground, bundle, stage);
  tell({ event: "stage-started" });
  try {
    const isNew = await takeLock(ground, bundle);
    return await locked(ground, bundle, isNew, () => stageSteps(ground, bundle, stage, tell, signal));
  } catch (error) {
    tell({ event: "stage-failed", message: (error as Error).message });
    throw error;
  }
}

/** Steps catch their own failures: what is thrown here ends the run. What a run replaced is kept until its end. */
async function locked(
  ground: Ground,
  bundle: Bundle,
  isNew: boolean,
  work: () => Promise<number>,
): Promise<number> {
  try {
    if (isNew) await beginHere(ground, bundle);
    return await work();
  } catch (error) {
    releaseLock(ground, bundle.run);
    throw error;
  }
}

async function beginHere(ground: Ground, bundle: Bundle): Promise<void> {
  const state = loadState(ground);
  await tidy(ground, state);
  await beginRecord({ ground, state, bundle });
}

/**
 * Ends a run that did not end well on some host: puts back what it left unproved on this one, gives the lock back and
 * notes the run as interrupted, unless this host noted an outcome of its own. Answers with the event that tells what
 * the run left here.
 */
export async function endRun(ground: Ground, bundle: Bundle): Promise<RunEvent> {
  const left = await settleEnd(ground, bundle);
  await leavePast(ground, bundle);
  return { run: bundle.run, at: new Date().toISOString(), host: ground.host, event: "left", left };
}

async function settleEnd(ground: Ground, bundle: Bundle): Promise<Aftermath> {
  const work = workOf(ground, bundle);
  const { state } = work;
  const lock = await currentLock(ground);
  if (lock && lock.run !== bundle.run) return unknownBecause(ground, bundle, lock);
  if (lock && works(lock)) {
    markEnded(ground, bundle.run);
    return { ...NOTHING, unknown: "its agent is still at work and ends after its step" };
  }
  if (state.lastRun?.run === bundle.run && state.lastRun.outcome === "done") return lookBack(work, bundle);
  const left = await settle(work, bundle);
  if (state.lastRun?.run !== bundle.run) await noteBadEnd(work, "interrupted");
  releaseLock(ground, bundle.run);
  return left;
}

const NOTHING: Aftermath = { moved: [], returned: [] };

/** Where another run has the host, only a run that began nothing here can say what it left. */
function unknownBecause(ground: Ground, bundle: Bundle, { run, holder, since }: Lock): Aftermath {
  if (begunSteps(ground, bundle).size === 0) return NOTHING;
  return { ...NOTHING, unknown: `run ${run} of ${holder} has this host since ${since}` };
}

async function stageSteps(
  ground: Ground,
  bundle: Bundle,
  stage: number,
  tell: Tell,
  signal: AbortSignal | undefined,
): Promise<number> {
  const seconds = stopwatch();
  const work = workOf(ground, bundle);
  const steps = bundle.steps.filter((step) => step.stage === stage);
  const failures: StepFailure[] = [];
  const act = (step: Step): Promise<boolean> => actOn(work, bundle, step, tell, failures);
  const isStopped = (): boolean => signal?.aborted === true || isEnded(ground, bundle.run);
  const stop = (): string => (signal?.aborted ? "stopped by the operator" : "the run ended elsewhere");
  const endings = await runSteps(steps, act, bounds(), isStopped, isGateOf(steps));
  tellSkipped(steps, endings, tell, failures.length > 0 ? "a step before it failed" : stop());
  const begun = [...endings].flatMap(([n, ending]) => (ending === "not-started" ? [] : [n]));
  if (failures.length === 0 && begun.length === steps.length && !isEnded(ground, bundle.run)) {
    await ended(work, bundle, stage);
    tell({ event: "stage-done", seconds: seconds() });
    return EXIT.done;
  }
  const message = [...new Set(failures.map(({ message }) => firstLine(message)))].join("; ") || stop();
  return endBadly(work, bundle, begun, failures.length > 0, tell, { seconds: seconds(), message });
}

/** What was there comes back first, and is told; a full disk may leave no room for the note of it. */
async function endBadly(
  work: Work,
  bundle: Bundle,
  begun: readonly number[],
  isFailed: boolean,
  tell: Tell,
  words: { seconds: number; message: string },
): Promise<number> {
  const left = await settleOrSay(work, bundle, begun);
  const isBack = left.moved.length === 0 && left.unknown === undefined;
  const outcome = !isFailed ? "interrupted" : isBack ? "restored" : "failed";
  await noteBadEnd(work, outcome);
  releaseLock(work.ground, bundle.run);
  tell({ event: "left", left });
  tell({ event: "stage-failed", ...words });
  return outcome === "restored" ? EXIT.restored : EXIT.failed;
}

/** Where the engine is gone as well, that must not hide what the run failed of. */
async function settleOrSay(work: Work, bundle: Bundle, begun: readonly number[]): Promise<Aftermath> {
  try {
    return await settle(work, bundle, begun);
  } catch (error) {
    return { ...NOTHING, unknown: firstLine((error as Error).message) };
  }
}

async function ended(work: Work, bundle: Bundle, stage: number): Promise<void> {
  if (stage < bundle.stages) return keepLock(work.ground, secondsFrom(stage, bundle));
  await takeDrafts(work.ground, work.state);
  await tidy(work.ground, work.state);
  await endRecord(work, "done");
  noteOutcome(work, "done");
  await leavePast(work.ground, bundle);
  releaseLock(work.ground, bundle.run);
}

/** A full disk, or an engine that is gone, must not hide what the run failed of; the next run keeps its state then. */
async function noteBadEnd(work: Work, outcome: Outcome): Promise<void> {
  try {
    await endRecord(work, outcome);
  } catch (error) {
    const message = (error as Error).message;
    unlessFull(() => note(work.ground, { run: work.bundle.run, event: "record-missing", message }));
  }
  unlessFull(() => noteOutcome(work, outcome));
}

function noteOutcome(work: Work, outcome: Outcome): void {
  const { run, verb } = work.bundle;
  remember(work.ground, work.state, (state) => {
    state.lastRun = { run, verb, outcome, at: new Date().toISOString() };
  });
}

/** True when the step ended well; a failure is told and kept. */
async function actOn(
  work: Work,
  bundle: Bundle,
  step: Step,
  tell: Tell,
  failures: StepFailure[],
): Promise<boolean> {
  const what = { step: step.n, what: stepWords(step) };
  const seconds = stopwatch();
  tell({ event: "step-started", ...what });
  try {
    let message: string | undefined;
    await doStep(work, bundle, step, {
      restored: (words) => tell({ event: "restored", ...what, message: words }),
      said: (words) => {
        message = words;
      },
    });
    tell({ event: "step-done", ...what, seconds: seconds(), ...(message !== undefined && { message }) });
    return true;
  } catch (error) {
    const failure = asFailure(await withRoom(error, work.ground.engine, enginePath));
    failures.push(failure);
    const { log, health } = failure.evidence;
    const evidence = { ...(log && { log }), ...(health && { health }) };
    tell({ event: "step-failed", ...what, seconds: seconds(), message: failure.message, ...evidence });
    return false;
  }
}

/** What to type next stands on a line of its own. */
function asFailure(error: unknown): StepFailure {
  if (error instanceof StepFailure) return error;
  const { message, hint } = error as KollaError;
  return new StepFailure(hint === undefined ? message : `${message}\n${hint}`, {}, error);
}

function tellSkipped(
  steps: readonly Step[],
  endings: ReadonlyMap<number, Ending>,
  tell: Tell,
  message: string,
): void {
  for (const step of steps)
    if (endings.get(step.n) === "not-started")
      tell({ event: "step-skipped", step: step.n, what: stepWords(step), message });
}

const firstLine = (text: string): string => text.split("\n")[0] ?? "";

/** Work that keeps a processor busy is bounded by the processors; steps that mostly wait are not. */
function bounds(): Bound {
  const limit = cpus().length * 2;
  return (step) => (step.kind === "job" || step.kind === "image" ? { of: step.kind, limit } : undefined);
}

/** Gates of containers that this stage started: their outcome must be known even when the run fails elsewhere. */
function isGateOf(steps: readonly Step[]): (step: Step) => boolean {
  const started = new Set(steps.flatMap((step) => (step.kind === "container" ? [step.n] : [])));
  return (step) => step.kind === "gate" && step.needs.some((need) => started.has(need));
}
