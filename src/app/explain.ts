import type { ResolvedHost } from "#model";
import { services } from "../../services/index.generated.ts";
import type { AnsibleSettings, Resolution } from "../ansible/index.ts";
import { resolveOptions } from "../compile/index.ts";
import { resolveAndObserve } from "./resolve.ts";

/** A value of an option with the hosts that have it. */
export interface Held {
  value: unknown;
  hosts: string[];
}

/** What a variable is on a site. */
export interface OnSite {
  /** Where the operator set it: "globals.yml:14". Absent: he did not. */
  where?: string;
  values: Held[];
}

/** The values of a variable on each host of a site, an option's as it counts, and where the operator set it. */
export async function valuesOnSite(settings: AnsibleSettings, name: string): Promise<OnSite> {
  const { site } = await resolveAndObserve(settings);
  const { hosts, evaluation } = resolveOptions(services, site, { recovers: true });
  const isOption = evaluation.table.has(name);
  const valueOn = (host: string): unknown =>
    isOption ? hosts[host]?.[name] : site.hosts.find((each) => each.name === host)?.variables[name];
  const { where } = isOption ? evaluation.origin(name) : { where: site.places[name] };
  const place = where && [where.file, where.line].filter((part) => part !== undefined).join(":");
  return {
    ...(place && { where: place }),
    values: byValue(site.hosts.map((host) => [host.name, valueOn(host.name)])),
  };
}

/** Hosts that have the same value, together; those without one are left out. */
export function byValue(values: readonly (readonly [host: string, value: unknown])[]): Held[] {
  const held = new Map<string, Held>();
  for (const [host, value] of values) {
    if (value === undefined) continue;
    const key = JSON.stringify(value);
    const same = held.get(key) ?? { value, hosts: [] };
    same.hosts.push(host);
    held.set(key, same);
  }
  return [...held.values()];
}

/** A host with what was seen of it. */
export interface Look {
  host: ResolvedHost;
  seen: Resolution["observed"][string];
  /** Whether the host answered with its facts. */
  answered: boolean;
}

/** Gathers the facts of the chosen hosts, and looks at what is on them. */
export async function lookAtHosts(settings: AnsibleSettings): Promise<Look[]> {
  const { site, observed } = await resolveAndObserve(settings);
  return site.hosts.flatMap((host): Look[] => {
    const seen = observed[host.name];
    return seen ? [{ host, seen, answered: hasAnswered(host) }] : [];
  });
}

/** Every host that tells its facts has a loopback interface. */
export function hasAnswered({ facts }: Pick<ResolvedHost, "facts">): boolean {
  return facts.interfaces.lo !== undefined;
}
