import type { Command } from "commander";
import { count, formatSeconds, KollaError, stopwatch } from "#support";
import {
  absentWarnings,
  checkedSite,
  formatChanges,
  lookAhead,
  type PreparedRun,
  runLocked,
  savePlan,
  secretsIn,
  type Tell,
} from "../../app/index.ts";
import { formatPlan, leftAlone } from "../../plan/index.ts";
import { askToGoOn, refuseToAskNobody } from "../ask.ts";
import { ALL_HEEDED, ASK, type SiteFlags, siteSettings, wishOf, withSiteOptions } from "../common-options.ts";
import { note, print, printJson, printWarning } from "../terminal.ts";
import { exactVersion } from "../version.ts";
import { announce, beforehand, watched } from "../watch.ts";

/** Verbs that plan and then apply exactly that plan. */
const APPLYING: Readonly<Record<string, string>> = {
  deploy: "bring the site to what the configuration says",
  reconfigure: "the same as deploy, under the name operators use after a change",
  "deploy-containers": "only containers, no jobs and no registrations",
  genconfig: "only write the configuration files; containers are left alone",
  pull: "only pull the images that hosts lack",
};

const REMOVE = [
  "--remove",
  "also take away containers that are no longer wanted, with their files; else they are left as they are",
] as const;

const FINISH = [
  "--finish",
  "complete the databases of what was upgraded; from then on there is no way back",
] as const;

const PLAN_HEEDS = ["tags", "skipTags", "diff", "json"] as const;

/** The verbs that plan and change a site. */
export function addDeployVerbs(program: Command): void {
  for (const [verb, summary] of Object.entries(APPLYING)) {
    withSiteOptions(program.command(verb).description(summary), ALL_HEEDED)
      .option(...REMOVE)
      .option(...ASK)
      .action((flags: SiteFlags) => runVerb(verb, flags));
  }
  withSiteOptions(
    program.command("start").argument("[sets...]").description("start container sets and all below them"),
    ALL_HEEDED,
  )
    .option(...ASK)
    .action((sets: string[], flags: SiteFlags) => runVerb("start", ofSets(sets, flags)));
  withSiteOptions(
    program.command("stop").argument("[sets...]").description("stop container sets and all below them"),
    ALL_HEEDED,
  )
    .option(...ASK)
    .option("--yes-i-really-really-mean-it", "needed to stop everything, as with kolla-ansible")
    .option("--ignore-missing", "as it is always: what is not there counts as stopped")
    .action((sets: string[], flags: SiteFlags & { yesIReallyReallyMeanIt?: boolean }) =>
      stopSets(sets, flags),
    );
  withSiteOptions(
    program
      .command("upgrade")
      .argument("[sets...]")
      .description("bring container sets to the release that the configuration says, with a way back"),
    ALL_HEEDED,
  )
    .option(...FINISH)
    .option(...ASK)
    .action((sets: string[], flags: SiteFlags) => runVerb("upgrade", ofSets(sets, flags)));
  withSiteOptions(program.command("plan").description("print what deploy would do, and why"), PLAN_HEEDS)
    .option("--out <file>", "also save the plan, with all that `kolla apply` needs to do it later")
    .option("--upgrade", "what upgrade would do")
    .option(...FINISH)
    .option(...REMOVE)
    .action((flags: SiteFlags & { out?: string; upgrade?: boolean }) =>
      printPlan(flags.upgrade || flags.finish ? "upgrade" : "deploy", flags),
    );
  withSiteOptions(
    program.command("prechecks").description("check hosts and configuration; nothing is changed"),
    ["json"],
  )
    .option("--use-test-images", "Kolla-Ansible's; no image is refused here for being a test image")
    .action(prechecks);
}

/** Sets that are named as words, as --tags takes them. */
function ofSets(sets: readonly string[], flags: SiteFlags): SiteFlags {
  return { ...flags, tags: sets.join(",") || (flags.tags ?? "") };
}

