import { throwProblems } from "#support";
import { services } from "../../services/index.generated.ts";
import { type PhasedPlan, type PlanRequest, planPhases, withFileChanges } from "../plan/index.ts";
import { type FileChanges, fileChanges } from "./difference.ts";
import { formerHosts } from "./former-hosts.ts";
import type { LoadedSite } from "./load.ts";
import { precheckProblems } from "./prechecks.ts";
import { planOwn, serviceVerbs } from "./service-verbs.ts";
import { chosenSets } from "./sets.ts";
import { sparedHosts } from "./spared.ts";

/** What is to be planned: a verb, and of which sets. */
export interface Wish {
  verb: string;
  /** Names of sets, comma-separated, as --tags and --skip-tags take them. */
  tags?: string;
  skipTags?: string;
  /** Of `upgrade`: only complete the databases of what was upgraded. */
  finish?: boolean;
  /** Also take away what is no longer wanted. */
  remove?: boolean;
}

/** A plan, and what it changes in files. */
export interface PlannedSite extends PhasedPlan, FileChanges {}

/**
 * Plans a verb for a loaded site; refuses when prechecks do, but for hosts that a run can do without. Where files on hosts change, the hosts are asked for
 * them, so that the plan can name the keys.
 */
export async function planSite(loaded: LoadedSite, wish: Wish): Promise<PlannedSite> {
  const without = sparedHosts(loaded);
  const isShort = Object.keys(without).length > 0;
  const needed = Object.entries(loaded.unreachable).filter(([host]) => without[host] === undefined);
  const judged = { ...loaded, unreachable: Object.fromEntries(needed) };
  throwProblems("KOLLA_PRECHECK_PROBLEMS", precheckProblems(judged));
  const { tags, skip } = chosenSets(wish);
  const own = serviceVerbs.find(({ verb }) => verb === wish.verb);
  const request = {
    verb: wish.verb,
    ...(tags.length > 0 && { tags }),
    ...(skip.length > 0 && { skip }),
    ...((loaded.settings.limit || isShort) && { limit: Object.keys(loaded.observed) }),
    ...(isShort && { without }),
    ...(wish.finish && { finish: true }),
    ...(wish.remove && { remove: true }),
    former: formerHosts(
      loaded.settings.factsDirectory,
      // Also those that get nothing, as the one from which one deploys.
      [...loaded.site.hosts.map(({ name }) => name), ...Object.values(loaded.site.groups).flat()],
    ),
  };
  const plan = (asked: PlanRequest): PhasedPlan =>
    planPhases({ ...loaded, passes: declaredPasses() }, loaded.observed, asked);
  const phased = own ? planOwn(own, request, plan) : plan(request);
  const found = await fileChanges(loaded.settings, phased);
  return { ...phased, plan: withFileChanges(phased.plan, found.changes), ...found };
}

function declaredPasses(): Record<string, readonly string[]> {
  return Object.fromEntries(services.flatMap(({ name, passes }) => (passes ? [[name, passes]] : [])));
}
