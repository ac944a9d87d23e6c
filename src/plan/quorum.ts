import type { Desired, ObservedHost } from "#model";
import { groupBy, KollaError } from "#support";
import type { Change } from "./roll.ts";

/** What a host was found to have of a container: whether it would answer the others of its quorum. */
export function isAway(host: ObservedHost | undefined, container: string): boolean {
  if (!host) return false;
  const found = host.containers.find(({ name }) => name === container);
  return found?.state !== "running" || found.health === "unhealthy";
}

/**
 * Refuses to take a member of a quorum away while another, which is not changed, does not serve and the majority hangs
 * on it. A majority that is lost already is left to the operator, whose change may be what mends it.
 */
export function quorumProblems(
  { hosts }: Desired,
  observed: Readonly<Record<string, ObservedHost>>,
  changes: readonly Change[],
): KollaError[] {
  return [...groupBy(changes, ({ container }) => container)].flatMap(([container, group]) => {
    const changed = new Set(group.map(({ host }) => host));
    const members = hosts
      .filter(({ items }) => items.some(({ id }) => id === `container:${container}`))
      .map(({ host }) => host);
    const away = members.filter((host) => !changed.has(host) && isAway(observed[host], container));
    const taken = group.find(
      ({ host, interrupts }) => interrupts && members.includes(host) && !isAway(observed[host], container),
    );
    const serving = members.length - away.length;
    const majority = Math.floor(members.length / 2) + 1;
    if (!taken || away.length === 0 || serving !== majority) return [];
    return [
      new KollaError({
        code: "KOLLA_QUORUM",
        message: `${container} serves on ${serving} of ${members.length} hosts, and not on ${away.join(", ")}: to change it on ${taken.host} would take its majority away`,
        where: { host: taken.host },
        hint: `Bring it back first: kolla logs ${container} --limit ${away[0]} says why it does not serve. Or leave it alone: --skip-tags.`,
      }),
    ];
  });
}