async function stopSets(
  sets: string[],
  flags: SiteFlags & { yesIReallyReallyMeanIt?: boolean },
): Promise<void> {
  const named = ofSets(sets, flags);
  if (!named.tags && !flags.yesIReallyReallyMeanIt && !onlyLooks(flags))
    throw new KollaError({
      code: "KOLLA_USAGE_STOP_ALL",
      message: "Without the name of a set, stop stops the whole site.",
      hint: "Name sets (kolla stop nova), or add --yes-i-really-really-mean-it.",
    });
  await runVerb("stop", named);
}

/** Plans a verb, shows the plan and applies it; an empty plan is said in one line. */
export async function runVerb(verb: string, flags: SiteFlags): Promise<void> {
  if (onlyLooks(flags)) return printPlan(verb, flags);
  refuseToAskNobody(flags);
  const whole = stopwatch();
  const settings = await siteSettings(flags, verb);
  const approve = async (run: PreparedRun): Promise<void> => {
    showBefore(run, flags);
    if (run.planned.plan.steps.length > 0) await askToGoOn(flags);
  };
  const run = await watched(flags, (carrying) => runLocked(settings, wishOf(verb, flags), approve, carrying));
  const steps = run.planned.plan.steps.length;
  report(
    flags,
    { changed: steps > 0, ...(steps > 0 && { steps }), seconds: whole() },
    doneWords(verb, run, whole()),
  );
}

/** What a run that went well did, in a line. */
export function doneWords(verb: string, { planned }: PreparedRun, seconds: number): string {
  const steps = planned.plan.steps.length;
  return steps > 0
    ? `${verb}: ${count(steps, "step")} done in ${formatSeconds(seconds)}.`
    : `Nothing to do: the site is as configured (${formatSeconds(seconds)}).`;
}

/** What is going to be done; of a plan without steps only what is left alone. */
export function showBefore(run: PreparedRun, flags: Shown): void {
  const { plan } = run.planned;
  if (plan.steps.length === 0) {
    for (const line of leftAlone(plan)) announce(line, flags);
    return;
  }
  announce(formatPlan(plan), flags);
  if (flags.diff) printChanges(run, flags);
}

/** What decides how a plan is shown. */
type Shown = Pick<SiteFlags, "json" | "diff">;

function report(flags: SiteFlags, json: Record<string, unknown>, words: string): void {
  if (flags.json) printJson(json);
  else print(words);
}

/**
 * What is told before a run, and of what is absent: an operator looks there before the act, and a deploy of the same
 * site does not say it again.
 */
function onlyLooking(flags: SiteFlags): Tell {
  const tell = beforehand(flags);
  return (event) => {
    tell(event);
    if (event.event !== "loaded" || flags.json) return;
    for (const warning of absentWarnings(event.loaded)) printWarning(warning);
  };
}

/** --check and --list-tasks: the plan is what a run would do. */
function onlyLooks(flags: SiteFlags): boolean {
  return Boolean(flags.check || flags.listTasks);
}

async function printPlan(verb: string, flags: SiteFlags & { out?: string }): Promise<void> {
  const settings = await siteSettings(flags, verb);
  const run = await lookAhead(settings, wishOf(verb, flags), onlyLooking(flags));
  const { plan } = run.planned;
  if (flags.out) await savePlan(run, exactVersion(), flags.out);
  if (flags.json) printJson(plan);
  else print(formatPlan(plan).trimEnd());
  if (flags.diff) printChanges(run, flags);
  if (flags.out) announce(`Saved. To do exactly this: kolla apply ${flags.out}`, flags);
}

/** --diff: what changes in the files of a plan. */
function printChanges({ loaded, planned }: PreparedRun, flags: Shown): void {
  if (flags.json) return;
  const text = formatChanges(planned.changes, secretsIn(loaded.values, loaded.site.lookups));
  if (text) print(text.trimEnd());
  for (const words of planned.untold) note(words);
}

async function prechecks(flags: SiteFlags): Promise<void> {
  const { observed } = await checkedSite(await siteSettings(flags, "precheck"), onlyLooking(flags));
  report(flags, { ok: true }, `Prechecks passed on ${count(Object.keys(observed).length, "host")}.`);
}
