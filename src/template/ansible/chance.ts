import { fail, TemplateError } from "../errors.ts";
import type { Filter } from "../runtime.ts";
import { isDict, isInt, isString, iterate, makeInt, truthy } from "../values.ts";
import { ansibleFilter } from "./kit.ts";
import { SeededRandom } from "./seeded.ts";

/** The chance that a filter's seed decides. Without a seed each run would have another file. */
function chance(name: string, seed: unknown): SeededRandom {
  if (isString(seed)) return new SeededRandom(String(seed));
  if (isInt(seed) || typeof seed === "boolean") return new SeededRandom(BigInt(seed));
  const why =
    seed === null
      ? "without a seed it would give another result at each run"
      : "its seed must be a text or a whole number";
  throw new TemplateError("KOLLA_TEMPLATE_FORBIDDEN", `Only Ansible can evaluate '${name}': ${why}`);
}

function inRange(random: SeededRandom, start: bigint, end: bigint, step: bigint): number | bigint {
  const rounding = step > 0n ? step - 1n : step + 1n;
  const count = (end - start + rounding) / step;
  if (count <= 0n) return fail(`random: there is no number from ${start} to ${end} in steps of ${step}`);
  return makeInt(start + step * random.below(count));
}

function oneOf(random: SeededRandom, items: readonly unknown[]): unknown {
  if (items.length === 0) return fail("random: the list is empty");
  return items[Number(random.below(BigInt(items.length)))];
}

const random = ansibleFilter({ start: null, step: null, seed: null }, (end, { start, step, seed }) => {
  const source = chance("random", seed);
  const whole = (value: unknown, otherwise: bigint): bigint => {
    if (!truthy(value)) return otherwise;
    return isInt(value) || typeof value === "boolean"
      ? BigInt(value)
      : fail("random: start and step must be whole numbers");
  };
  if (isInt(end) || typeof end === "boolean")
    return inRange(source, whole(start, 0n), BigInt(end), whole(step, 1n));
  if (truthy(start) || truthy(step)) return fail("random: start and step are for numbers, not for lists");
  if (isString(end)) return oneOf(source, [...String(end)]);
  if (end === null || typeof end !== "object" || isDict(end))
    return fail("random is for whole numbers, lists and texts");
  return oneOf(source, [...iterate(end)]);
});

/** From the last place down, each changes with one before it or stays, as Python's own shuffle. */
const shuffle = ansibleFilter({ seed: null }, (value, { seed }) => {
  // Ansible takes an empty seed for none.
  const source = chance("shuffle", truthy(seed) ? seed : null);
  const items = isString(value) ? [...String(value)] : [...iterate(value)];
  for (let at = items.length - 1; at > 0; at--) {
    const other = Number(source.below(BigInt(at + 1)));
    [items[at], items[other]] = [items[other], items[at]];
  }
  return items;
});

/** Filters that chance decides: here only where a seed does. */
export const CHANCE_FILTERS: Record<string, Filter> = { random, shuffle };
