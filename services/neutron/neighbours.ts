import { type Values, word } from "#model";

const FAMILIES = ["ipv4", "ipv6"] as const;
const THRESHOLDS = [1, 2, 3] as const;
type Name =
  `neutron_l3_agent_host_${(typeof FAMILIES)[number]}_neigh_gc_thresh${(typeof THRESHOLDS)[number]}`;

/** What Kolla-Ansible sets where an operator says nothing. */
const USUAL = { 1: 128, 2: 28672, 3: 32768 } as const;

const nameOf = (family: (typeof FAMILIES)[number], threshold: (typeof THRESHOLDS)[number]): Name =>
  `neutron_l3_agent_host_${family}_neigh_gc_thresh${threshold}`;

const DOC: Readonly<Record<number, string>> = {
  1: "Neighbours that the kernel of a host with routers keeps in any case",
  2: "Neighbours beyond which it forgets old ones after a few seconds",
  3: "Neighbours that it knows at most",
};

/**
 * Sizes of the table of neighbours (arp(7)), which all routers of a host share. They are not set unless asked for: a host
 * that is itself a container has no such settings, and a run that cannot set them fails.
 */
export const neighbourOptions = Object.fromEntries(
  FAMILIES.flatMap((family) =>
    THRESHOLDS.map((threshold) => [
      nameOf(family, threshold),
      word(
        family === "ipv4" ? "KOLLA_SKIP" : `{{ ${nameOf("ipv4", threshold)} }}`,
        `${DOC[threshold]}, for ${family}; KOLLA_SKIP or KOLLA_UNSET: as it is. Kolla-Ansible: ${USUAL[threshold]}, which wants a host that is no container.`,
      ),
    ]),
  ),
) as Record<Name, ReturnType<typeof word>>;

/** Kernel settings of a host with routers, of those that are asked for. */
export function neighbourSettings(opt: Values<typeof neighbourOptions>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    FAMILIES.flatMap((family) =>
      THRESHOLDS.map((threshold) => [
        `net.${family}.neigh.default.gc_thresh${threshold}`,
        opt[nameOf(family, threshold)],
      ]),
    ).filter(([, value]) => value !== "KOLLA_SKIP" && value !== "KOLLA_UNSET"),
  );
}
