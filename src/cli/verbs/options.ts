import type { Command } from "commander";
import type { Options } from "#model";
import { count } from "#support";
import { hasSite, meaningOf, type OnSite, optionInWords, optionsOf, valuesOnSite } from "../../app/index.ts";
import { type SiteFlags, siteSettings, withSiteOptions } from "../common-options.ts";
import { print, printJson } from "../terminal.ts";

/** Verbs that tell what can be set, and what is. */
export function addOptionVerbs(program: Command): void {
  program
    .command("options")
    .argument("[service]", "only of this service, or of the site")
    .description("what an operator may set, with defaults and words")
    .option("--by-rule", "also what every service and container has by rule: images, tags, health checks …")
    .option("--json", "one JSON document")
    .action(listOptions);
  withSiteOptions(
    program
      .command("explain")
      .argument("<name>", "a variable of globals.yml")
      .description("what a variable means, its value on each host, and where that came from"),
    ["json"],
  ).action(explain);
}

function listOptions(owner: string | undefined, flags: { byRule?: boolean; json?: boolean }): void {
  const chosen = [...optionsOf(owner, Boolean(flags.byRule))];
  if (flags.json) printJson(Object.fromEntries(chosen));
  else print(chosen.map(([name, options]) => listOf(name, options)).join("\n"));
}

function listOf(owner: string, options: Options): string {
  const lines = Object.entries(options).map(
    ([name, option]) => `  ${optionInWords(name, option)}\n      ${option.doc}`,
  );
  return [`${owner}: ${count(lines.length, "option")}`, ...lines].join("\n");
}

interface Explanation extends OnSite {
  name: string;
  /** What is known of the name without any site. */
  words: string[];
}

async function explain(name: string, flags: SiteFlags): Promise<void> {
  const words = meaningOf(name);
  const found: Explanation = { name, words, values: [], ...(await onSite(name, flags)) };
  if (flags.json) printJson(found);
  else print(told(found).join("\n"));
}

/** The values on a site, where there is one. */
async function onSite(name: string, flags: SiteFlags): Promise<Partial<OnSite>> {
  if (!hasSite({ inventory: flags.inventory ?? [], configDirectory: flags.configdir })) return {};
  return valuesOnSite(await siteSettings(flags, "explain"), name);
}

const SHOWN_HOSTS = 3;

function told({ words, where, values }: Explanation): string[] {
  const [head = "", ...rest] = words;
  const lines = values.map(({ value, hosts }) => `value: ${JSON.stringify(value)} on ${hostWords(hosts)}`);
  const origin = where ? `set at ${where}` : "not set: its default holds";
  return [head, ...[...rest, ...(lines.length > 0 ? [origin, ...lines] : [])].map((line) => `  ${line}`)];
}

function hostWords(hosts: readonly string[]): string {
  if (hosts.length <= SHOWN_HOSTS) return hosts.join(", ");
  return `${hosts.slice(0, SHOWN_HOSTS).join(", ")} and ${count(hosts.length - SHOWN_HOSTS, "more host")}`;
}
