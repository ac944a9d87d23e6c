import { randomUUID } from "node:crypto";
import { hostname, userInfo } from "node:os";
import type { Desired, HostLock, ObservedHost, Plan, ResolvedSite } from "#model";
import {
  foldProblems,
  KollaError,
  KollaErrors,
  nearest,
  sleep,
  sortedProblems,
  stopwatch,
  throwProblems,
} from "#support";
import { services } from "../../services/index.generated.ts";
import {
  type AnsibleSettings,
  type ApplyOutcome,
  applyBundles,
  askLookups,
  foldUnresolved,
  type Resolution,
  resolveSite,
} from "../ansible/index.ts";
import { checkSite, compile, optionTable, siteWarnings } from "../compile/index.ts";
import { bundlesOf, makePlan, withFileChanges } from "../plan/index.ts";
import { formatAftermath } from "./aftermath.ts";
import { ansibleSettings, type SiteFlags } from "./common-options.ts";
import { mayTakeOver, ownControl } from "./control.ts";
import { type FileChanges, fileChanges } from "./difference.ts";
import { formerHosts } from "./former-hosts.ts";
import { deployProgress } from "./run-progress.ts";
import { chosenSets } from "./sets.ts";
import { note, printJson } from "./terminal.ts";

export interface LoadedSite {
  settings: AnsibleSettings;
  site: ResolvedSite;
  desired: Desired;
  observed: Readonly<Record<string, ObservedHost>>;
  unreachable: Readonly<Record<string, string>>;
  values: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  warnings: readonly KollaError[];
  /** Seconds of Ansible's tasks are Ansible's, by task. */
  seconds: { resolve: number; compile: number; ansible: Readonly<Record<string, number>> };
}

/**
 * Resolves the operator's variables, observes the hosts and compiles what they should have.
 * Throws all configuration problems together, and with them what keeps the hosts from a run; nothing on a host has
 * changed by then.
 */
export async function loadSite(flags: SiteFlags, action: string): Promise<LoadedSite> {
  const settings = await ansibleSettings(flags, action);
  const resolving = stopwatch();
  const resolved = await resolveSite(settings, () => undefined);
  if (Object.keys(resolved.observed).length === 0) throw nobodyChosen(flags.limit ?? "", resolved.site);
  const resolve = resolving();
  const { problems, compileSeconds, ...assessed } = await assessSite(settings, resolved);
  const loaded = {
    settings,
    ...assessed,
    seconds: { resolve, compile: compileSeconds, ansible: resolved.seconds },
  };
  if (problems.length > 0)
    throw new KollaErrors("KOLLA_CONFIG_PROBLEMS", [...problems, ...precheckProblems(loaded)]);
  return loaded;
}

/** What a site should have, and all that is wrong with its configuration; with problems nothing of it is to be used. */
export interface AssessedSite extends Omit<LoadedSite, "settings" | "seconds"> {
  problems: readonly KollaError[];
  compileSeconds: number;
}

/** Compiles what Ansible resolved, and tells what is wrong with it: each cause once. Throws what asking Ansible throws. */
export async function assessSite(settings: AnsibleSettings, resolved: Resolution): Promise<AssessedSite> {
  const observed: Record<string, ObservedHost> = {};
  const unreachable: Record<string, string> = {};
  for (const [host, found] of Object.entries(resolved.observed)) {
    if ("unreachable" in found) unreachable[host] = found.unreachable;
    else observed[host] = found;
  }
  const { site, compiled, compileSeconds } = await compileSite(settings, resolved.site, observed);
  const unresolved = foldUnresolved(resolved.problems.filter(isUnresolved));
  const matters = optionTable(services);
  const [errors, harmless] = partition(unresolved, ({ names }) => names.some((name) => matters.has(name)));
  const lost = new Set(errors.flatMap(({ names }) => names));
  const problems = foldProblems(
    sortedProblems([
      ...errors.map(({ problem }) => problem),
      ...compiled.problems.filter(({ code, where }) => !isMissing(code) || !lost.has(where?.key ?? "")),
    ]),
  );
  return {
    site,
    desired: compiled.desired,
    values: compiled.values,
    problems,
    warnings: [
      ...harmless.map(({ problem }) => problem),
      ...resolved.problems.filter((problem) => !isUnresolved(problem)),
      ...compiled.warnings,
      // What is wrong leaves options without values, which warnings of hosts would ask for.
      ...(problems.length > 0 ? [] : siteWarnings(services, site, observed)),
    ],
    observed,
    unreachable,
    compileSeconds,
  };
}

