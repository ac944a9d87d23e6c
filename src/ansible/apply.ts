import type { Aftermath, Bundle, Course, HostPast, RunEvent } from "#model";
import { readOperatorDirectory } from "../config/index.ts";
import { playPlaybook, toldBy } from "./playbook.ts";
import {
  type AnsibleSettings,
  type CarrierEvent,
  isCarrierEvent,
  type OnEvent,
  type Unreachable,
} from "./settings.ts";
import { type Workspace, withWorkspace } from "./workspace.ts";

export interface StageFailure {
  host: string;
  /** 0: before the first stage. */
  stage: number;
  message: string;
  /** Its agent says that this host is as it was before the run. */
  restored: boolean;
  /** It did not fail: its part ended because of what failed elsewhere. */
  stopped?: true;
}

export interface ApplyOutcome {
  /** restored: it failed, and every host is as it was before the run, as its agent says. */
  outcome: "done" | "failed" | "restored";
  failures: readonly StageFailure[];
  /** Host → what a run that did not end well left there; empty when it did. */
  left: Readonly<Record<string, Aftermath>>;
  /** Host → what it remembers after the run, or why it did not tell; only hosts that were to be asked. */
  past: Readonly<Record<string, HostPast | Unreachable>>;
  seconds: Readonly<Record<string, number>>;
}

/** Host → the contents that need not travel where a host tells what it remembers after a run. */
export type KnownContents = Readonly<Record<string, { known: readonly string[] }>>;

const EXIT_RESTORED = 30;
/** The carrier's own: a host's part ended because of what failed elsewhere. */
const EXIT_STOPPED = 31;

/**
 * Carries a bundle to each host and runs the stages, all hosts together, one stage after the other. A host that fails
 * ends its own part; one that needs what it did not do ends its part where it would begin it, and where more hosts have
 * failed than the course allows all do. At the end the hosts of `asked` tell what they remember. The signal asks the
 * agents to stop after the step they are at; Ansible goes on until they have. Throws what `playPlaybook` throws.
 */
export async function applyBundles(
  settings: AnsibleSettings,
  bundles: readonly Bundle[],
  course: Course,
  onEvent: OnEvent,
  signal?: AbortSignal,
  asked: KnownContents = {},
): Promise<ApplyOutcome> {
  const [first] = bundles;
  if (!first) return { outcome: "done", failures: [], left: {}, past: {}, seconds: {} };
  const files = await readOperatorDirectory(settings.configDirectory, settings.passwords);
  return withWorkspace(async (workspace) => {
    const informed = bundles.map((bundle) => ({ ...bundle, ...asked[bundle.host] }));
    const planned = await writeRun(workspace, informed, course);
    for (const [host, known] of Object.entries(asked))
      await workspace.write(workspace.hostFile(host, "known.json"), JSON.stringify(known));
    const ledger = new Ledger(planned, onEvent);
    const forget = stopWith(workspace, signal);
    const variables = {
      kolla_carrier_directory: workspace.directory,
      kolla_carrier_agent_image: settings.agentImage,
      kolla_carrier_hosts: bundles.map((bundle) => bundle.host),
      kolla_carrier_run: first.run,
      kolla_carrier_stages: course.stages,
    };
    const outcome = await playPlaybook({
      settings,
      playbook: "apply",
      files,
      variables,
      workspace,
      onEvent: ledger.take,
    }).finally(forget);
    const past = await toldBy<HostPast>(Object.keys(asked), "past.json", workspace, outcome);
    return { ...ledger.close(outcome.failures), past, seconds: outcome.seconds };
  });
}

/**
 * Stages in which a host's agent is started: those with steps, the first, so that the host is the run's from its
 * beginning on, and the last, where the outcome is written.
 */
function stagesOf(bundle: Bundle, stages: number): number[] {
  const own = new Set([1, ...bundle.steps.map((step) => step.stage), stages]);
  return [...own].sort((a, b) => a - b);
}

