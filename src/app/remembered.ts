import type { HostRecords, ObservedHost, ResolvedSite } from "#model";
import { KollaError } from "#support";
import type { AnsibleSettings } from "../ansible/index.ts";
import type { SiteRecords } from "./history.ts";
import { copyOf, type HostCopy } from "./kept-copy.ts";
import { countingOn, recordsFromCopy, remembersNothing } from "./lost-past.ts";
import { resolveAndObserve } from "./resolve.ts";
import { seenHosts } from "./seen-hosts.ts";

/** What hosts remember of their past; this machine's copy speaks for those that remember nothing. */
export interface Remembered {
  records: SiteRecords;
  /** As they were seen, numbers of generations going on from those of the copy. */
  observed: Readonly<Record<string, ObservedHost>>;
  copies: Copies;
}

/** Hosts whose past is that of a copy: when it was made, and after which run. */
export type Copies = Readonly<Record<string, Pick<HostCopy, "at" | "lastRun">>>;

/**
 * Looks at hosts, and asks them for what they remember, with the contents of what has one of `names` (of all where
 * there are none; without `names` of nothing). Throws what `resolveSite` throws, KOLLA_PRECHECK_HOST for hosts that do
 * not answer, KOLLA_COPY_DAMAGED for a copy that is needed and is not what was kept. `elsewhere`: what copies tell of
 * hosts that were not asked.
 */
export async function lookAtPast(
  settings: AnsibleSettings,
  names?: readonly string[],
): Promise<Remembered & { site: ResolvedSite; elsewhere: HostRecords[] }> {
  const question = names ? { contentsOf: names } : {};
  const { site, observed, records } = await resolveAndObserve(settings, { records: question });
  const seen = seenHosts(observed, "Reach it again, or leave it out with --limit.");
  const told = seenHosts(records, "Look at it, or leave it out with --limit.");
  const others = site.hosts.filter(({ name }) => records[name] === undefined);
  const elsewhere = others.flatMap(({ name }) => recordsKept(settings, name) ?? []);
  return { site, elsewhere, ...withCopies(told, seen, (host) => copyKept(settings, host), names) };
}

/** A copy that is damaged says nothing of a host that nobody asked for. */
function recordsKept(settings: AnsibleSettings, host: string): HostRecords | undefined {
  try {
    return copyKept(settings, host)?.records;
  } catch (error) {
    if (error instanceof KollaError && error.code === "KOLLA_COPY_DAMAGED") return undefined;
    throw error;
  }
}

function copyKept({ recordsDirectory }: AnsibleSettings, host: string): HostCopy | undefined {
  return recordsDirectory === undefined ? undefined : copyOf(recordsDirectory, host);
}

/** A host's own records always win; a copy is only looked at where there are none. */
export function withCopies(
  own: SiteRecords,
  observed: Readonly<Record<string, ObservedHost>>,
  copyOfHost: (host: string) => HostCopy | undefined,
  names?: readonly string[],
): Remembered {
  const seenAt = new Date().toISOString();
  const copies = new Map(
    Object.entries(own).flatMap(([host, records]) => {
      const copy = remembersNothing(records) ? copyOfHost(host) : undefined;
      return copy ? [[host, copy] as const] : [];
    }),
  );
  const records = Object.entries(own).map(([host, records]) => {
    const [copy, seen] = [copies.get(host), observed[host]];
    return [host, copy && seen ? recordsFromCopy(copy, seen, seenAt, names) : records];
  });
  const seen = Object.entries(observed).map(([host, found]) => {
    const copy = copies.get(host);
    return [host, copy ? countingOn(found, copy) : found];
  });
  return {
    records: Object.fromEntries(records),
    observed: Object.fromEntries(seen),
    copies: Object.fromEntries(
      [...copies].map(([host, { at, lastRun }]) => [host, { at, ...(lastRun !== undefined && { lastRun }) }]),
    ),
  };
}