function isUnresolved({ code }: KollaError): boolean {
  return code === "KOLLA_VARIABLE_UNRESOLVED";
}

function isMissing(code: string): boolean {
  return code === "KOLLA_OPTION_MISSING" || code === "KOLLA_SECRET_MISSING";
}

/** Those of which something holds, and the others. */
function partition<T>(values: readonly T[], holds: (value: T) => boolean): [T[], T[]] {
  return [values.filter(holds), values.filter((value) => !holds(value))];
}

/** Rounds of questions and answers; an answer may lead to the next question. */
const LOOKUP_ROUNDS = 20;

/** Compiles, with Ansible's answers to what override files ask of it: only files that do cost a run of Ansible. */
async function compileSite(
  settings: AnsibleSettings,
  resolved: ResolvedSite,
  observed: Readonly<Record<string, ObservedHost>>,
) {
  const facts = Object.fromEntries(Object.entries(observed).map(([host, found]) => [host, found.facts]));
  let site = resolved;
  for (let round = 0; ; round++) {
    const compiling = stopwatch();
    const compiled = compile(services, site, facts);
    const compileSeconds = compiling();
    if (compiled.questions.length === 0 || round === LOOKUP_ROUNDS) return { site, compiled, compileSeconds };
    const answers = await askLookups(settings, compiled.questions);
    site = { ...site, lookups: { ...site.lookups, ...answers } };
  }
}

function nobodyChosen(limit: string, site: ResolvedSite): KollaError {
  const known = [...site.hosts.map(({ name }) => name), ...Object.keys(site.groups)];
  const near = nearest(limit, known);
  return new KollaError({
    code: "KOLLA_LIMIT_EMPTY",
    message: `--limit ${limit} chooses no host of the inventory`,
    hint: near ? `Did you mean ${near}?` : `Hosts: ${known.slice(0, site.hosts.length).join(", ")}.`,
  });
}

/** How long a run that was left alone on the hosts is waited for: longer than the longest step. */
const WAIT_SECONDS = 900;

/**
 * As loadSite, once no run has the hosts any more. A command that was killed leaves its agents at work; they end
 * their stage by themselves, and only what they leave is worth a plan. A run that only waits for its next stage and is
 * dead is passed over. Throws KOLLA_HOST_LOCKED when one goes on too long.
 */
export async function loadQuietSite(flags: SiteFlags, action: string): Promise<LoadedSite> {
  const waited = stopwatch();
  let said = false;
  for (;;) {
    const loaded = await loadSite(flags, action);
    const busy = Object.values(loaded.observed).find(
      ({ lock }) => lock && !mayTakeOver(lock, flags.takeOver),
    );
    if (!busy?.lock) return loaded;
    const { words, hint } = lockWords(busy.host, busy.lock);
    if (waited() > WAIT_SECONDS) throw new KollaError({ code: "KOLLA_HOST_LOCKED", message: words, hint });
    if (!said) note(`${words}; waiting for it to end. ${hint}`);
    said = true;
    await sleep(2);
  }
}

function lockWords(host: string, { run, holder, since, until }: HostLock): { words: string; hint: string } {
  const has = `${host}: run ${run} of ${holder} has this host since ${since}`;
  if (until === undefined) return { words: `${has} and works on it`, hint: "Wait for it to end, or end it." };
  return {
    words: `${has} and waits for its next stage, until ${until} at most`,
    hint: `If that run is dead, give the same command --take-over ${run}.`,
  };
}

/** Dead runs that still have hosts, once each; they are told. */
function deadRuns({ observed }: LoadedSite, flags: SiteFlags): string[] {
  const locks = Object.values(observed).flatMap(({ lock }) =>
    lock && mayTakeOver(lock, flags.takeOver) ? [lock] : [],
  );
  const runs = new Map(locks.map((lock) => [lock.run, lock]));
  for (const { run, holder, since } of runs.values())
    note(`Run ${run} of ${holder}, which began ${since}, is dead; its hosts are taken over.`);
  return [...runs.keys()];
}

/** What prechecks judge of a site. */
type Judged = Pick<LoadedSite, "settings" | "site" | "observed" | "unreachable" | "values">;

