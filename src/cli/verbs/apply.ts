import type { Command } from "commander";
import { count, formatSeconds, KollaError, stopwatch } from "#support";
import { applyLocked, prepareSaved, type SavedRun } from "../../app/index.ts";
import { formatPlan } from "../../plan/index.ts";
import { askToGoOn, refuseToAskNobody } from "../ask.ts";
import { ASK, type SiteFlags, siteSettings, withSiteOptions } from "../common-options.ts";
import { print, printJson } from "../terminal.ts";
import { exactVersion } from "../version.ts";
import { announce, beforehand, watched } from "../watch.ts";

const APPLY_HEEDS = ["check", "listTasks", "yes", "takeOver", "json"] as const;

/** The verb that does what `plan --out` saved. */
export function addApply(program: Command): void {
  withSiteOptions(
    program
      .command("apply")
      .argument("<file>", "what kolla plan --out saved")
      .description("do exactly what a saved plan says, if its hosts are still as it saw them"),
    APPLY_HEEDS,
  )
    .option(...ASK)
    .action(apply);
}

async function apply(file: string, flags: SiteFlags): Promise<void> {
  refuseChoice(flags);
  refuseToAskNobody(flags);
  const whole = stopwatch();
  const settings = await siteSettings(flags, "apply");
  const isLook = Boolean(flags.check || flags.listTasks);
  const report = await (isLook ? look(settings, file, flags) : act(settings, file, flags));
  if (flags.json) printJson({ ...report, seconds: whole() });
  else print(wordsOf(report, whole()));
}

type Settings = Awaited<ReturnType<typeof siteSettings>>;

async function look(settings: Settings, file: string, flags: SiteFlags): Promise<Report> {
  const { takeOver } = flags;
  const run = await prepareSaved(settings, exactVersion(), file, { tell: beforehand(flags), takeOver });
  show(run, flags);
  return { changed: false, steps: run.saved.plan.steps.length, mayBeApplied: true };
}

async function act(settings: Settings, file: string, flags: SiteFlags): Promise<Report> {
  const approve = async (run: SavedRun): Promise<void> => {
    show(run, flags);
    if (run.saved.plan.steps.length > 0) await askToGoOn(flags);
  };
  const { saved } = await watched(flags, (carrying) =>
    applyLocked(settings, exactVersion(), file, approve, carrying),
  );
  const steps = saved.plan.steps.length;
  return { changed: steps > 0, steps };
}

function show({ saved }: SavedRun, flags: SiteFlags): void {
  announce(formatPlan(saved.plan).trimEnd(), flags);
}

interface Report {
  changed: boolean;
  steps: number;
  mayBeApplied?: true;
}

function wordsOf({ changed, steps, mayBeApplied }: Report, seconds: number): string {
  if (mayBeApplied) return "The hosts are as the plan saw them: it may be applied.";
  if (!changed) return `Nothing to do: the plan has no steps (${formatSeconds(seconds)}).`;
  return `apply: ${count(steps, "step")} done in ${formatSeconds(seconds)}.`;
}

/** A saved plan is done as a whole: what chooses among its steps belongs to the command that plans. */
function refuseChoice({ limit, tags, skipTags, diff }: SiteFlags): void {
  const given = Object.entries({ "--limit": limit, "--tags": tags, "--skip-tags": skipTags, "--diff": diff });
  const names = given.flatMap(([name, value]) => (value ? [name] : []));
  if (names.length === 0) return;
  throw new KollaError({
    code: "KOLLA_USAGE_APPLY",
    message: `A saved plan is applied as it is: ${names.join(", ")} cannot be given with it.`,
    hint: `Give ${names.length > 1 ? "them" : "it"} to the command that plans: kolla plan ${names.join(" ")} … --out FILE.`,
  });
}
