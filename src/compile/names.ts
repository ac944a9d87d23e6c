import type { AnyService, ResolvedSite } from "#model";
import { editDistance, KollaError, nearest } from "#support";
import { isOn, isSame } from "./asked.ts";
import { Evaluation } from "./evaluation.ts";
import { NoValue } from "./failure.ts";
import { Judge, type Verdict } from "./judge.ts";
import { ownersOf } from "./other-services.ts";
import { optionTable } from "./rule-options.ts";

/** Names that Ansible itself or our own carrier gives meaning to. */
const ANSIBLE_NAME = /^(ansible_|kolla_action|inventory_|playbook_dir$|CONFIG_DIR$|omit$)/;

export interface NameFindings {
  problems: KollaError[];
  warnings: KollaError[];
}

/** What findings are made of: how values come about, and what their names mean. */
interface Reading {
  evaluation: Evaluation;
  site: ResolvedSite;
  judge: Judge;
  /** Names that the operator's own templates or variables mention: those of his own are among them. */
  mentioned: ReadonlySet<string>;
}

/**
 * Judges the operator's variables that no option answers to: misspelt names, and what Kolla-Ansible has and we lack.
 * A value that equals Kolla-Ansible's own asks for nothing.
 */
export function checkNames(evaluation: Evaluation, names: readonly string[]): NameFindings {
  const { site, table } = evaluation;
  const reading = { evaluation, site, judge: new Judge(table), mentioned: mentionedNames(site) };
  const found = [...names]
    .sort()
    .filter((name) => !table.has(name) && !ANSIBLE_NAME.test(name) && !isStored(name, site))
    .flatMap((name) => finding(name, reading) ?? []);
  const isWarning = ({ code }: KollaError): boolean => code.startsWith("KOLLA_WARN_");
  return { problems: found.filter((one) => !isWarning(one)), warnings: found.filter(isWarning) };
}

function finding(name: string, reading: Reading): KollaError | undefined {
  const { site, mentioned, judge } = reading;
  const verdict = judge.verdict(name);
  const isOthers = !isChecked(name, site) || mentioned.has(name);
  if (!verdict) return isOthers ? undefined : unknown(name, reading);
  switch (verdict.kind) {
    case "honoured":
    case "secret":
      return undefined;
    case "other":
      return verdict.isSwitch && isOnSomewhere(name, site) ? absentService(name, verdict, site) : undefined;
    case "gone":
      return isOthers ? undefined : gone(name, verdict.until, site);
    default:
      return isAnybodys(name, verdict, site) || !asks(name, reading)
        ? undefined
        : judged(name, verdict, reading);
  }
}

/** In an inventory, a name that begins with no service's may be anybody's (`modules`, `root_dir`). */
function isAnybodys(name: string, { kind, owner }: Verdict, site: ResolvedSite): boolean {
  return (kind === "internal" || kind === "unjudged") && owner === undefined && !isChecked(name, site);
}

/** Whether a value differs from Kolla-Ansible's own, where one is known. */
function asks(name: string, { evaluation, site }: Reading): boolean {
  return site.hosts.some(({ name: host, variables }) => {
    if (!Object.hasOwn(variables, name)) return false;
    const usual = released(name, host, evaluation);
    return usual === undefined ? isAsking(variables[name]) : !isSame(variables[name], usual);
  });
}

/** Where Kolla-Ansible has no default, what is empty or off asks for nothing. */
function isAsking(value: unknown): boolean {
  return !isSame(value, false) && !isSame(value, "") && !isSame(value, []) && !isSame(value, {});
}

function released(name: string, host: string, evaluation: Evaluation): unknown {
  try {
    return evaluation.released(name, host);
  } catch (error) {
    if (error instanceof NoValue) return undefined;
    throw error;
  }
}

function judged(name: string, verdict: Verdict, reading: Reading): KollaError {
  const { site } = reading;
  switch (verdict.kind) {
    case "refused":
      return refusal(name, `${name} is not supported here yet: ${clause(verdict.reason)}`, reading);
    case "moot":
      return remark(name, `${name} has no effect here: ${clause(verdict.reason)}`, site);
    case "internal":
      return remark(
        name,
        `${name} is what Kolla-Ansible makes of other variables; setting it has no effect here`,
        site,
      );
    default:
      return isSwitchedOn(name, reading)
        ? refusal(name, `${name} is known to Kolla-Ansible, not supported here yet`, reading)
        : remark(name, `${name} is known to Kolla-Ansible, not supported here yet: it has no effect`, site);
  }
}

/** A sentence as the end of another. */
function clause(reason: string): string {
  return reason.replace(/\.$/, "");
}

/** A switch that is off unless someone turns it on, and that someone did. */
function isSwitchedOn(name: string, { evaluation, site }: Reading): boolean {
  const [first] = site.hosts;
  return (
    first !== undefined && isSame(released(name, first.name, evaluation), false) && isOnSomewhere(name, site)
  );
}

