import { type AnyService, type ResolvedSite, siteMoot, siteRefuses } from "#model";
import { editDistance, KollaError, nearest } from "#support";
import { type Asking, askingOf, isOn, neutralValues } from "./asked.ts";
import { isKnownVariable, knownVariables } from "./known-variables.ts";
import { otherDefaults, otherServiceOf, otherSwitches } from "./other-services.ts";
import { optionTable, type TableEntry } from "./rule-options.ts";

/** Names that Ansible itself or our own carrier gives meaning to. */
const ANSIBLE_NAME = /^(ansible_|kolla_action|inventory_|playbook_dir$|CONFIG_DIR$|omit$)/;

export interface NameFindings {
  problems: KollaError[];
  warnings: KollaError[];
}

type Table = ReadonlyMap<string, TableEntry>;

/**
 * Judges the operator's variables that no option answers to: misspelt names, and what Kolla-Ansible has and we lack.
 * A variable that the operator's own templates or variables mention is the operator's own.
 */
export function checkNames(table: Table, site: ResolvedSite, names: readonly string[]): NameFindings {
  const findings: NameFindings = { problems: [], warnings: [] };
  const mentioned = mentionedNames(site);
  const known = [...table.keys(), ...knownVariables, ...otherSwitches(table)];
  const judged = judgedNames(table);
  for (const name of [...names].sort()) {
    if (table.has(name) || ANSIBLE_NAME.test(name) || isStoredSecret(name, site)) continue;
    const own = judged.get(name);
    if (own) noteJudged(name, own, site, findings);
    else if (otherServiceOf(name, table)) noteOtherService(name, table, site, findings);
    else if (isKnownVariable(name)) noteKnown(name, site, findings);
    else if (isChecked(name, site) && !mentioned.has(name)) noteUnknown(name, site, known, findings);
  }
  return findings;
}

interface Judged {
  reason: string;
  refused: boolean;
}

/** What the site and its services say of variables that they do not honour. */
function judgedNames(table: Table): Map<string, Judged> {
  const services = new Set([...table.values()].flatMap(({ service }) => service ?? []));
  const all = [
    { refuses: siteRefuses, moot: siteMoot },
    ...[...services].map(({ refuses = {}, moot = {} }) => ({ refuses, moot })),
  ];
  const judged = (reasons: Readonly<Record<string, string>>, refused: boolean): [string, Judged][] =>
    Object.entries(reasons).map(([name, reason]) => [name, { reason, refused }]);
  return new Map(all.flatMap(({ refuses, moot }) => [...judged(refuses, true), ...judged(moot, false)]));
}

function noteJudged(
  name: string,
  { reason, refused }: Judged,
  site: ResolvedSite,
  findings: NameFindings,
): void {
  const asks = valuesOf(name, site).some((value) => askingOf(name, value) !== "nothing");
  if (!asks) return;
  const code = refused ? "KOLLA_OPTION_UNSUPPORTED" : "KOLLA_WARN_OPTION_UNSUPPORTED";
  const message = `${name} ${refused ? "is not supported here yet" : "has no effect here"}: ${reason}`;
  const where = { ...site.places[name], key: name };
  const problem = new KollaError({ code, message, where, hint: `Remove ${name}.` });
  (refused ? findings.problems : findings.warnings).push(problem);
}

/**
 * Globals and -e carry Kolla's variables. Inventories carry operators' own too, and passwords.yml outlives releases:
 * a secret that is misspelt there is reported as the one that is missing.
 */
function isChecked(name: string, site: ResolvedSite): boolean {
  const file = site.places[name]?.file ?? "";
  return file === "-e" || /(^|\/)(globals\.ya?ml|globals\.d\/[^/]+)$/.test(file);
}

/** A passwords file holds the secrets of all services that Kolla-Ansible has, wanted or not. */
function isStoredSecret(name: string, site: ResolvedSite): boolean {
  const stored = /passwords[^/]*\.ya?ml$/.test(site.places[name]?.file ?? "");
  return stored || (isKnownVariable(name) && /_(password|key|cookie|token|uuid|secret|salt)$/.test(name));
}

function mentionedNames(site: ResolvedSite): Set<string> {
  const found = new Set(site.references ?? []);
  for (const { text } of Object.values(site.overrides)) {
    for (const [block] of text.matchAll(/\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g)) {
      for (const [word] of block.matchAll(/[A-Za-z_]\w*/g)) found.add(word);
    }
  }
  return found;
}

/**
 * A name that is nearly a real one is a slip, and so is a switch that is on for nothing, or an install type of nothing.
 * Any other may serve the operator elsewhere, so it is only told.
 */
