import type { AnyService, ResolvedSite } from "#model";
import { containersOf } from "./rule-options.ts";
import { outlined } from "./site-outline.ts";

/**
 * Those of the hosts that a run can do without: nothing on another host waits for what they are to run, as the
 * containers' declarations say. Needs nothing that only the hosts themselves could tell.
 */
export function expendableHosts(
  services: readonly AnyService[],
  site: ResolvedSite,
  hosts: readonly string[],
): string[] {
  if (hosts.length === 0) return [];
  const { enabled, views } = outlined(services, site);
  const awaited = enabled.flatMap(containersOf).filter(([, { serves }]) => serves !== "host");
  return hosts.filter((host) => !awaited.some(([, declaration]) => views.runsOn(host, declaration)));
}
