import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import type { Options } from "#model";
import { count, KollaError, nearest } from "#support";
import { meaningOf, type OnSite, optionInWords, ownedOptions, valuesOnSite } from "../../app/index.ts";
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
  const all = ownedOptions(Boolean(flags.byRule));
  const wanted = owner?.replaceAll("_", "-");
  if (wanted !== undefined && !all.has(wanted)) throw unknownService(wanted, [...all.keys()]);
  const chosen = [...all].filter(([name]) => wanted === undefined || name === wanted);
  if (flags.json) printJson(Object.fromEntries(chosen));
  else print(chosen.map(([name, options]) => listOf(name, options)).join("\n"));
}

function listOf(owner: string, options: Options): string {
  const lines = Object.entries(options).map(
    ([name, option]) => `  ${optionInWords(name, option)}\n      ${option.doc}`,
  );
  return [`${owner}: ${count(lines.length, "option")}`, ...lines].join("\n");
}

function unknownService(name: string, known: readonly string[]): KollaError {
  const near = nearest(name, known);
  return new KollaError({
    code: "KOLLA_USAGE_SERVICE",
    message: `There is no service ${name}.`,
    hint: near ? `Did you mean ${near}?` : `Services: ${known.join(", ")}.`,
  });
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

/** The values on a site, where there is one: an inventory was named, or the operator's directory has a globals.yml. */
async function onSite(name: string, flags: SiteFlags): Promise<Partial<OnSite>> {
  const hasSite = (flags.inventory?.length ?? 0) > 0 || existsSync(join(flags.configdir, "globals.yml"));
  if (!hasSite) return {};
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
