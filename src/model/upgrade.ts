/**
 * What a job does for a service on its way from one release to another, with programs of the one to come:
 *
 * - check: asks whether it can come as things are; changes nothing.
 * - expand: adds to the databases what it needs. Programs of the release before go on working with them.
 * - complete: brings the databases wholly to its release, and takes away what only earlier ones need: at the first
 *   deployment, and else when the upgrade is finished. Programs of earlier releases cannot work with them any more.
 */
export type UpgradeAct = "check" | "expand" | "complete";

/** The act of a job, and the release that it is done for. */
export interface ActFor {
  act: UpgradeAct;
  release: string;
}

/** "2025.1" → 4050: a half-year after the other. */
function ordinal(release: string): number {
  const [year, half] = release.split(".").map(Number);
  return (year ?? 0) * 2 + (half ?? 0) - 1;
}

/** Whether a release came before another. Releases are called after the half-year in which they came. */
export function isOlder(release: string, than: string): boolean {
  return ordinal(release) < ordinal(than);
}

/**
 * Whether OpenStack can be upgraded from one release to another at once: to the next one, and from the first of a year
 * to the first of the next year. Source: OpenStack's resolution on "skip level upgrade release process" (SLURP).
 */
export function isUpgrade(from: string, to: string): boolean {
  const between = ordinal(to) - ordinal(from);
  const isLongLived = from.endsWith(".1") && to.endsWith(".1");
  return between === 1 || (between === 2 && isLongLived);
}
