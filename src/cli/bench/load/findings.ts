import { groupBy } from "#support";

/** Whether a request came before a change began, after it was done, or met it. */
export const PHASES = ["before", "during", "after"] as const;
export type Phase = (typeof PHASES)[number];

/** A request of a client of the load; times in milliseconds of the process's clock. */
export interface Asked {
  /** The container that serves the API: "glance_api". */
  api: string;
  /** "reader, new connections" */
  client: string;
  method: string;
  path: string;
  begun: number;
  ended: number;
  /** Absent: it was answered as it should be. */
  failure?: { status?: number; message: string };
}

/** When a change began and when it was done, on the same clock. */
export interface Change {
  begun: number;
  ended: number;
}

/** What came of a thing that a writer made; its name is the writer's own and no other's. */
export interface Written {
  name: string;
  /** As the API answered; absent: the request to make it failed, and nobody knows whether it was made. */
  id?: string;
  /** Whether it was taken away again; "unsure": the request failed. */
  removed: "no" | "yes" | "unsure";
}

/** An upload of a large image; times in milliseconds of the process's clock. */
export interface Uploaded {
  begun: number;
  ended: number;
  /** Why it was not done, or what of it is not as it was sent. */
  failure?: string;
}

/** What the API lists in the end. */
export interface Listed {
  name: string;
  id: string;
}

/** Names of things that do not stand as they should, or of which the answer did not tell. */
export interface Verdict {
  /** Made more than once. */
  twice: readonly string[];
  /** Made and not taken away, but not there. */
  lost: readonly string[];
  /** Taken away, but there. */
  undead: readonly string[];
  /** There, though the request to make it failed. */
  untold: readonly string[];
}

/** One that met the change counts as during it, whenever it began and ended. */
export function phaseOf({ begun, ended }: Pick<Asked, "begun" | "ended">, change: Change): Phase {
  if (ended < change.begun) return "before";
  return begun > change.ended ? "after" : "during";
}

/** The wait that this part (0 to 1) of all waits does not exceed; undefined where there is none. */
export function percentile(waits: readonly number[], part: number): number | undefined {
  const sorted = [...waits].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
}

/** How clients of an API fared in a phase; waits in milliseconds, those of failed requests too. */
export interface Fared {
  requests: number;
  failed: number;
  p50: number;
  p99: number;
  longest: number;
}

/** Sums up some requests; without any, waits are 0. */
export function fared(asked: readonly Asked[]): Fared {
  const waits = asked.map(({ begun, ended }) => ended - begun);
  return {
    requests: asked.length,
    failed: asked.filter(({ failure }) => failure !== undefined).length,
    p50: percentile(waits, 0.5) ?? 0,
    p99: percentile(waits, 0.99) ?? 0,
    longest: percentile(waits, 1) ?? 0,
  };
}

/** The longest waits of an API's clients, in milliseconds. */
export interface Longest {
  api: string;
  before: number;
  during: number;
}

/** How long somebody waited for each API before a change, and during it. */
export function longestWaits(asked: readonly Asked[], change: Change): Longest[] {
  return [...groupBy(asked, ({ api }) => api)].map(([api, own]) => {
    const longest = (phase: Phase): number =>
      fared(own.filter((each) => phaseOf(each, change) === phase)).longest;
    return { api, before: longest("before"), during: longest("during") };
  });
}

/** Holds what writers were told against what the API lists: each thing is to be there once, or gone. */
export function judged(written: readonly Written[], listed: readonly Listed[]): Verdict {
  const byName = groupBy(listed, ({ name }) => name);
  const found = written.map((each) => {
    const there = (byName.get(each.name) ?? []).map(({ id }) => id);
    const ids = new Set([...there, ...(each.id === undefined ? [] : [each.id])]);
    return { ...each, ids, isThere: each.id === undefined ? there.length > 0 : there.includes(each.id) };
  });
  const names = (holds: (each: (typeof found)[number]) => boolean): string[] =>
    found.filter(holds).map(({ name }) => name);
  return {
    twice: names(({ ids }) => ids.size > 1),
    lost: names(({ id, removed, isThere }) => id !== undefined && removed === "no" && !isThere),
    undead: names(({ removed, isThere }) => removed === "yes" && isThere),
    untold: names(({ id, isThere }) => id === undefined && isThere),
  };
}
