import { nameRanges } from "#support";

/** So many containers of a service, and so many hosts or ranges of them, are named; the others are counted. */
const NAMED = 4;

/** A few names as they are, of many the first, and how many more. */
export function some(names: readonly string[]): string {
  const all = [...new Set(names)];
  const more = all.length - NAMED;
  return more > 0 ? `${all.slice(0, NAMED).join(", ")} and ${more} more` : all.join(", ");
}

/** A few hosts by their names, many as ranges of them. */
export function hostsInWords(hosts: readonly string[]): string {
  const all = [...new Set(hosts)];
  return some(all.length > NAMED ? nameRanges(all) : all);
}
