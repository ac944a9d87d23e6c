import type { ConfContext } from "./context.ts";

/** Seconds that OpenStack's programs may take to become ready on a small host where all of them start at once. */
const SLOW_START_SECONDS = 240;

/**
 * How long the gate of an OpenStack program waits: the operator's time, or longer when that is too short for a small host.
 * One that ends is noticed at once, so this only costs time when a program hangs.
 */
export function slowStart({ opt }: ConfContext): { gateSeconds: number } {
  return { gateSeconds: Math.max(opt.host_health_gate_seconds, SLOW_START_SECONDS) };
}
