import type { ResourceLimits } from "#model";
import { KollaError, nearest, throwProblems, type Where } from "#support";
import { isMap } from "./coerce.ts";

export type Ulimits = Record<string, { soft: number; hard: number }>;

/** Kolla-Ansible's keys of `<container>_dimensions`, each with ours and the kind of its value. */
const KEYS = {
  mem_limit: ["memory", "size"],
  mem_reservation: ["memoryReservation", "size"],
  memswap_limit: ["memorySwap", "size"],
  cpu_shares: ["cpuShares", "count"],
  cpu_period: ["cpuPeriod", "count"],
  cpu_quota: ["cpuQuota", "count"],
  cpuset_cpus: ["cpusetCpus", "text"],
  cpuset_mems: ["cpusetMems", "text"],
  blkio_weight: ["blkioWeight", "count"],
} as const satisfies Record<string, readonly [keyof ResourceLimits, "size" | "count" | "text"]>;

const UNITS: Readonly<Record<string, number>> = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/**
 * What an operator set for a container: limits of the engine, and ulimits. `origin` is the option that holds it.
 * Throws all that is wrong together, as KOLLA_OPTION_VALUE.
 */
export function limitsOf(
  dimensions: Readonly<Record<string, unknown>>,
  { option, where }: { option: string; where?: Where },
): { limits: ResourceLimits; ulimits: Ulimits } {
  const found: { limits: Record<string, number | string>; ulimits: Ulimits } = { limits: {}, ulimits: {} };
  const problems: KollaError[] = [];
  for (const [key, value] of Object.entries(dimensions)) {
    if (value === null || value === "") continue;
    const refuse = (words: string, hint?: string): void => {
      problems.push(refused(`${option}: ${words}`, where, hint));
    };
    const but = `${key} is ${JSON.stringify(value)}, but`;
    const known = KEYS[key as keyof typeof KEYS];
    if (key === "ulimits") found.ulimits = ulimitsOf(value, (wanted) => refuse(`${but} ${wanted}`));
    else if (key === "kernel_memory")
      refuse("container engines know no kernel_memory any more", "Remove it; mem_limit counts all memory.");
    else if (!known) refuse(`${key} is no limit of a container`, likeKey(key));
    else {
      const taken = VALUES[known[1]](value);
      if (taken === undefined) refuse(`${but} must be ${WANTED[known[1]]}`);
      else found.limits[known[0]] = taken;
    }
  }
  throwProblems("KOLLA_OPTION_VALUE", problems);
  return found;
}

const WANTED = {
  size: "a size such as 4g or 512m, or a number of bytes",
  count: "a whole number",
  text: 'a list of numbers such as "0-3,8"',
};

const VALUES = { size: asSize, count: asCount, text: asNumbers };

/** As Docker's own library reads it: 1024 for k, a trailing b is allowed; -1 is "no limit" for swap. */
function asSize(value: unknown): number | undefined {
  const [, number, unit = "b"] = /^(-?\d+(?:\.\d+)?)\s*(?:([bkmgt])b?)?$/i.exec(String(value).trim()) ?? [];
  if (number === undefined) return undefined;
  const bytes = Math.trunc(Number(number) * (UNITS[unit.toLowerCase()] ?? 1));
  return bytes < -1 ? undefined : bytes;
}

function asCount(value: unknown): number | undefined {
  return /^-?\d+$/.test(String(value).trim()) ? Number(value) : undefined;
}

function asNumbers(value: unknown): string | undefined {
  const text = String(value).trim();
  return /^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(text) ? text : undefined;
}

/** {nofile: {soft, hard}}; Podman's form RLIMIT_NOFILE means the same. */
function ulimitsOf(value: unknown, refuse: (wanted: string) => void): Ulimits {
  const found: Ulimits = {};
  if (!isMap(value)) refuse("must be a mapping: nofile: {soft: 1024, hard: 4096}");
  for (const [name, pair] of Object.entries(isMap(value) ? value : {})) {
    const given = isMap(pair) ? pair : {};
    const [soft, hard] = [asCount(given.soft), asCount(given.hard)];
    if (soft === undefined || hard === undefined)
      refuse(`${name} must have soft and hard, both whole numbers`);
    else found[name.replace(/^RLIMIT_/, "").toLowerCase()] = { soft, hard };
  }
  return found;
}

function likeKey(key: string): string {
  const known = [...Object.keys(KEYS), "ulimits"];
  const near = nearest(key, known);
  return near ? `Did you mean ${near}?` : `Known: ${known.join(", ")}.`;
}

function refused(message: string, where: Where | undefined, hint?: string): KollaError {
  return new KollaError({
    code: "KOLLA_OPTION_VALUE",
    message,
    ...(where && { where }),
    ...(hint && { hint }),
  });
}
