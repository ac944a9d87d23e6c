import {
  contentsBelow,
  type HostRecords,
  type HostState,
  type ObservedHost,
  type RunRecord,
  recordsNamed,
  servingContainers,
} from "#model";
import { statesOf } from "./history.ts";
import type { HostCopy } from "./kept-copy.ts";

/** What stands for the run that took a host's past away: nobody knows which it was, or whether it was one. */
const LOSS = { run: "loss", verb: "lost", outcome: "lost" } as const;

/** Whether a host remembers nothing at all, as one that was installed anew. */
export function remembersNothing({ now, earlier, generations }: HostRecords): boolean {
  return !now && earlier.length === 0 && Object.keys(generations).length === 0;
}

/**
 * What a host that remembers nothing can return to, from this machine's copy: all that it remembered when the copy was
 * made, and before that what is there now, as it was found at `seenAt`. With `names` also the contents of what has one.
 */
export function recordsFromCopy(
  copy: HostCopy,
  observed: ObservedHost,
  seenAt: string,
  names?: readonly string[],
): HostRecords {
  const { records, read } = copy;
  const now: RunRecord = { ...LOSS, began: seenAt, state: serving(observed, records) };
  const states = [now.state, ...statesOf(records).map(({ state }) => state)];
  return {
    now,
    earlier: statesOf(records),
    generations: records.generations,
    generationsKept: records.generationsKept,
    ...(names && { contents: contentsBelow(recordsNamed(records, states, names), read) }),
  };
}

/** Containers that the loss left are those that the copy knows by their numbers. Of what was done nothing is known. */
function serving({ containers }: ObservedHost, { generations }: HostRecords): HostState {
  return { containers: servingContainers(containers, generations), jobs: {}, resources: {} };
}

/** The host with its numbers of generations going on from where they were: they only grow. */
export function countingOn(observed: ObservedHost, { counters }: Pick<HostCopy, "counters">): ObservedHost {
  const { journal } = observed;
  const names = [...new Set([...Object.keys(counters), ...Object.keys(journal.generations)])];
  const generations = names.map((name) => [
    name,
    Math.max(counters[name] ?? 0, journal.generations[name] ?? 0),
  ]);
  return { ...observed, journal: { ...journal, generations: Object.fromEntries(generations) } };
}
