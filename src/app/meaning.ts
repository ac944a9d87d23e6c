import { isOwnSecret, type Option, type Options, siteOptions } from "#model";
import { KollaError, nearest } from "#support";
import { services } from "../../services/index.generated.ts";
import { byRuleOptions, Judge, optionTable, type Verdict } from "../compile/index.ts";

/**
 * The options of one owner, "site" or a service (dashes or underscores), or of all where none is named.
 * Throws KOLLA_USAGE_SERVICE for a name that is none.
 */
export function optionsOf(owner: string | undefined, byRule: boolean): Map<string, Options> {
  const all = ownedOptions(byRule);
  if (owner === undefined) return all;
  const name = owner.replaceAll("_", "-");
  const own = all.get(name);
  if (own) return new Map([[name, own]]);
  const near = nearest(name, [...all.keys()]);
  throw new KollaError({
    code: "KOLLA_USAGE_SERVICE",
    message: `There is no service ${name}.`,
    hint: near ? `Did you mean ${near}?` : `Services: ${[...all.keys()].join(", ")}.`,
  });
}

/** Options by owner: the site's, then each service's. */
function ownedOptions(byRule: boolean): Map<string, Options> {
  return new Map<string, Options>([
    ["site", siteOptions],
    ...services.map((service): [string, Options] => [
      service.name,
      { ...(service.options as Options), ...(byRule && byRuleOptions(service)) },
    ]),
  ]);
}

/** What a name means wherever it is set. Throws KOLLA_USAGE_VARIABLE for one that nobody knows. */
export function meaningOf(name: string): string[] {
  const table = optionTable(services);
  const entry = table.get(name);
  if (entry) {
    const owner = entry.service ? `an option of ${entry.service.name}` : "an option of the site";
    return [`${name}: ${owner}`, entry.option.doc, optionInWords(name, entry.option).slice(name.length + 1)];
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

/** "keystone_public_port (port 1…65535), default: …" */
export function optionInWords(name: string, option: Option): string {
  const { min, max, choices } = option;
  const range = min === undefined && max === undefined ? "" : ` ${min ?? ""}…${max ?? ""}`;
  return `${name} (${choices ? choices.join(", ") : `${option.type}${range}`}), ${defaultOf(option)}`;
}

function defaultOf(option: Option): string {
  if (isOwnSecret(option)) return "set in passwords.yml";
  return option.default === undefined ? "must be set" : `default: ${JSON.stringify(option.default)}`;
}
