import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import type { ObservedHost } from "#model";
import { type KollaError, throwProblems } from "#support";
import type { AnsibleSettings } from "../ansible/index.ts";
import { bundlesWithoutRun, type Carrying, carryBundles, newRun } from "./apply.ts";
import { quietly } from "./quiet.ts";
import { resolveAndObserve } from "./resolve.ts";
import { forgetFormer, type PreparedRun } from "./run.ts";
import { loadSaved, writeSaved } from "./saved-file.ts";
import { isRunOf, PLAN_ANEW, refusal, runOf, type SavedPlan, type Seen } from "./saved-plan.ts";
import { movedSince, seenOn } from "./seen.ts";
import { seenHosts } from "./seen-hosts.ts";
import { type Approve, runAlone } from "./site-lock.ts";
import { tellSpared } from "./spared.ts";

/**
 * Saves what was prepared, so that `applySaved` can do just that; `kolla`: how this Kolla names itself.
 * Throws what `writeSaved` throws.
 */
export async function savePlan(run: PreparedRun, kolla: string, file: string): Promise<void> {
  const { loaded, planned, wish } = run;
  const { plan } = planned;
  const bundles = bundlesWithoutRun(planned);
  const saved: SavedPlan = {
    name: newRun(),
    kolla,
    madeAt: new Date().toISOString(),
    configDirectory: resolve(loaded.settings.configDirectory),
    isWhole: !loaded.settings.limit && !wish.tags,
    plan,
    bundles,
    seen: seenBy(bundles, loaded.observed),
  };
  await writeSaved(loaded.settings, saved, file);
}

/** What a plan saw on the hosts that it has steps for. */
function seenBy(
  bundles: SavedPlan["bundles"],
  observed: Readonly<Record<string, ObservedHost>>,
): Record<string, Seen> {
  return Object.fromEntries(
    bundles.flatMap((bundle) => {
      const found = observed[bundle.host];
      return found ? [[bundle.host, seenOn(found, bundle)] as const] : [];
    }),
  );
}

/** A saved plan that may be applied now: its hosts are as it saw them. */
export interface SavedRun {
  settings: AnsibleSettings;
  saved: SavedPlan;
  observed: Readonly<Record<string, ObservedHost>>;
}

/**
 * Reads a saved plan and looks at its hosts anew. Throws, before anything moves, why it is not to be applied:
 * KOLLA_SAVED_PLAN_*, and KOLLA_PRECHECK_HOST for hosts that cannot be looked at. Waits for other runs on the hosts,
 * as `prepareRun` does.
 */
export async function prepareSaved(
  settings: AnsibleSettings,
  kolla: string,
  file: string,
  { tell, takeOver }: Pick<Carrying, "tell" | "takeOver">,
): Promise<SavedRun> {
  const saved = await loadSaved(settings, kolla, file);
  const own = resolve(settings.configDirectory);
  if (saved.configDirectory !== own)
    throw refusal(
      "SITE",
      `the plan is of the site of ${saved.configDirectory}, and this is that of ${own}`,
      file,
      `kolla apply ${file} --configdir ${saved.configDirectory}, or make a plan for this one.`,
    );
  const hosts = saved.bundles.map(({ host }) => host);
  if (hosts.length === 0) return { settings, saved, observed: {} };
  const limited = { ...settings, limit: hosts.join(",") };
  const { observed } = await quietly(() => lookAt(limited, hosts, file), takeOver, tell);
  throwProblems("KOLLA_SAVED_PLAN_APPLIED", appliedAlready(saved, observed, file));
  throwProblems("KOLLA_SAVED_PLAN_MOVED", movedSince(saved.seen, seenBy(saved.bundles, observed)));
  return { settings: limited, saved, observed };
}

/** Throws KOLLA_SAVED_PLAN_SITE for hosts that the inventory does not have, KOLLA_PRECHECK_HOST for those out of reach. */
async function lookAt(
  settings: AnsibleSettings,
  hosts: readonly string[],
  file: string,
): Promise<Pick<SavedRun, "observed">> {
  const { site, observed } = await resolveAndObserve(settings);
  const known = new Set(site.hosts.map(({ name }) => name));
  const strangers = hosts.filter((host) => !known.has(host));
  if (strangers.length > 0)
    throw refusal(
      "SITE",
      `the inventory has no ${strangers.join(", ")}, which the plan is for`,
      file,
      "Name the inventory that the plan was made with: -i INVENTORY.",
    );
  const entries = hosts.map((host) => [host, observed[host] ?? { unreachable: "no answer" }] as const);
  return { observed: seenHosts(Object.fromEntries(entries), UNSEEN) };
}

const UNSEEN =
  "The plan has steps for it: reach it again, or make a plan without it (kolla plan --limit … --out FILE).";

/** Hosts keep the name of their last run, and a run that applies a saved plan is called after it. */
function appliedAlready(
  saved: SavedPlan,
  observed: Readonly<Record<string, ObservedHost>>,
  file: string,
): KollaError[] {
  const [last] = Object.values(observed).flatMap(({ journal }) =>
    journal.lastRun && isRunOf(saved, journal.lastRun.run) ? [journal.lastRun] : [],
  );
  if (!last) return [];
  const how = last.outcome === "done" ? "" : ` and ended ${last.outcome}`;
  return [refusal("APPLIED", `the plan was applied already, at ${last.at}${how}`, file, PLAN_ANEW)];
}

/**
 * Does exactly what was saved, with the site's lock; takes and throws what `prepareSaved`, `approve` and `applySaved`
 * take and throw, and throws KOLLA_RUN_LOCKED where another run on this machine has the site.
 */
export function applyLocked(
  settings: AnsibleSettings,
  kolla: string,
  file: string,
  approve: Approve<SavedRun>,
  carrying: Carrying,
): Promise<SavedRun> {
  return runAlone(settings.configDirectory, "apply", {
    prepare: () => prepareSaved(settings, kolla, file, carrying),
    approve,
    carryOut: (run) => applySaved(run, carrying),
  });
}

/** Does exactly what was saved. Throws what `applyPlan` and `tellSpared` throw. */
export async function applySaved({ settings, saved, observed }: SavedRun, carrying: Carrying): Promise<void> {
  const { bundles, plan } = saved;
  const run = runOf(saved, randomUUID().slice(0, 4));
  if (bundles.length > 0) await carryBundles(run, { settings, observed, plan, bundles }, carrying);
  tellSpared(plan.without);
  forgetFormer(settings, plan, saved.isWhole);
}
