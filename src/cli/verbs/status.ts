import type { Command } from "commander";
import { KollaError, throwProblems } from "#support";
import { logsOf, type SiteStatus, statusOf, unwellOf } from "../../app/index.ts";
import { type SiteFlags, siteSettings, wholeNumber, withSiteOptions } from "../common-options.ts";
import { metricsText } from "../metrics.ts";
import { formatStatusTree } from "../status-text.ts";
import { note, print, printJson } from "../terminal.ts";

/** The verbs that look and change nothing. */
export function addStatusVerbs(program: Command): void {
  withSiteOptions(
    program
      .command("status")
      .argument("[sets...]")
      .description("the tree of sets: state, generation, release, age, and what each service says of itself"),
    ["tags", "json"],
  )
    .option("--prometheus", "as metrics in Prometheus' text format, for a collector of text files")
    .action(status);
  withSiteOptions(
    program
      .command("check")
      .argument("[sets...]")
      .description("as status, but only what is not well; exit code 1 when something is not"),
    ["tags", "json"],
  ).action(check);
  withSiteOptions(
    program
      .command("logs")
      .argument("<container>")
      .description("a container's last log lines, on every host that has it"),
    [],
  )
    .option("-n, --lines <number>", "how many", wholeNumber, 50)
    .action(logs);
}

async function look(sets: string[], flags: SiteFlags): Promise<SiteStatus> {
  const named = [...sets, ...(flags.tags?.split(",") ?? [])];
  return statusOf(await siteSettings(flags, "check"), named);
}

async function status(sets: string[], flags: SiteFlags & { prometheus?: boolean }): Promise<void> {
  const { tree, unreachable } = await look(sets, flags);
  for (const [host, reason] of Object.entries(unreachable)) note(`${host} cannot be looked at: ${reason}`);
  if (flags.prometheus) print((await metricsText(tree)).trimEnd());
  else if (flags.json) printJson(tree);
  else print(formatStatusTree(tree));
}

async function check(sets: string[], flags: SiteFlags): Promise<void> {
  const problems = unwellOf(await look(sets, flags));
  if (flags.json) printJson({ ok: problems.length === 0, problems });
  throwProblems(
    "KOLLA_CHECK_UNWELL",
    problems.map(
      ({ host, what, words }) =>
        new KollaError({ code: "KOLLA_CHECK_UNWELL", message: `${what} ${words}`, where: { host } }),
    ),
  );
  if (!flags.json) print("All sets are well.");
}

async function logs(container: string, flags: SiteFlags & { lines: number }): Promise<void> {
  const lines = await logsOf(await siteSettings(flags, "logs"), container, flags.lines);
  const isOneHost = Object.keys(lines).length === 1;
  for (const [host, own] of Object.entries(lines))
    for (const line of own) print(isOneHost ? line : `${host}  ${line}`);
}
