import type { AnyService, ResolvedSite } from "#model";
import { type KollaError, sortedProblems } from "#support";
import { Evaluation } from "./evaluation.ts";
import { isUnknown } from "./facts.ts";
import { NoValue } from "./failure.ts";
import { withStandIns } from "./groups.ts";
import { checkInstallTypes } from "./install-types.ts";
import { checkNames } from "./names.ts";
import { optionTable, type TableEntry, variableName } from "./rule-options.ts";
import { checkSwitches } from "./switches.ts";

export interface ResolvedOptions {
  /** Host → option → typed value. An option without one (a disabled service's) is absent. */
  hosts: Record<string, Record<string, unknown>>;
  problems: KollaError[];
  warnings: KollaError[];
  /** Whether an option that is needed has no value, so that services could only guess. */
  hasGaps: boolean;
  /** Where further values and templates are computed with the same results. */
  evaluation: Evaluation;
}

/**
 * The value of every option on every host: the operator's, else the default. All problems are reported together:
 * values of the wrong kind, missing ones, cycles, names that no service knows, and sources that the release lacks. With `recovers` none is: every option without
 * a value has one that fits, so that what else is wrong can be looked for.
 */
export function resolveOptions(
  services: readonly AnyService[],
  given: ResolvedSite,
  how: { recovers?: boolean } = {},
): ResolvedOptions {
  const site = withStandIns(services, given);
  const table = optionTable(services);
  const evaluation = new Evaluation(table, site, how);
  const problems = new Set<KollaError>();
  const names = checkNames(evaluation, evaluation.operatorNames);
  const hosts: Record<string, Record<string, unknown>> = {};
  for (const { name: host } of site.hosts) {
    hosts[host] = valuesOf(evaluation, table, host, problems);
  }
  return {
    hosts,
    problems: sortedProblems([
      ...names.problems,
      ...problems,
      ...checkSwitches(table, site),
      ...checkInstallTypes(services, site, hosts),
    ]),
    warnings: sortedProblems(names.warnings),
    hasGaps: problems.size > 0,
    evaluation,
  };
}

function valuesOf(
  evaluation: Evaluation,
  table: ReadonlyMap<string, TableEntry>,
  host: string,
  problems: Set<KollaError>,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, entry] of table) {
    try {
      values[name] = evaluation.value(name, host);
    } catch (error) {
      if (!(error instanceof NoValue)) throw error;
      if (matters(evaluation, name, entry, error, host)) problems.add(error.problem);
    }
  }
  return values;
}

/**
 * A disabled service may lack values, and so may a host that is out of reach what depends on it; but what the operator
 * wrote must be right even so, and what he has to write must be there.
 */
function matters(
  evaluation: Evaluation,
  name: string,
  { service }: TableEntry,
  { problem: { code } }: NoValue,
  host: string,
): boolean {
  const isMissing = code === "KOLLA_OPTION_MISSING" || code === "KOLLA_SECRET_MISSING";
  if (isUnknown(evaluation.host(host)) && !isMissing) return evaluation.isSet(name, host);
  if (service?.enabled === undefined || evaluation.isSet(name, host)) return true;
  return isEnabled(evaluation, service, host);
}

/** Whether a service is deployed on a host; a service without a switch always is. */
export function isEnabled(evaluation: Evaluation, service: AnyService, host: string): boolean {
  if (service.enabled === undefined) return true;
  try {
    return evaluation.value(`enable_${variableName(service.name)}`, host) === true;
  } catch (error) {
    if (error instanceof NoValue) return false;
    throw error;
  }
}
