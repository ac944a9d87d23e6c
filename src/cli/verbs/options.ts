import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { isOwnSecret, type Option, type Options, siteOptions } from "#model";
import { count, KollaError, nearest } from "#support";
import { services } from "../../../services/index.generated.ts";
import { type OnSite, valuesOnSite } from "../../app/index.ts";
import { byRuleOptions, Judge, optionTable, type Verdict } from "../../compile/index.ts";
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
  ).action(explain);
}

/** Options by owner: the site's, then each service's. */
export function ownedOptions(byRule: boolean): Map<string, Options> {
  return new Map<string, Options>([
    ["site", siteOptions],
    ...services.map((service): [string, Options] => [
      service.name,
      { ...(service.options as Options), ...(byRule && byRuleOptions(service)) },
    ]),
  ]);
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
    ([name, option]) => `  ${headOf(name, option)}\n      ${option.doc}`,
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

/** "keystone_public_port (port 1…65535), default: …" */
function headOf(name: string, option: Option): string {
  const { min, max, choices } = option;
  const range = min === undefined && max === undefined ? "" : ` ${min ?? ""}…${max ?? ""}`;
  return `${name} (${choices ? choices.join(", ") : `${option.type}${range}`}), ${defaultOf(option)}`;
}

function defaultOf(option: Option): string {
  if (isOwnSecret(option)) return "set in passwords.yml";
  return option.default === undefined ? "must be set" : `default: ${JSON.stringify(option.default)}`;
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

/** What a name means wherever it is set. Throws KOLLA_USAGE_VARIABLE for one that nobody knows. */
export function meaningOf(name: string): string[] {
  const table = optionTable(services);
  const entry = table.get(name);
  if (entry) {
    const owner = entry.service ? `an option of ${entry.service.name}` : "an option of the site";
    return [`${name}: ${owner}`, entry.option.doc, headOf(name, entry.option).slice(name.length + 1)];
  }
  const judge = new Judge(table);
  const verdict = judge.verdict(name);
  if (verdict) return [`${name}: a variable of Kolla-Ansible's`, verdictWords(verdict)];
  const near = nearest(name, judge.names);
  throw new KollaError({
    code: "KOLLA_USAGE_VARIABLE",
    message: `${name} is no option of Kolla's and no variable of Kolla-Ansible's.`,
    hint: near ? `Did you mean ${near}?` : "kolla options lists what there is.",
  });
}

function verdictWords(verdict: Verdict): string {
  switch (verdict.kind) {
    case "honoured":
      return "It means here what it means there.";
    case "refused":
      return `Not supported here yet: ${verdict.reason}. Kolla-Ansible's own default passes, another value is refused.`;
    case "moot":
      return `It has no effect here: ${verdict.reason}.`;
    case "internal":
      return "Kolla-Ansible computes it from others; nobody is to set it.";
    case "other":
      return `It belongs to ${verdict.owner}, which is not here${verdict.isSwitch ? ": on is refused, off asks for nothing" : ""}.`;
    case "unjudged":
      return "Not supported here yet: a switch that is turned on is refused, any other value has no effect.";
    case "gone":
      return `No release of Kolla-Ansible after ${verdict.until} reads it.`;
    case "secret":
      return "A secret of a service that is not here; passwords.yml may hold it.";
  }
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
