import type { Command } from "commander";
import type { Desired } from "#model";
import { KollaError, nearest, throwProblems } from "#support";
import { runAgentVerb } from "../../ansible/index.ts";
import { type SiteFlags, wholeNumber, withSiteOptions } from "../common-options.ts";
import { metricsText } from "../metrics.ts";
import { type LoadedSite, loadSite } from "../site-run.ts";
import {
  buildStatusTree,
  formatStatusTree,
  type ProbeResult,
  probesByHost,
  unwellIn,
} from "../status-tree.ts";
import { note, print, printJson } from "../terminal.ts";

/** The verbs that look and change nothing. */
export function addStatusVerbs(program: Command): void {
  withSiteOptions(
    program
      .command("status")
      .argument("[sets...]")
      .description("the tree of sets: state, generation, release, age, and what each service says of itself"),
  )
    .option("--prometheus", "as metrics in Prometheus' text format, for a collector of text files")
    .action(status);
  withSiteOptions(
    program
      .command("check")
      .argument("[sets...]")
      .description("as status, but only what is not well; exit code 1 when something is not"),
  ).action(check);
  withSiteOptions(
    program
      .command("logs")
      .argument("<container>")
      .description("a container's last log lines, on every host that has it"),
  )
    .option("-n, --lines <number>", "how many", wholeNumber, 50)
    .action(logs);
}

async function look(sets: string[], flags: SiteFlags) {
  const loaded = await loadSite(flags, "check");
  const { observed, unreachable } = loaded;
  const desired = chosenHosts(loaded);
  const probes = await askProbes(loaded, desired);
  return { tree: buildStatusTree(desired, observed, probes, sets), unreachable };
}

/** Hosts that --limit leaves out were not looked at. */
function chosenHosts({ desired, observed, unreachable }: LoadedSite): Desired {
  return { ...desired, hosts: desired.hosts.filter(({ host }) => observed[host] || unreachable[host]) };
}

async function askProbes({ settings, observed }: LoadedSite, desired: Desired): Promise<ProbeResult[]> {
  const inputs = probesByHost(desired, Object.keys(observed));
  const answers = await runAgentVerb(settings, "status", inputs, () => undefined);
  return Object.entries(answers).flatMap(([host, answer]) =>
    "answer" in answer
      ? (answer.answer as ProbeResult[])
      : [{ set: ["probes"], ok: false, words: `${host}: ${answer.unreachable}` }],
  );
}

async function status(sets: string[], flags: SiteFlags & { prometheus?: boolean }): Promise<void> {
  const { tree, unreachable } = await look(sets, flags);
  for (const [host, reason] of Object.entries(unreachable)) note(`${host} cannot be looked at: ${reason}`);
  if (flags.prometheus) print((await metricsText(tree)).trimEnd());
  else if (flags.json) printJson(tree);
  else print(formatStatusTree(tree));
}

async function check(sets: string[], flags: SiteFlags): Promise<void> {
  const { tree, unreachable } = await look(sets, flags);
  const away = Object.entries(unreachable).map(([host, reason]) => ({
    host,
    what: "cannot be looked at:",
    words: reason,
  }));
  const problems = [...away, ...unwellIn(tree)];
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
  const loaded = await loadSite(flags, "logs");
  const having = Object.values(loaded.observed).filter((host) =>
    host.containers.some((each) => each.name === container),
  );
  if (having.length === 0) throw unknownContainer(container, loaded);
  const inputs = Object.fromEntries(having.map(({ host }) => [host, { container, lines: flags.lines }]));
  const answers = await runAgentVerb(loaded.settings, "logs", inputs, () => undefined);
  for (const [host, answer] of Object.entries(answers)) {
    const lines = "answer" in answer ? (answer.answer as string[]) : [answer.unreachable];
    for (const line of lines) print(having.length > 1 ? `${host}  ${line}` : line);
  }
}

function unknownContainer(container: string, loaded: LoadedSite): KollaError {
  const names = Object.values(loaded.observed).flatMap((host) => host.containers.map((each) => each.name));
  const meant = nearest(container, names);
  return new KollaError({
    code: "KOLLA_USAGE_CONTAINER",
    message: `No host has a container ${container}.`,
    ...(meant && { hint: `kolla logs ${meant}` }),
  });
}
