/** Seconds that OpenStack's programs may take to become ready on a small host where all of them start at once. */
const SLOW_START_SECONDS = 240;

/**
 * How long the gate of an OpenStack program waits where the operator does not say. One that ends is noticed at once, so
 * this only costs time when a program hangs.
 */
export function slowStart(): { gateSeconds: number } {
  return { gateSeconds: SLOW_START_SECONDS };
}
