import { KollaError, throwProblems } from "#support";
import type { Unreachable } from "../ansible/index.ts";

/** What hosts told, once all did. Throws KOLLA_PRECHECK_HOST for each that did not, with this hint. */
export function seenHosts<T extends object>(
  found: Readonly<Record<string, T | Unreachable>>,
  hint: string,
): Record<string, T> {
  throwProblems(
    "KOLLA_PRECHECK_PROBLEMS",
    Object.entries(found).flatMap(([host, told]) =>
      "unreachable" in told
        ? [
            new KollaError({
              code: "KOLLA_PRECHECK_HOST",
              message: `cannot be looked at: ${told.unreachable}`,
              where: { host },
              hint,
            }),
          ]
        : [],
    ),
  );
  return found as Record<string, T>;
}
