import { KollaError, nearest, type Where } from "#support";

/** "There is no build option `bass`", with the nearest real name as the hint. */
export function unknownName(kind: string, name: string, known: readonly string[], where?: Where): KollaError {
  const near = nearest(name, known);
  return new KollaError({
    code: "KOLLA_BUILD_OPTION_UNKNOWN",
    message: `There is no ${kind} "${name}"`,
    ...(near !== undefined && { hint: `Did you mean ${near}?` }),
    ...(where && { where }),
  });
}
