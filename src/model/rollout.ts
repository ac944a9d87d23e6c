/**
 * How a container that serves on several hosts is changed, so that it never goes away on all of them at once:
 * "quorum": one host after the other, each once the one before is healthy again, and members that are down come first;
 * "all": on one host that proves it, then on all others; a share: on one host that proves it, then on so many percent of
 * its hosts at a time.
 */
export type Rollout = "quorum" | "all" | { percent: number };

/** Of a container that does not say: of up to seven hosts one after the other. */
export const USUAL_ROLLOUT: Rollout = { percent: 25 };

/** How many hosts at a time: a number, or "30%" of them. */
export type BatchSize = number | `${number}%`;

/** What the operator says of a run on many hosts. */
export interface RunLimits {
  /** Sizes of batches as Ansible's `serial` has them: the last stands for all that follow. Empty: as containers say. */
  serial: readonly BatchSize[];
  /** The run ends for all hosts when more than so many percent of them have failed. */
  maxFailPercentage: number;
}

/** Of a site whose operator says nothing. */
export const USUAL_LIMITS: RunLimits = { serial: [], maxFailPercentage: 100 };

/**
 * How many hosts each batch takes of `hosts`. The operator's sizes stand before the container's own, but not before a
 * quorum. A share is rounded down and never empty, as Ansible does it.
 */
export function batchSizes(hosts: number, rollout: Rollout, serial: readonly BatchSize[]): number[] {
  if (rollout === "quorum") return filled(hosts, [1]);
  if (serial.length > 0) return filled(hosts, serial);
  return filled(hosts, [1, rollout === "all" ? hosts : `${rollout.percent}%`]);
}

function filled(hosts: number, sizes: readonly BatchSize[]): number[] {
  const batches: number[] = [];
  for (let left = hosts; left > 0; ) {
    const asked = sizes[Math.min(batches.length, sizes.length - 1)] ?? 0;
    const size = Math.min(left, sizeIn(asked, hosts) || left);
    batches.push(size);
    left -= size;
  }
  return batches;
}

/** 0 stands for all hosts, as it does for Ansible. */
function sizeIn(asked: BatchSize, hosts: number): number {
  if (typeof asked === "number") return asked;
  return Math.floor((Number(asked.slice(0, -1)) * hosts) / 100) || 1;
}
