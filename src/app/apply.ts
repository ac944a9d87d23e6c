import { randomUUID } from "node:crypto";
import { hostname, userInfo } from "node:os";
import type { ObservedHost, Plan } from "#model";
import { groupBy, KollaError, nameRanges } from "#support";
import { type AnsibleSettings, type ApplyOutcome, applyBundles } from "../ansible/index.ts";
import { bundlesOf, courseOf, type PhasedPlan } from "../plan/index.ts";
import { formatAftermath } from "./aftermath.ts";
import { ownControl } from "./control.ts";
import { contentsKnown, copyPast } from "./copy-past.ts";
import type { Tell } from "./events.ts";
import type { LoadedSite } from "./load.ts";
import { deadRuns } from "./quiet.ts";
import type { SavedBundle } from "./saved-plan.ts";

/** How a plan is carried out. */
export interface Carrying {
  tell: Tell;
  /** Asks the agents to stop after the step they are at. */
  signal?: AbortSignal;
  /** A run that the operator says is dead. */
  takeOver?: string | undefined;
}

/** Carries a plan out on the hosts, and nothing but it. Throws what `carryBundles` throws. */
export async function applyPlan(
  { settings, observed }: Pick<LoadedSite, "settings" | "observed">,
  phased: PhasedPlan,
  carrying: Carrying,
): Promise<void> {
  const bundles = bundlesWithoutRun(phased);
  await carryBundles(newRun(), { settings, observed, plan: phased.plan, bundles }, carrying);
}

/** Each host's bundle, for whatever run will carry it. */
export function bundlesWithoutRun(phased: PhasedPlan): SavedBundle[] {
  return bundlesOf(phased, { run: "", began: "", holder: "" }).map(
    ({ run: _, began: __, holder: ___, ...bundle }) => bundle,
  );
}

/** What is carried: a plan with its bundles, and the look at the hosts that it was made or allowed after. */
export interface Load {
  settings: AnsibleSettings;
  observed: Readonly<Record<string, ObservedHost>>;
  plan: Plan;
  bundles: readonly SavedBundle[];
}

/**
 * Carries bundles to their hosts under the name of a run, and brings home what the hosts remember of it, whatever its
 * end. Throws KOLLA_RUN_FAILED with what moved and what returned,
 * KOLLA_RUN_RESTORED when every host is as it was before.
 */
export async function carryBundles(run: string, load: Load, carrying: Carrying): Promise<void> {
  const { tell } = carrying;
  const changed = load.bundles.map(({ host }) => host);
  const { past, ...result } = await carry(run, load, carrying).catch(async (error: unknown) => {
    await copyPast(load, changed, {}, tell);
    throw error;
  });
  const isDone = result.outcome === "done";
  if (!isDone) tell({ event: "run-failed", run, ...result });
  await copyPast(load, changed, past, tell);
  if (!isDone) throw runError(result);
}

async function carry(
  run: string,
  { settings, observed, plan, bundles }: Load,
  { tell, signal, takeOver }: Carrying,
): Promise<ApplyOutcome> {
  const dead = deadRuns(observed, takeOver);
  for (const lock of dead) tell({ event: "dead-run", lock });
  const carrier = {
    run,
    began: new Date().toISOString(),
    holder: `${userInfo().username}@${hostname()} (process ${process.pid})`,
    control: ownControl(),
    takeOver: dead.map((lock) => lock.run),
  };
  tell({ event: "applying", run, plan });
  return applyBundles(
    settings,
    bundles.map((bundle) => ({ ...bundle, ...carrier })),
    courseOf(plan),
    (event) => tell({ event: "progress", of: event }),
    signal,
    contentsKnown(
      settings,
      bundles.map(({ host }) => host),
    ),
  );
}

/** A name for a run: when it began, and what tells it from others of the same second. */
export function newRun(): string {
  const began = new Date().toISOString().replace(/[^0-9]/g, "");
  return `${began.slice(0, 14)}-${randomUUID().slice(0, 8)}`;
}

/** Hosts of which the same is to be told share a line; those that failed come before those that they stopped. */
function failureLines(failures: ApplyOutcome["failures"]): string[] {
  const sorted = failures.toSorted((a, b) => Number(a.stopped ?? false) - Number(b.stopped ?? false));
  return [...groupBy(sorted, ({ message }) => message)].map(
    ([message, same]) => `  ${nameRanges(same.map(({ host }) => host)).join(", ")}: ${message}`,
  );
}

function runError({ outcome, failures, left }: Omit<ApplyOutcome, "past">): KollaError {
  const isBack = outcome === "restored";
  return new KollaError({
    code: isBack ? "KOLLA_RUN_RESTORED" : "KOLLA_RUN_FAILED",
    message: [
      isBack ? "The run failed, and every host is as it was before it:" : "The run failed:",
      ...failureLines(failures),
      "What it left:",
      ...formatAftermath(left),
    ].join("\n"),
    hint: "Mend the cause and run the same command again: it goes on from here. `kolla logs CONTAINER` shows more.",
  });
}
