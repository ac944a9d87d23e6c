import type { ObservedHost } from "#model";
import { services } from "../../services/index.generated.ts";
import type { AnsibleSettings } from "../ansible/index.ts";
import { siteLimits } from "../compile/index.ts";
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
import { asIfFetched, fetchLost, type LostImages, lostImages, withFetched } from "./lost-images.ts";
import type { PlannedSite } from "./plan.ts";
import { quietly } from "./quiet.ts";
import type { FetchedImages } from "./recorded.ts";
import { type Copies, lookAtPast } from "./remembered.ts";
import { planReturn, type RollbackWish, targetsOf } from "./return-plan.ts";
import type { Target } from "./return-to.ts";
import { type Approve, runAlone } from "./site-lock.ts";

/** What hosts remember, and what of it is spoken of. */
export interface Generations {
  records: SiteRecords;
  runs: RunChanges[];
  kept: KeptGenerations[];
  copies: Copies;
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
  const { records, copies } = await lookAtPast(settings);
  const scope = scopeOf(names, records, false);
  return { runs: runsOf(records, scope), kept: keptOf(records, scope), records, copies };
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
  planned: PlannedSite;
  targets: readonly Target[];
  copies: Copies;
  /** Images that hosts would have to pull first; a run has pulled them already. */
  lost: LostImages;
}

/**
 * Plans from what hosts kept instead of from the configuration, which need not even compile. Looks once and waits for
 * nobody. Throws KOLLA_ROLLBACK_* for what cannot be returned to, KOLLA_PRECHECK_HOST for hosts out of reach.
 */
export async function lookBackward(settings: AnsibleSettings, wish: RollbackWish): Promise<PreparedRollback> {
  return prepared(settings, await lookAtPast(settings, wish.names), wish, async (lost) => asIfFetched(lost));
}

/** The same once no other run has the hosts, which pull the images that they lost. To be called with the site's lock. */
async function prepareRollback(
  settings: AnsibleSettings,
  wish: RollbackWish,
  { tell, takeOver }: Pick<Carrying, "tell" | "takeOver">,
): Promise<PreparedRollback> {
  const looked = await quietly(() => lookAtPast(settings, wish.names), takeOver, tell);
  return prepared(settings, looked, wish, (lost) => {
    if (Object.keys(lost).length > 0) tell({ event: "fetching", lost });
    return fetchLost(settings, lost);
  });
}

/**
 * Plans from what hosts kept and does exactly that, with the site's lock. Throws what `lookBackward`, `approve` and
 * `applyPlan` throw, and KOLLA_RUN_LOCKED where another run on this machine has the site.
 */
export function rollBackLocked(
  settings: AnsibleSettings,
  wish: RollbackWish,
  approve: Approve<PreparedRollback>,
  carrying: Carrying,
): Promise<PreparedRollback> {
  return runAlone(settings.configDirectory, "rollback", {
    prepare: () => prepareRollback(settings, wish, carrying),
    approve,
    carryOut: async (run) => {
      if (run.planned.plan.steps.length > 0) await applyPlan(run, run.planned, carrying);
    },
  });
}

async function prepared(
  settings: AnsibleSettings,
  { site, records, elsewhere, copies, observed: seen }: Awaited<ReturnType<typeof lookAtPast>>,
  wish: RollbackWish,
  fetch: (lost: LostImages) => Promise<FetchedImages>,
): Promise<PreparedRollback> {
  const limits = siteLimits(services, site);
  const { scope, targets } = targetsOf(records, wish);
  const lost = lostImages(targets, records, seen, scope);
  const fetched = await fetch(lost);
  const observed = withFetched(seen, fetched);
  const phased = planReturn({ scope, targets, records, elsewhere, observed, fetched, limits });
  const found = await fileChanges(settings, phased, (host, hash) => {
    const base64 = records[host]?.contents?.files[hash];
    return base64 === undefined ? undefined : Buffer.from(base64, "base64");
  });
  return {
    settings,
    observed,
    targets,
    copies,
    lost,
    planned: { ...found, ...phased, plan: withFileChanges(phased.plan, found.changes) },
  };
}
