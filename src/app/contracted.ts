import { type HostRecords, isOlder, LABEL } from "#model";
import { KollaError } from "#support";
import { type Scope, type SiteRecords, statesOf } from "./history.ts";
import { generationsToMake } from "./recorded.ts";
import type { Target } from "./return-to.ts";

/** Service → the newest release that its databases were brought to wholly: nothing older can work with them. */
export type Contracted = ReadonlyMap<string, string>;

/** What hosts remember of databases. In an earlier state too: no rollback takes that back. */
export function contractedIn(hosts: readonly HostRecords[]): Contracted {
  const found = new Map<string, string>();
  for (const { state } of hosts.flatMap(statesOf))
    for (const { set, upgrade } of Object.values(state.jobs)) {
      const [service = ""] = set.split("/");
      if (upgrade?.act !== "complete") continue;
      const before = found.get(service);
      if (before === undefined || isOlder(before, upgrade.release)) found.set(service, upgrade.release);
    }
  return found;
}

/** A problem for each generation that a rollback would have to make and that could not work with its databases. */
export function contractedProblems(
  targets: readonly Target[],
  records: SiteRecords,
  scope: Scope,
  contracted: Contracted,
): KollaError[] {
  return targets.flatMap((target) =>
    generationsToMake(target, records, scope).flatMap(({ generation, item }) => {
      const [service = ""] = item.set;
      const [own, least] = [item.spec.labels[LABEL.release], contracted.get(service)];
      if (own === undefined || least === undefined || !isOlder(own, least)) return [];
      return [
        new KollaError({
          code: "KOLLA_ROLLBACK_CONTRACTED",
          message: `generation ${generation} of ${item.spec.name} is of ${own}, and the databases of ${service} were contracted for ${least}: nothing older can work with them`,
          where: { host: target.host },
          hint: `kolla generations ${service} lists what else there is to return to.`,
        }),
      ];
    }),
  );
}
