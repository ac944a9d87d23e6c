import type { AnyService, BatchSize, ResolvedSite, RunLimits } from "#model";
import { KollaError } from "#support";
import type { Evaluation } from "./evaluation.ts";
import { NoValue } from "./failure.ts";
import { resolveOptions } from "./options.ts";

const SERIAL = "kolla_serial";

/** What the operator says of runs on many hosts, as the site's first host has it. Throws KOLLA_OPTION_VALUE. */
export function runLimits(evaluation: Evaluation): RunLimits {
  const host = evaluation.site.hosts[0]?.name ?? "";
  const asked = evaluation.value(SERIAL, host);
  const sizes = (Array.isArray(asked) ? asked : [asked]).map((each) => batchSize(each, evaluation));
  return {
    serial: sizes.every((size) => size === 0) ? [] : sizes,
    maxFailPercentage: Number(evaluation.value("kolla_max_fail_percentage", host)),
  };
}

/** The same of a site that is not compiled: nothing else in it need be right. Throws what is wrong with these options. */
export function siteLimits(services: readonly AnyService[], site: ResolvedSite): RunLimits {
  try {
    return runLimits(resolveOptions(services, site).evaluation);
  } catch (error) {
    throw error instanceof NoValue ? error.problem : error;
  }
}

/** Throws KOLLA_OPTION_VALUE for what Ansible's `serial` would not take. */
function batchSize(asked: unknown, evaluation: Evaluation): BatchSize {
  const [, digits, percent] = /^(\d+)(%?)$/.exec(String(asked)) ?? [];
  if (digits !== undefined && !percent) return Number(digits);
  if (digits !== undefined && Number(digits) > 0 && Number(digits) <= 100) return `${Number(digits)}%`;
  const { where } = evaluation.origin(SERIAL);
  throw new KollaError({
    code: "KOLLA_OPTION_VALUE",
    message: `${SERIAL}: ${JSON.stringify(asked)} is neither a number of hosts nor a share of them`,
    ...(where && { where }),
    hint: 'Write it as 3, "30%" or [1, "30%"]; 0 leaves it to each container.',
  });
}
