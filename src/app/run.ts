import type { Plan } from "#model";
import { throwProblems } from "#support";
import type { AnsibleSettings } from "../ansible/index.ts";
import { applyPlan, type Carrying } from "./apply.ts";
import type { Tell } from "./events.ts";
import { forgetHosts } from "./former-hosts.ts";
import { forgetCopies } from "./kept-copy.ts";
import { type LoadedSite, loadSite } from "./load.ts";
import { type PlannedSite, planSite, type Wish } from "./plan.ts";
import { precheckProblems } from "./prechecks.ts";
import { quietly } from "./quiet.ts";
import { type Approve, runAlone } from "./site-lock.ts";
import { tellSpared } from "./spared.ts";

/** A run before its first act: nothing on a host has changed. */
export interface PreparedRun {
  loaded: LoadedSite;
  planned: PlannedSite;
  wish: Wish;
}

/** Looks at the site and plans: what `prepareRun` and `carryOut` would do now. Waits for nobody, changes nothing. */
export async function lookAhead(settings: AnsibleSettings, wish: Wish, tell: Tell): Promise<PreparedRun> {
  return prepared(await loadSite(settings), wish, tell);
}

/**
 * Plans a verb once no other run has the hosts; `takeOver`: a run that the operator says is dead. To be called with
 * the site's lock. Throws all problems of configuration together, then those of prechecks.
 */
async function prepareRun(
  settings: AnsibleSettings,
  wish: Wish,
  { tell, takeOver }: Pick<Carrying, "tell" | "takeOver">,
): Promise<PreparedRun> {
  return prepared(await quietly(() => loadSite(settings), takeOver, tell), wish, tell);
}

async function prepared(loaded: LoadedSite, wish: Wish, tell: Tell): Promise<PreparedRun> {
  tell({ event: "loaded", loaded });
  return { loaded, planned: await planSite(loaded, wish), wish };
}

/** Does exactly what was planned; a plan without steps starts nothing. Throws what `applyPlan` and `tellSpared` throw. */
async function carryOut({ loaded, planned, wish }: PreparedRun, carrying: Carrying): Promise<void> {
  const { plan } = planned;
  if (plan.steps.length > 0) await applyPlan(loaded, planned, carrying);
  tellSpared(plan.without);
  forgetFormer(loaded.settings, plan, !loaded.settings.limit && !wish.tags);
}

/**
 * Plans a verb and does exactly that, with the site's lock from before the look at its hosts to the end. Throws
 * KOLLA_RUN_LOCKED where another run on this machine has the site, and what `prepareRun`, `approve` and `carryOut` throw.
 */
export async function runLocked(
  settings: AnsibleSettings,
  wish: Wish,
  approve: Approve<PreparedRun>,
  carrying: Carrying,
): Promise<PreparedRun> {
  return runAlone(settings.configDirectory, wish.verb, {
    prepare: () => prepareRun(settings, wish, carrying),
    approve,
    carryOut: (run) => carryOut(run, carrying),
  });
}

/**
 * Looks at a site and says what keeps it from a run; changes nothing. Throws all problems of configuration together,
 * and then KOLLA_PRECHECK_*.
 */
export async function checkedSite(settings: AnsibleSettings, tell: Tell): Promise<LoadedSite> {
  const loaded = await loadSite(settings);
  tell({ event: "loaded", loaded });
  throwProblems("KOLLA_PRECHECK_PROBLEMS", precheckProblems(loaded));
  return loaded;
}

/** Hosts that have left are spoken of until a deploy of all that is left has gone well. */
export function forgetFormer(
  { factsDirectory, recordsDirectory }: AnsibleSettings,
  plan: Plan,
  isWhole: boolean,
): void {
  const isDeploy = plan.verb === "deploy" || plan.verb === "reconfigure";
  if (!isWhole || !isDeploy) return;
  if (factsDirectory) forgetHosts(factsDirectory, plan.former);
  if (recordsDirectory) forgetCopies(recordsDirectory, plan.former);
}
