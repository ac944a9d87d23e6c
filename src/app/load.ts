import type { Desired, ObservedHost, Phase, ResolvedSite } from "#model";
import {
  foldProblems,
  invariant,
  KollaError,
  KollaErrors,
  nearest,
  sortedProblems,
  stopwatch,
  throwProblems,
} from "#support";
import { services } from "../../services/index.generated.ts";
import { type AnsibleSettings, askLookups, foldUnresolved, type Resolution } from "../ansible/index.ts";
import { compile, type FactsByHost, optionTable, siteWarnings } from "../compile/index.ts";
import { precheckProblems } from "./prechecks.ts";
import { resolveAndObserve } from "./resolve.ts";

/** A site as a run begins with it. */
export interface LoadedSite {
  settings: AnsibleSettings;
  site: ResolvedSite;
  desired: Desired;
  /** What the hosts should have while services are in a phase that they pass. Throws what is wrong with it, together. */
  passing: (phase: Phase) => Desired;
  observed: Readonly<Record<string, ObservedHost>>;
  /** Host → why it cannot be looked at. */
  unreachable: Readonly<Record<string, string>>;
  /** Those of them that did not answer at all. */
  silent: readonly string[];
  values: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  warnings: readonly KollaError[];
  /** Seconds of Ansible's tasks are Ansible's, by task. */
  seconds: { resolve: number; compile: number; ansible: Readonly<Record<string, number>> };
}

/**
 * Resolves the operator's variables, observes the hosts and compiles what they should have.
 * Throws all configuration problems together, and with them what keeps the hosts from a run; nothing on a host has
 * changed by then.
 */
export async function loadSite(settings: AnsibleSettings): Promise<LoadedSite> {
  const resolving = stopwatch();
  const resolved = await resolveAndObserve(settings);
  if (Object.keys(resolved.observed).length === 0) throw nobodyChosen(settings.limit ?? "", resolved.site);
  const resolve = resolving();
  const { problems, compileSeconds, ...assessed } = await assessSite(settings, resolved);
  const loaded = {
    settings,
    ...assessed,
    seconds: { resolve, compile: compileSeconds, ansible: resolved.seconds },
  };
  if (problems.length > 0)
    throw new KollaErrors("KOLLA_CONFIG_PROBLEMS", [...problems, ...precheckProblems(loaded)]);
  return loaded;
}

/** What a site should have, and all that is wrong with its configuration; with problems nothing of it is to be used. */
export interface AssessedSite extends Omit<LoadedSite, "settings" | "seconds"> {
  problems: readonly KollaError[];
  compileSeconds: number;
}

/** Compiles what Ansible resolved, and tells what is wrong with it: each cause once. Throws what asking Ansible throws. */
export async function assessSite(settings: AnsibleSettings, resolved: Resolution): Promise<AssessedSite> {
  const observed: Record<string, ObservedHost> = {};
  const unreachable: Record<string, string> = {};
  const silent: string[] = [];
  for (const [host, found] of Object.entries(resolved.observed)) {
    if ("unreachable" in found) {
      unreachable[host] = found.unreachable;
      if (found.isSilent) silent.push(host);
    } else observed[host] = found;
  }
  const { site, compiled, compileSeconds } = await compileSite(settings, resolved.site, observed);
  const unresolved = foldUnresolved(resolved.problems.filter(isUnresolved));
  const matters = optionTable(services);
  const [errors, harmless] = partition(unresolved, ({ names }) => names.some((name) => matters.has(name)));
  const lost = new Set(errors.flatMap(({ names }) => names));
  const problems = foldProblems(
    sortedProblems([
      ...errors.map(({ problem }) => problem),
      ...compiled.problems.filter(({ code, where }) => !isMissing(code) || !lost.has(where?.key ?? "")),
    ]),
  );
  return {
    site,
    desired: compiled.desired,
    passing: (phase) => passingState(site, observed, phase),
    values: compiled.values,
    problems,
    warnings: [
      ...harmless.map(({ problem }) => problem),
      ...resolved.problems.filter((problem) => !isUnresolved(problem)),
      ...compiled.warnings,
      // What is wrong leaves options without values, which warnings of hosts would ask for.
      ...(problems.length > 0 ? [] : siteWarnings(services, site, observed)),
    ],
    observed,
    unreachable,
    silent,
    compileSeconds,
  };
}

function isUnresolved({ code }: KollaError): boolean {
  return code === "KOLLA_VARIABLE_UNRESOLVED";
}

function isMissing(code: string): boolean {
  return code === "KOLLA_OPTION_MISSING" || code === "KOLLA_SECRET_MISSING";
}

/** Those of which something holds, and the others. */
function partition<T>(values: readonly T[], holds: (value: T) => boolean): [T[], T[]] {
  return [values.filter(holds), values.filter((value) => !holds(value))];
}

/** Rounds of questions and answers; an answer may lead to the next question. */
const LOOKUP_ROUNDS = 20;

/** Compiles, with Ansible's answers to what override files ask of it: only files that do cost a run of Ansible. */
async function compileSite(
  settings: AnsibleSettings,
  resolved: ResolvedSite,
  observed: Readonly<Record<string, ObservedHost>>,
) {
  const facts = factsOf(observed);
  let site = resolved;
  for (let round = 0; ; round++) {
    const compiling = stopwatch();
    const compiled = compile(services, site, facts);
    const compileSeconds = compiling();
    if (compiled.questions.length === 0 || round === LOOKUP_ROUNDS) return { site, compiled, compileSeconds };
    const answers = await askLookups(settings, compiled.questions);
    site = { ...site, lookups: { ...site.lookups, ...answers } };
  }
}

function factsOf(observed: LoadedSite["observed"]): FactsByHost {
  return Object.fromEntries(Object.entries(observed).map(([host, found]) => [host, found.facts]));
}

/** `site`: with Ansible's answers to all that override files ask of it, of which a phase reads no others. */
function passingState(site: ResolvedSite, observed: LoadedSite["observed"], phase: Phase): Desired {
  const { desired, problems, questions } = compile(services, site, factsOf(observed), phase);
  throwProblems("KOLLA_CONFIG_PROBLEMS", problems);
  invariant(questions.length === 0, "a phase asks Ansible what the configuration does not");
  return desired;
}

function nobodyChosen(limit: string, site: ResolvedSite): KollaError {
  const known = [...site.hosts.map(({ name }) => name), ...Object.keys(site.groups)];
  const near = nearest(limit, known);
  return new KollaError({
    code: "KOLLA_LIMIT_EMPTY",
    message: `--limit ${limit} chooses no host of the inventory`,
    hint: near ? `Did you mean ${near}?` : `Hosts: ${known.slice(0, site.hosts.length).join(", ")}.`,
  });
}