function noteUnknown(
  name: string,
  site: ResolvedSite,
  known: readonly string[],
  findings: NameFindings,
): void {
  const like = nearest(name, known);
  const near = like !== undefined && editDistance(name, like) <= Math.max(2, Math.floor(name.length / 6));
  const isInstallType = name.endsWith(INSTALL_TYPE);
  const fatal = near || isInstallType || (name.startsWith("enable_") && isOnSomewhere(name, site));
  const problem = new KollaError({
    code: fatal ? "KOLLA_OPTION_UNKNOWN" : "KOLLA_WARN_OPTION_UNKNOWN",
    message: `${name} is not an option of any service`,
    where: { ...site.places[name], key: name },
    hint: isInstallType && !near ? installTypesHint(known) : unknownHint(like),
  });
  (fatal ? findings.problems : findings.warnings).push(problem);
}

function unknownHint(like: string | undefined): string {
  if (like) return `Did you mean ${like}?`;
  return "doc/reference/options lists all of them; remove it if nothing needs it.";
}

/** End of the names of options that choose between packages and sources. */
const INSTALL_TYPE = "_install_type";

function installTypesHint(known: readonly string[]): string {
  const options = known.filter((name) => name.endsWith(INSTALL_TYPE));
  return `Remove it. Options of this kind: ${options.join(", ")}.`;
}

function valuesOf(name: string, site: ResolvedSite): unknown[] {
  return site.hosts.flatMap(({ variables }) => (Object.hasOwn(variables, name) ? [variables[name]] : []));
}

function isOnSomewhere(name: string, site: ResolvedSite): boolean {
  return valuesOf(name, site).some(isOn);
}

/** Settings of a service that is not here matter only when that service is asked for; then its switch is refused. */
function noteOtherService(name: string, table: Table, site: ResolvedSite, findings: NameFindings): void {
  if (!otherSwitches(table).includes(name) || !isOnSomewhere(name, site)) return;
  findings.problems.push(unsupported(name, site, `Set ${name}: no, or remove it.`));
}

/** Variables of the site and of services that are here: refused when the cloud would lack what was asked for. */
function noteKnown(name: string, site: ResolvedSite, findings: NameFindings): void {
  const asked = valuesOf(name, site).map((value) => askingOf(name, value));
  const refused = asked.find((asking): asking is Exclude<Asking, string> => typeof asking === "object");
  if (refused) {
    findings.problems.push(unsupported(name, site, `Set ${name}: ${refused.onlyWith}, or remove it.`));
  } else if (asked.includes("no-effect") && !name.startsWith("enable_")) {
    findings.warnings.push(
      new KollaError({
        code: "KOLLA_WARN_OPTION_UNSUPPORTED",
        message: `${name} is known to Kolla-Ansible, not supported here yet: it has no effect`,
        where: { ...site.places[name], key: name },
        hint: `Remove ${name} if you can do without it.`,
      }),
    );
  }
}

function unsupported(name: string, site: ResolvedSite, hint: string): KollaError {
  return new KollaError({
    code: "KOLLA_OPTION_UNSUPPORTED",
    message: `${name} is known to Kolla-Ansible, not supported here yet`,
    where: { ...site.places[name], key: name },
    hint,
  });
}

/** What Kolla-Ansible would deploy by default, is not here, and was not switched off: one warning, or none. */
export function absentByDefault(services: readonly AnyService[], site: ResolvedSite): KollaError[] {
  const silent = otherDefaults(optionTable(services)).filter((service) => {
    const name = `enable_${service}`;
    return site.places[name] === undefined && valuesOf(name, site).length === 0;
  });
  if (silent.length === 0) return [];
  const lines = silent.map((service) => `enable_${service}: no`);
  return [
    new KollaError({
      code: "KOLLA_WARN_SERVICE_ABSENT",
      message: `Kolla-Ansible deploys ${listed(silent)} by default; this version does not have ${silent.length > 1 ? "them" : "it"} yet`,
      hint: `Nothing need be done. To hear no more of it, put into globals.yml: ${lines.join(", ")}.`,
    }),
  ];
}

/** Kolla-Ansible's variables that operators' templates may name and that are no options here, with what they are then. */
export function otherDefaultValues(services: readonly AnyService[]): Record<string, unknown> {
  const table = optionTable(services);
  const switches = otherSwitches(table).map((name) => [name, false] as const);
  const all = { ...Object.fromEntries(switches), ...neutralValues(), ...PLACES };
  return Object.fromEntries(Object.entries(all).filter(([name]) => !table.has(name)));
}

/** Directories that operators name in their own values. */
const PLACES = {
  kolla_certificates_dir: "{{ node_config }}/certificates",
  docker_volumes_path: "{{ docker_runtime_directory or '/var/lib/docker' }}/volumes",
  container_config_directory: "/var/lib/kolla/config_files",
};

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
