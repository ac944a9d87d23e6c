import type { Desired, HostRecords, ObservedHost } from "#model";
import { type AnsibleSettings, runAgentVerb } from "../ansible/index.ts";
import { withFileChanges } from "../plan/index.ts";
import { applyPlan, type Carrying } from "./apply.ts";
import { fileChanges } from "./difference.ts";
import {
  type RunChanges,
  runsOf,
  type Scope,
  type SiteRecords,
  scopeOf,
  setOf,
  speaksOf,
} from "./history.ts";
import type { PlannedSite } from "./plan.ts";
import { quietly } from "./quiet.ts";
import { heldNow } from "./recorded.ts";
import { resolveAndObserve } from "./resolve.ts";
import { planReturn, type RollbackWish, targetsOf } from "./return-plan.ts";
import type { Target } from "./return-to.ts";
import { seenHosts } from "./seen-hosts.ts";

/** What hosts remember, and what of it is spoken of. */
export interface Generations {
  records: SiteRecords;
  runs: RunChanges[];
  kept: KeptGenerations[];
}

/** The generations of a container that a host can return to, the newest first. */
export interface KeptGenerations {
  host: string;
  container: string;
  /** Absent where it is not there any more. */
  serving: number | undefined;
  generations: readonly number[];
}

/** What the hosts of --limit can return to; `names`: only of these sets or containers. Changes nothing. */
export async function generationsOf(
  settings: AnsibleSettings,
  names: readonly string[],
): Promise<Generations> {
  const records = await recordsOf(settings, Object.keys((await lookAt(settings)).observed), {});
  const scope = scopeOf(names, records, false);
  return { runs: runsOf(records, scope), kept: keptOf(records, scope), records };
}

function keptOf(records: SiteRecords, scope: Scope): KeptGenerations[] {
  const kept = Object.entries(records).flatMap(([host, own]) =>
    Object.entries(own.generations).flatMap(([container, generations]) => {
      const set = setOf(own, container);
      if (!speaksOf(scope, container, { set })) return [];
      const numbers = Object.keys(generations)
        .map(Number)
        .sort((a, b) => b - a);
      const serving = own.now?.state.containers[container]?.generation;
      return [{ host, container, serving, generations: numbers }];
    }),
  );
  return kept.sort((a, b) => a.container.localeCompare(b.container));
}

/** A rollback before its first act: nothing on a host has changed. */
export interface PreparedRollback {
  settings: AnsibleSettings;
  observed: Readonly<Record<string, ObservedHost>>;
  desired: Desired;
  planned: PlannedSite;
  targets: readonly Target[];
}

/**
 * Plans from what hosts kept instead of from the configuration, which need not even compile. Looks once and waits for
 * nobody. Throws KOLLA_ROLLBACK_* for what cannot be returned to, KOLLA_PRECHECK_HOST for hosts out of reach.
 */
export async function lookBackward(settings: AnsibleSettings, wish: RollbackWish): Promise<PreparedRollback> {
  return prepared(settings, await lookAt(settings), wish);
}

/** The same once no other run has the hosts. To be called with the site's lock. */
export async function prepareRollback(
  settings: AnsibleSettings,
  wish: RollbackWish,
  { tell, takeOver }: Pick<Carrying, "tell" | "takeOver">,
): Promise<PreparedRollback> {
  return prepared(settings, await quietly(() => lookAt(settings), takeOver, tell), wish);
}

/** Does exactly what was planned. Throws what `applyPlan` throws. */
export async function carryOutRollback(run: PreparedRollback, carrying: Carrying): Promise<void> {
  if (run.planned.plan.steps.length > 0) await applyPlan(run, run.planned.plan, carrying);
}

interface Looked {
  observed: Readonly<Record<string, ObservedHost>>;
}

async function lookAt(settings: AnsibleSettings): Promise<Looked> {
  const { observed } = await resolveAndObserve(settings);
  return { observed: seenHosts(observed, "Reach it again, or leave it out with --limit.") };
}

async function prepared(
  settings: AnsibleSettings,
  { observed }: Looked,
  wish: RollbackWish,
): Promise<PreparedRollback> {
  const records = await recordsOf(settings, Object.keys(observed), { contentsOf: wish.names });
  const { scope, targets } = targetsOf(records, wish);
  const { desired, plan } = planReturn({ scope, targets, records, observed });
  const found = await fileChanges(settings, desired, plan, (host, path) => {
    const [own, seen] = [records[host], observed[host]];
    return own && seen && heldNow(own, seen, path);
  });
  return {
    settings,
    observed,
    desired,
    targets,
    planned: { ...found, plan: withFileChanges(plan, found.changes) },
  };
}

/** Throws KOLLA_PRECHECK_HOST for hosts that do not answer. */
async function recordsOf(
  settings: AnsibleSettings,
  hosts: readonly string[],
  input: { contentsOf?: readonly string[] },
): Promise<SiteRecords> {
  const questions = Object.fromEntries(hosts.map((host) => [host, input]));
  const answers = await runAgentVerb(settings, "records", questions, () => undefined);
  const given = seenHosts(answers, "Look at it, or leave it out with --limit.");
  return Object.fromEntries(Object.entries(given).map(([host, { answer }]) => [host, answer as HostRecords]));
}