/** All that keeps a run from starting: hosts that could not be looked at, and what the hosts lack. */
export function precheckProblems({ settings, site, observed, unreachable, values }: Judged): KollaError[] {
  const away = Object.keys(unreachable);
  const others = `${settings.limit ?? "all"}:${away.map((host) => `!${host}`).join(":")}`;
  const without =
    Object.keys(observed).length > 0
      ? `Without ${away.length > 1 ? "them" : "it"}: the same command with --limit '${others}'. `
      : "";
  const unseen = Object.entries(unreachable).flatMap(([host, reason]) => {
    const ofImage = reason.includes("the agent's image");
    // Without a right name for the image its absence is no cause of its own.
    if (ofImage && values[host]?.kolla_agent_image_full === undefined) return [];
    return [
      new KollaError({
        code: "KOLLA_PRECHECK_HOST",
        message: `cannot be looked at: ${reason}`,
        where: { host },
        hint: `${without}${ofImage ? AGENT_IMAGE_HINT : "A new host: kolla bootstrap-servers prepares it."}`,
      }),
    ];
  });
  return foldProblems([...unseen, ...checkSite(services, site, observed)]);
}

const AGENT_IMAGE_HINT =
  "kolla build makes it, with all the others; for several hosts: kolla build --registry REGISTRY --push. Public images of Kolla's project (quay.io/openstack.kolla) have no kolla-agent: with them, build that one image, push it where hosts can pull it, and name it in kolla_agent_image_full.";

/** A plan, and what it changes in files. */
export interface PlannedSite extends FileChanges {
  plan: Plan;
}

/**
 * Plans a verb for a loaded site; refuses when prechecks do. Where files on hosts change, the hosts are asked for
 * them, so that the plan can name the keys.
 */
export async function planSite(loaded: LoadedSite, verb: string, flags: SiteFlags): Promise<PlannedSite> {
  throwProblems("KOLLA_PRECHECK_PROBLEMS", precheckProblems(loaded));
  const { tags, skip } = chosenSets(flags);
  const plan = makePlan(loaded.desired, loaded.observed, {
    verb,
    ...(tags.length > 0 && { tags }),
    ...(skip.length > 0 && { skip }),
    ...(flags.limit && { limit: Object.keys(loaded.observed) }),
    ...(flags.remove && { remove: true }),
    former: formerHosts(
      loaded.settings.factsDirectory,
      // Also those that get nothing, as the one from which one deploys.
      [...loaded.site.hosts.map(({ name }) => name), ...Object.values(loaded.site.groups).flat()],
    ),
  });
  const found = await fileChanges(loaded.settings, loaded.desired, plan);
  return { plan: withFileChanges(plan, found.changes), ...found };
}

/**
 * Carries a plan out, with live progress on standard error (JSON lines on standard output with --json).
 * Throws KOLLA_RUN_FAILED with what moved and what returned, KOLLA_RUN_RESTORED when every host is as it was before.
 */
export async function applyPlan(loaded: LoadedSite, plan: Plan, flags: SiteFlags): Promise<void> {
  const run = `${new Date()
    .toISOString()
    .replace(/[^0-9]/g, "")
    .slice(0, 14)}-${randomUUID().slice(0, 8)}`;
  const holder = `${userInfo().username}@${hostname()} (process ${process.pid})`;
  const takeOver = deadRuns(loaded, flags);
  const bundles = bundlesOf(plan, loaded.desired, { run, holder, control: ownControl(), takeOver });
  const stages = Math.max(0, ...plan.steps.map((step) => step.stage));
  const progress = deployProgress(plan, flags);
  const stop = new AbortController();
  const interrupt = (): void => {
    note("Stopping at the next step; press Ctrl-C again to leave at once.");
    stop.abort();
    process.once("SIGINT", () => process.exit(1));
  };
  process.once("SIGINT", interrupt);
  try {
    const result = await applyBundles(loaded.settings, bundles, stages, progress.event, stop.signal);
    progress.end();
    if (result.outcome === "done") return;
    if (flags.json) printJson({ event: "run-failed", run, ...result });
    throw runError(result);
  } finally {
    progress.end();
    process.off("SIGINT", interrupt);
  }
}

function runError({ outcome, failures, left }: ApplyOutcome): KollaError {
  const isBack = outcome === "restored";
  return new KollaError({
    code: isBack ? "KOLLA_RUN_RESTORED" : "KOLLA_RUN_FAILED",
    message: [
      isBack ? "The run failed, and every host is as it was before it:" : "The run failed:",
      ...failures.map((failure) => `  ${failure.host}: ${failure.message}`),
      "What it left:",
      ...formatAftermath(left),
    ].join("\n"),
    hint: "Mend the cause and run the same command again: it goes on from here. `kolla logs CONTAINER` shows more.",
  });
}