async function writeRun(
  workspace: Workspace,
  bundles: readonly Bundle[],
  course: Course,
): Promise<Map<string, readonly number[]>> {
  const planned = new Map(bundles.map((bundle) => [bundle.host, stagesOf(bundle, course.stages)]));
  await workspace.write(workspace.path("stages.json"), JSON.stringify(Object.fromEntries(planned)));
  await workspace.write(workspace.path("course.json"), JSON.stringify(course));
  for (const bundle of bundles)
    await workspace.write(workspace.hostFile(bundle.host, "bundle.json"), JSON.stringify(bundle));
  return planned;
}

/** The follower on the control host looks for this file between two looks at its agent. */
function stopWith(workspace: Workspace, signal: AbortSignal | undefined): () => void {
  let writing: Promise<unknown> = Promise.resolve();
  const onAbort = () => {
    writing = workspace.write(workspace.path("stop"), "");
  };
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort);
  return () => {
    signal?.removeEventListener("abort", onAbort);
    return writing;
  };
}

/** Keeps count of the stages that ended well, and of what hosts tell: a stage that nobody told about did not end well. */
class Ledger {
  readonly #open: Map<string, Set<number>>;
  readonly #onEvent: OnEvent;
  readonly #failures: StageFailure[] = [];
  readonly #begun = new Set<string>();
  readonly #left = new Map<string, Aftermath>();

  constructor(planned: ReadonlyMap<string, readonly number[]>, onEvent: OnEvent) {
    this.#open = new Map([...planned].map(([host, stages]) => [host, new Set(stages)]));
    this.#onEvent = onEvent;
  }

  readonly take: OnEvent = (event) => {
    if (!isCarrierEvent(event)) this.#hear(event);
    else if (event.event === "stage-ended") this.#end(event);
    this.#onEvent(event);
  };

  #hear({ host, event, left }: RunEvent): void {
    if (event === "step-started") this.#begun.add(host);
    if (left) this.#left.set(host, left);
  }

  #end(event: Extract<CarrierEvent, { event: "stage-ended" }>): void {
    const { host, stage, exit, message } = event;
    if (exit === 0) {
      this.#open.get(host)?.delete(stage);
      return;
    }
    if (stage > 0 && exit !== EXIT_STOPPED) this.#begun.add(host);
    const failure = {
      host,
      stage,
      message: message ?? `exit code ${exit}`,
      restored: exit === EXIT_RESTORED,
    };
    this.#failures.push(exit === EXIT_STOPPED ? { ...failure, stopped: true } : failure);
  }

  close(carrier: Readonly<Record<string, readonly string[]>>): Omit<ApplyOutcome, "past" | "seconds"> {
    const failures = this.#failures.length > 0 ? this.#failures : [...this.#silent(carrier)];
    if (failures.length === 0) return { outcome: "done", failures, left: {} };
    const left = Object.fromEntries(
      [...this.#open.keys()].map((host) => [host, this.#leftOn(host, carrier)]),
    );
    const areBack = failures.every(({ restored, stopped }) => restored || stopped);
    const isBack = areBack && Object.values(left).every(isAsBefore);
    return { outcome: isBack ? "restored" : "failed", failures, left };
  }

  #leftOn(host: string, carrier: Readonly<Record<string, readonly string[]>>): Aftermath {
    const told = this.#left.get(host);
    if (told) return told;
    const unknown = carrier[host]?.at(-1) ?? "it did not answer at the end of the run";
    return { moved: [], returned: [], ...(this.#begun.has(host) && { unknown }) };
  }

  *#silent(carrier: Readonly<Record<string, readonly string[]>>): Generator<StageFailure> {
    for (const [host, stages] of this.#open) {
      const [stage] = stages;
      if (stage === undefined) continue;
      const message = carrier[host]?.join("\n") ?? "the stage never ended, and nothing says why";
      yield { host, stage, message, restored: false };
    }
  }
}

/** Whether a host is as it was before the run, as far as the run goes. */
function isAsBefore({ moved, unknown }: Aftermath): boolean {
  return moved.length === 0 && unknown === undefined;
}
