import { isDeepStrictEqual } from "node:util";
import type { ResolvedSite } from "#model";

export interface OperatorVariable {
  /** The value when it is the same on every host. */
  value: unknown;
  /** True when hosts have different values, or only some have one. */
  varies: boolean;
}

/** The operator's variables of all hosts, with whether they differ between hosts. */
export function operatorVariables(site: ResolvedSite): Map<string, OperatorVariable> {
  const [first, ...others] = site.hosts;
  const found = new Map<string, OperatorVariable>();
  if (!first) return found;
  for (const [name, value] of Object.entries(first.variables)) found.set(name, { value, varies: false });
  for (const host of others) {
    for (const [name, variable] of found) {
      if (!variable.varies && !sameValue(host.variables, name, variable.value)) variable.varies = true;
    }
    for (const name of Object.keys(host.variables)) {
      if (!found.has(name)) found.set(name, { value: undefined, varies: true });
    }
  }
  return found;
}

function sameValue(variables: Readonly<Record<string, unknown>>, name: string, value: unknown): boolean {
  if (!Object.hasOwn(variables, name)) return false;
  const other = variables[name];
  return other === value || (typeof value === "object" && isDeepStrictEqual(other, value));
}
