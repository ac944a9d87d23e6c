import type { ResourceLimits } from "#model";
import { KollaError, nearest, type Where } from "#support";
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
 * Throws KOLLA_OPTION_VALUE.
 */
export function limitsOf(
  dimensions: Readonly<Record<string, unknown>>,
  { option, where: place }: { option: string; where?: Where },
): { limits: ResourceLimits; ulimits: Ulimits } {
  const limits: Record<string, number | string> = {};
  let ulimits: Ulimits = {};
  for (const [key, value] of Object.entries(dimensions)) {
    if (value === null || value === "") continue;
    const refuse = (wanted: string, hint?: string): never => {
      throw refused(`${option}.${key} is ${JSON.stringify(value)}, but ${wanted}`, place, hint);
    };
    if (key === "ulimits") ulimits = ulimitsOf(value, refuse);
    else if (key === "kernel_memory")
      refuse("container engines have no such limit any more", "Remove it; mem_limit counts all memory.");
    else if (!Object.hasOwn(KEYS, key)) throw unknownKey(key, option, place);
    else {
      const [name, kind] = KEYS[key as keyof typeof KEYS];
      limits[name] = VALUES[kind](value) ?? refuse(`must be ${WANTED[kind]}`);
    }
  }
  return { limits, ulimits };
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
function ulimitsOf(value: unknown, refuse: (wanted: string) => never): Ulimits {
  if (!isMap(value)) return refuse("must be a mapping: nofile: {soft: 1024, hard: 4096}");
  const entries = Object.entries(value).map(([name, pair]) => {
    const { soft, hard } = isMap(pair) ? pair : {};
    const numbers = { soft: asCount(soft), hard: asCount(hard) };
    if (numbers.soft === undefined || numbers.hard === undefined)
      return refuse(`${name} must have soft and hard, both whole numbers`);
    return [name.replace(/^RLIMIT_/, "").toLowerCase(), { soft: numbers.soft, hard: numbers.hard }] as const;
  });
  return Object.fromEntries(entries);
}

function unknownKey(key: string, option: string, place: Where | undefined): KollaError {
  const known = [...Object.keys(KEYS), "ulimits"];
  const near = nearest(key, known);
  const hint = near ? `Did you mean ${near}?` : `Known: ${known.join(", ")}.`;
  return refused(`${option} has a key ${key}, which is no limit of a container`, place, hint);
}

function refused(message: string, place: Where | undefined, hint?: string): KollaError {
  return new KollaError({
    code: "KOLLA_OPTION_VALUE",
    message,
    ...(place && { where: place }),
    ...(hint && { hint }),
  });
}
