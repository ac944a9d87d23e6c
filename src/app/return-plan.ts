import type { HostRecords, ObservedHost, RunLimits } from "#model";
import { throwProblems } from "#support";
import { makePlan, type PhasedPlan, type PlanRequest } from "../plan/index.ts";
import { contractedIn, contractedProblems } from "./contracted.ts";
import { type Scope, type SiteRecords, scopeOf } from "./history.ts";
import { desiredOf, type FetchedImages, lacking } from "./recorded.ts";
import { afterRun, atGeneration, beforeLastChange, type Target } from "./return-to.ts";

/** What an operator wants back. */
export interface RollbackWish {
  /** Of sets or containers; none: the site. */
  names: readonly string[];
  /** A run, or the number of a generation; absent: as before the last run that changed it. */
  to?: string;
}

/** What is wanted back, and as what each host is to be that is to change. */
export interface Return {
  scope: Scope;
  targets: readonly Target[];
}

/** Finds what is wanted among what hosts remember. Throws what `scopeOf`, `beforeLastChange`, `afterRun` and `atGeneration` throw. */
export function targetsOf(records: SiteRecords, { names, to }: RollbackWish): Return {
  const isGeneration = to !== undefined && /^\d{1,9}$/.test(to);
  const scope = scopeOf(names, records, isGeneration);
  if (to === undefined) return { scope, targets: beforeLastChange(records, scope) };
  const targets = isGeneration ? atGeneration(records, scope, Number(to)) : afterRun(records, scope, to);
  return { scope, targets };
}

/** All that a plan is made from. */
export interface ReturnSources extends Return {
  records: SiteRecords;
  /** What is known of hosts that were not asked. */
  elsewhere?: readonly HostRecords[];
  observed: Readonly<Record<string, ObservedHost>>;
  /** What came of pulling images that hosts had lost. */
  fetched?: FetchedImages;
  /** What the operator says of runs on many hosts; absent: the usual. */
  limits?: RunLimits;
}

/** The plan that brings it back, and what it is to be. Pure. Throws KOLLA_ROLLBACK_* for all that cannot be made again. */
export function planReturn(sources: ReturnSources): PhasedPlan {
  const { scope, targets, records, elsewhere = [], observed, fetched, limits } = sources;
  const contracted = contractedIn([...Object.values(records), ...elsewhere]);
  throwProblems("KOLLA_ROLLBACK_PROBLEMS", [
    ...lacking(targets, records, observed, scope, fetched),
    ...contractedProblems(targets, records, scope, contracted),
  ]);
  const desired = { ...desiredOf(targets, records, scope), ...(limits && { limits }) };
  return { plan: makePlan(desired, observed, requestOf(scope, targets)), states: [desired] };
}

/** What a later run added to sets goes with what it changed; a container that is named stands for itself. */
function requestOf({ sets, containers }: Scope, targets: readonly Target[]): PlanRequest {
  const base = { verb: "rollback", limit: targets.map(({ host }) => host) };
  if (containers.length === 0) return { ...base, remove: true, ...(sets.length > 0 && { tags: sets }) };
  const paths = targets.flatMap(({ state }) =>
    containers.flatMap((name) => state.containers[name]?.set ?? []),
  );
  return { ...base, containers, tags: [...new Set(paths.flatMap((path) => path.split("/").at(-1) ?? []))] };
}
