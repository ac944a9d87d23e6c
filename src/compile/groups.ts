import type { AnyService, ResolvedSite } from "#model";

/**
 * Hosts of a group, undefined when the inventory lacks it. Names of groups went from dashes to underscores between
 * releases of Kolla-Ansible (kolla-toolbox, kolla_toolbox): either is found.
 */
export function groupMembers(site: ResolvedSite, group: string): readonly string[] | undefined {
  if (group === "all") return site.hosts.map((host) => host.name);
  return (
    site.groups[group] ?? site.groups[group.replaceAll("_", "-")] ?? site.groups[group.replaceAll("-", "_")]
  );
}

/** The site with the groups that its inventory is too old to have; each has the hosts of the group that stands in for it. */
export function withStandIns(services: readonly AnyService[], site: ResolvedSite): ResolvedSite {
  const lent = services.flatMap((service) =>
    Object.entries((service.standIns ?? {}) as Record<string, string>).flatMap(([group, other]) => {
      const members = groupMembers(site, other);
      return groupMembers(site, group) || !members ? [] : [[group, members] as const];
    }),
  );
  return lent.length === 0 ? site : { ...site, groups: { ...site.groups, ...Object.fromEntries(lent) } };
}
