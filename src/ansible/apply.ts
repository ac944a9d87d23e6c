import type { Bundle } from "#model";
import { readOperatorDirectory } from "../config/index.ts";
import { playPlaybook } from "./playbook.ts";
import { type AnsibleSettings, type CarrierEvent, isCarrierEvent, type OnEvent } from "./settings.ts";
import { type Workspace, withWorkspace } from "./workspace.ts";

export interface StageFailure {
  host: string;
  /** 0: before the first stage. */
  stage: number;
  message: string;
  /** The agent put everything back as it was. */
  restored: boolean;
}

export interface ApplyOutcome {
  outcome: "done" | "failed" | "restored";
  failures: readonly StageFailure[];
  seconds: Readonly<Record<string, number>>;
}

const EXIT_RESTORED = 30;

/**
 * Carries a bundle to each host and runs the stages, all hosts together, one stage after the other; the first stage
 * that fails on any host is the last. The signal asks the agents to stop after the step they are at; Ansible goes on
 * until they have. Throws what `playPlaybook` throws.
 */
export async function applyBundles(
  settings: AnsibleSettings,
  bundles: readonly Bundle[],
  stages: number,
  onEvent: OnEvent,
  signal?: AbortSignal,
): Promise<ApplyOutcome> {
  const [first] = bundles;
  if (!first) return { outcome: "done", failures: [], seconds: {} };
  const files = await readOperatorDirectory(settings.configDirectory, settings.passwords);
  return withWorkspace(async (workspace) => {
    const planned = await writeRun(workspace, bundles, stages);
    const ledger = new Ledger(planned, onEvent);
    const forget = stopWith(workspace, signal);
    const variables = {
      kolla_carrier_directory: workspace.directory,
      kolla_carrier_agent_image: settings.agentImage,
      kolla_carrier_hosts: bundles.map((bundle) => bundle.host),
      kolla_carrier_run: first.run,
      kolla_carrier_stages: stages,
    };
    const outcome = await playPlaybook({
      settings,
      playbook: "apply",
      files,
      variables,
      workspace,
      onEvent: ledger.take,
    }).finally(forget);
    return { ...ledger.close(outcome.failures), seconds: outcome.seconds };
  });
}

/** Host → stages in which its agent is started: those with steps, and the last, where the outcome is written. */
function stagesOf(bundle: Bundle, stages: number): number[] {
  const own = new Set(bundle.steps.map((step) => step.stage));
  return [...own.add(stages)].sort((a, b) => a - b);
}

async function writeRun(
  workspace: Workspace,
  bundles: readonly Bundle[],
  stages: number,
): Promise<Map<string, readonly number[]>> {
  const planned = new Map(bundles.map((bundle) => [bundle.host, stagesOf(bundle, stages)]));
  await workspace.write(workspace.path("stages.json"), JSON.stringify(Object.fromEntries(planned)));
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

/** Keeps count of the stages that ended well: a stage that nobody told about did not. */
class Ledger {
  readonly #open: Map<string, Set<number>>;
  readonly #onEvent: OnEvent;
  readonly #failures: StageFailure[] = [];

  constructor(planned: ReadonlyMap<string, readonly number[]>, onEvent: OnEvent) {
    this.#open = new Map([...planned].map(([host, stages]) => [host, new Set(stages)]));
    this.#onEvent = onEvent;
  }

  readonly take: OnEvent = (event) => {
    if (isCarrierEvent(event) && event.event === "stage-ended") this.#end(event);
    this.#onEvent(event);
  };

  #end(event: Extract<CarrierEvent, { event: "stage-ended" }>): void {
    const { host, stage, exit, message } = event;
    if (exit === 0) this.#open.get(host)?.delete(stage);
    else
      this.#failures.push({
        host,
        stage,
        message: message ?? `exit code ${exit}`,
        restored: exit === EXIT_RESTORED,
      });
  }

  close(carrier: Readonly<Record<string, readonly string[]>>): Omit<ApplyOutcome, "seconds"> {
    const failures = this.#failures.length > 0 ? this.#failures : [...this.#silent(carrier)];
    if (failures.length === 0) return { outcome: "done", failures };
    return { outcome: failures.every((failure) => failure.restored) ? "restored" : "failed", failures };
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