function refusal(name: string, message: string, { evaluation, site }: Reading): KollaError {
  const usual = released(name, site.hosts[0]?.name ?? "", evaluation);
  const neutral = usual === undefined ? "" : `Set ${name}: ${shownValue(usual)}, or remove`;
  return new KollaError({
    code: "KOLLA_OPTION_UNSUPPORTED",
    message,
    where: { ...site.places[name], key: name },
    hint: `${neutral || "Remove"} ${neutral ? "it" : name}.`,
  });
}

function shownValue(value: unknown): string {
  return isSame(value, false) ? "no" : isSame(value, true) ? "yes" : JSON.stringify(value);
}

function remark(name: string, message: string, site: ResolvedSite): KollaError {
  return new KollaError({
    code: "KOLLA_WARN_OPTION_UNSUPPORTED",
    message,
    where: { ...site.places[name], key: name },
    hint: `Remove ${name} if you can do without it.`,
  });
}

/** Settings of a service that is not here matter only when that service is asked for; then its switch is refused. */
function absentService(name: string, { owner }: Verdict, site: ResolvedSite): KollaError {
  return new KollaError({
    code: "KOLLA_OPTION_UNSUPPORTED",
    message: `${name} is known to Kolla-Ansible, not supported here yet: ${owner} is not here`,
    where: { ...site.places[name], key: name },
    hint: `Set ${name}: no, or remove it.`,
  });
}

function gone(name: string, until: number, site: ResolvedSite): KollaError {
  return new KollaError({
    code: "KOLLA_WARN_OPTION_GONE",
    message: `${name} is read by no release of Kolla-Ansible after ${until}: it has no effect, there or here`,
    where: { ...site.places[name], key: name },
    hint: `Remove ${name}.`,
  });
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
function isStored(name: string, site: ResolvedSite): boolean {
  return /passwords[^/]*\.ya?ml$/.test(site.places[name]?.file ?? "");
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

/** End of the names of options that choose between packages and sources. */
const INSTALL_TYPE = "_install_type";

/**
 * A name that is nearly a real one is a slip, and so is a switch that is on for nothing, or an install type of nothing.
 * Any other may serve the operator elsewhere, so it is only told; so is what is off, which asks for nothing.
 */
function unknown(name: string, { evaluation, judge, site }: Reading): KollaError {
  const like = nearName(name, judge.names);
  const isInstallType = name.endsWith(INSTALL_TYPE);
  const isSwitch = name.startsWith("enable_");
  // Off is something to ask for where it is a switch of ours that is misspelt.
  const isOurs = like !== undefined && evaluation.table.has(like);
  const fatal = isSwitch ? isOnSomewhere(name, site) || isOurs : like !== undefined || isInstallType;
  return new KollaError({
    code: fatal ? "KOLLA_OPTION_UNKNOWN" : "KOLLA_WARN_OPTION_UNKNOWN",
    message: `${name} is not an option of any service`,
    where: { ...site.places[name], key: name },
    hint: unknownHint(like, isInstallType ? judge.names : []),
  });
}

/** The name that was probably meant: in a short one a single letter may be wrong. */
export function nearName(name: string, known: readonly string[]): string | undefined {
  const bare = name.replace(/^enable_/, "");
  const limit = bare.length < 8 ? 1 : Math.max(2, Math.floor(bare.length / 6));
  const like = nearest(name, known);
  return like !== undefined && editDistance(name, like) <= limit ? like : undefined;
}

function unknownHint(like: string | undefined, installTypes: readonly string[]): string {
  if (like) return `Did you mean ${like}?`;
  const options = installTypes.filter((name) => name.endsWith(INSTALL_TYPE));
  return options.length > 0
    ? `Remove it. Options of this kind: ${options.join(", ")}.`
    : "doc/reference/options lists all of them; remove it if nothing needs it.";
}

function isOnSomewhere(name: string, site: ResolvedSite): boolean {
  return site.hosts.some(({ variables }) => Object.hasOwn(variables, name) && isOn(variables[name]));
}

/** What Kolla-Ansible would deploy by default, is not here, and was not switched off: one warning, or none. */
export function absentByDefault(services: readonly AnyService[], site: ResolvedSite): KollaError[] {
  const table = optionTable(services);
  const evaluation = new Evaluation(table, site);
  const first = site.hosts[0]?.name;
  if (first === undefined) return [];
  const isSet = (name: string): boolean =>
    site.places[name] !== undefined || site.hosts.some(({ variables }) => Object.hasOwn(variables, name));
  const silent = [...ownersOf(table).switches]
    .filter((name) => !isSet(name) && isOn(evaluation.thereByDefault(name, first)))
    .sort();
  if (silent.length === 0) return [];
  const absent = silent.map((name) => name.replace(/^enable_/, ""));
  return [
    new KollaError({
      code: "KOLLA_WARN_SERVICE_ABSENT",
      message: `Kolla-Ansible deploys ${listed(absent)} by default; this version does not have ${silent.length > 1 ? "them" : "it"} yet`,
      hint: `Nothing need be done. To hear no more of it, put into globals.yml: ${silent.map((name) => `${name}: no`).join(", ")}.`,
    }),
  ];
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
