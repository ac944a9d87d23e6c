import { cpus } from "node:os";
import { type Bundle, type ObservedJournal, type Step, stepWords } from "#model";
import { type KollaError, stopwatch } from "#support";
import { withRoom } from "../engine/index.ts";
import { tidy, type Work } from "./containers.ts";
import { unlessFull } from "./durable.ts";
import { type Tell, teller } from "./events.ts";
import { StepFailure } from "./failure.ts";
import { enginePath, type Ground } from "./ground.ts";
import { currentLock, keepLock, releaseLock, takeLock } from "./lock.ts";
import { type Bound, type Ending, runSteps } from "./run.ts";
import { loadState, remember } from "./state.ts";
import { doStep } from "./steps.ts";

type Outcome = NonNullable<ObservedJournal["lastRun"]>["outcome"];

/** Exit codes of `apply`. */
const EXIT = { done: 0, failed: 20, restored: 30 } as const;

/** Verbs that bring a host to a release. */
const RELEASING = new Set(["deploy", "reconfigure", "upgrade", "apply"]);

/**
 * Does the steps of one stage on this host, and nothing but them. Events go to the run's file and the journal.
 * The signal asks it to stop at the next step boundary. Returns the exit code: 0 done, 30 a step failed and all it
 * touched is as before, 20 anything else. Throws KOLLA_HOST_LOCKED when another run has the host.
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
    await takeLock(ground, bundle.run, bundle.holder);
    return await locked(ground, bundle, () => stageSteps(ground, bundle, stage, tell, signal));
  } catch (error) {
    tell({ event: "stage-failed", message: (error as Error).message });
    throw error;
  }
}

/** Steps catch their own failures: what is thrown here ends the run. */
async function locked(ground: Ground, bundle: Bundle, work: () => Promise<number>): Promise<number> {
  try {
    await tidy(ground, loadState(ground));
    return await work();
  } catch (error) {
    releaseLock(ground, bundle.run);
    throw error;
  }
}

/**
 * Ends a run that failed or stopped on another host: gives the lock back and notes the run as interrupted, unless
 * this host noted an outcome of its own.
 */
export async function endRun(ground: Ground, bundle: Bundle): Promise<{ released: boolean; noted: boolean }> {
  const lock = await currentLock(ground);
  const state = loadState(ground);
  const noted = state.lastRun?.run !== bundle.run;
  if (noted) noteOutcome({ ground, state, release: bundle.release }, bundle, "interrupted");
  releaseLock(ground, bundle.run);
  return { released: lock?.run === bundle.run, noted };
}

async function stageSteps(
  ground: Ground,
  bundle: Bundle,
  stage: number,
  tell: Tell,
  signal: AbortSignal | undefined,
): Promise<number> {
  const seconds = stopwatch();
  const work: Work = { ground, state: loadState(ground), release: bundle.release };
  const steps = bundle.steps.filter((step) => step.stage === stage);
  const failures: StepFailure[] = [];
  const act = (step: Step): Promise<boolean> => actOn(work, bundle, step, tell, failures);
  const endings = await runSteps(steps, act, bounds(), () => signal?.aborted ?? false, isGateOf(steps));
  tellSkipped(
    steps,
    endings,
    tell,
    failures.length > 0 ? "a step before it failed" : "stopped by the operator",
  );
  const left = [...endings.values()].filter((ending) => ending === "not-started").length;
  if (failures.length === 0 && left === 0) {
    await ended(work, bundle, stage);
    tell({ event: "stage-done", seconds: seconds() });
    return EXIT.done;
  }
  const outcome = outcomeOf(failures);
  // On a full disk what is told, and that what was there is back, counts more than the note of it.
  unlessFull(() => noteOutcome(work, bundle, outcome));
  releaseLock(ground, bundle.run);
  const message = failures.map(({ message }) => firstLine(message)).join("; ") || "stopped by the operator";
  tell({ event: "stage-failed", seconds: seconds(), message });
  return outcome === "restored" ? EXIT.restored : EXIT.failed;
}

async function ended(work: Work, bundle: Bundle, stage: number): Promise<void> {
  if (stage < bundle.stages) return keepLock(work.ground);
  await tidy(work.ground, work.state);
  noteOutcome(work, bundle, "done");
  releaseLock(work.ground, bundle.run);
}

function outcomeOf(failures: readonly StepFailure[]): Outcome {
  if (failures.length === 0) return "interrupted";
  return failures.every(({ evidence }) => evidence.restored === true) ? "restored" : "failed";
}

function noteOutcome(work: Work, bundle: Bundle, outcome: Outcome): void {
  const { run, verb, release } = bundle;
  remember(work.ground, work.state, (state) => {
    state.lastRun = { run, verb, outcome, at: new Date().toISOString() };
    if (outcome === "done" && RELEASING.has(verb)) state.release = release;
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
    await doStep(work, bundle, step, (message) => tell({ event: "restored", ...what, message }));
    tell({ event: "step-done", ...what, seconds: seconds() });
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
