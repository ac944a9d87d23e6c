import type { Command } from "commander";
import { count, formatSeconds, stopwatch } from "#support";
import {
  formatChanges,
  generationsOf,
  lookBackward,
  type PreparedRollback,
  type RollbackWish,
  rollBackLocked,
} from "../../app/index.ts";
import { formatPlan } from "../../plan/index.ts";
import { askToGoOn, refuseToAskNobody } from "../ask.ts";
import { ASK, refuseUnheeded, type SiteFlags, siteSettings, withSiteOptions } from "../common-options.ts";
import { copyLines, lostLines } from "../copy-text.ts";
import { formatGenerations } from "../generations-text.ts";
import { note, print, printJson } from "../terminal.ts";
import { announce, watched } from "../watch.ts";

const ROLLBACK_HEEDS = ["check", "listTasks", "diff", "yes", "takeOver", "json"] as const;

type RollbackFlags = SiteFlags & { to?: string };

/** The verbs that show and use what hosts remember of their past. */
export function addRollback(program: Command): void {
  withSiteOptions(
    program
      .command("generations")
      .argument("[names...]", "sets or containers; none: the site")
      .description("list the runs and generations that hosts can return to"),
    ["json"],
  ).action(generations);
  withSiteOptions(
    program
      .command("rollback")
      .argument("[names...]", "sets or containers; none: the site")
      .description("bring back what was before the last run that changed it, from what the hosts keep"),
    ROLLBACK_HEEDS,
  )
    .option("--to <run>", "as after this run; of one container also the number of a generation")
    .option(...ASK)
    .action(rollback);
}

async function generations(names: string[], flags: SiteFlags): Promise<void> {
  refuseUnheeded(flags, "generations", ["check", "listTasks"]);
  const found = await generationsOf(await siteSettings(flags, "generations"), names);
  if (flags.json) printJson({ runs: found.runs, kept: found.kept, copies: found.copies });
  else print(formatGenerations(found));
}

async function rollback(names: string[], flags: RollbackFlags): Promise<void> {
  refuseUnheeded(flags, "rollback", ROLLBACK_HEEDS);
  const whole = stopwatch();
  const settings = await siteSettings(flags, "rollback");
  const wish: RollbackWish = { names, ...(flags.to !== undefined && { to: flags.to }) };
  if (flags.check || flags.listTasks) return look(await lookBackward(settings, wish), flags);
  refuseToAskNobody(flags);
  const approve = async (run: PreparedRollback): Promise<void> => {
    for (const line of copyLines(run.copies)) announce(line, flags);
    announce(planWords(run), flags);
    if (flags.diff) printChanges(run, flags);
    if (run.planned.plan.steps.length > 0) await askToGoOn(flags);
  };
  const run = await watched(flags, (carrying) => rollBackLocked(settings, wish, approve, carrying));
  const steps = run.planned.plan.steps.length;
  const seconds = whole();
  if (flags.json) printJson({ changed: steps > 0, ...(steps > 0 && { steps }), seconds, copies: run.copies });
  else if (steps > 0) print(`rollback: ${count(steps, "step")} done in ${formatSeconds(seconds)}.`);
}

function planWords({ planned: { plan } }: PreparedRollback): string {
  return plan.steps.length > 0 ? formatPlan(plan).trimEnd() : "Nothing to do: it is so already.";
}

function look(run: PreparedRollback, flags: RollbackFlags): void {
  for (const line of [...copyLines(run.copies), ...lostLines(run.lost)]) announce(line, flags);
  if (flags.json) printJson(run.planned.plan);
  else print(planWords(run));
  if (flags.diff) printChanges(run, flags);
}

/** What stands where a secret would prints as ***: of the past no list of secrets is kept. */
function printChanges({ planned }: PreparedRollback, flags: RollbackFlags): void {
  if (flags.json) return;
  const text = formatChanges(planned.changes, []);
  if (text) print(text.trimEnd());
  for (const words of planned.untold) note(words);
}
