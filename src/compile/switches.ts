import type { ResolvedSite } from "#model";
import type { KollaError } from "#support";
import { coerce, wrongValue } from "./coerce.ts";
import type { TableEntry } from "./rule-options.ts";

const SWITCH = {
  type: "flag",
  default: false,
  doc: "A service or a part of one that is on or off.",
} as const;

/**
 * KOLLA_OPTION_VALUE for every enable_… of the operator's that no option answers to and that is neither yes nor no:
 * whatever service it is of, nobody can tell what is meant.
 */
export function checkSwitches(table: ReadonlyMap<string, TableEntry>, site: ResolvedSite): KollaError[] {
  return site.hosts.flatMap(({ name: host, variables }) =>
    Object.entries(variables).flatMap(([name, value]) => {
      if (!name.startsWith("enable_") || table.has(name) || value === null) return [];
      const fits = coerce(SWITCH, value);
      return "value" in fits
        ? []
        : [wrongValue(name, SWITCH, value, fits, { ...(site.places[name] ?? { host }), key: name })];
    }),
  );
}
