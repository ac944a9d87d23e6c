import type { HostState, RunRecord } from "#model";
import { KollaError } from "#support";
import {
  differences,
  runsOf,
  type Scope,
  type SiteRecords,
  setOf,
  speaksOf,
  speaksOfSet,
  statesOf,
} from "./history.ts";

/** What a host is to be as. */
export interface Target {
  host: string;
  /** All that it is to serve with: what is spoken of as it was, everything else as it is now. */
  state: HostState;
  /** The run after which it was so. */
  run: string;
}

const LIST = "kolla generations lists what there is to return to.";

/**
 * As before the last run that changed something of what is spoken of; hosts that this run did not change stay.
 * Throws KOLLA_ROLLBACK_NOTHING when no host knows a state before.
 */
export function beforeLastChange(records: SiteRecords, scope: Scope): Target[] {
  const changes = Object.entries(records).flatMap(([host, own]) => {
    const states = statesOf(own);
    const now = states[0];
    const index = states.findIndex(({ state }) => now && differences(state, now.state, scope).length > 0);
    const [by, to] = [states[index - 1], states[index]];
    return now && by && to ? [{ host, now, by, to }] : [];
  });
  const last = changes.map(({ by }) => by).reduce<RunRecord | undefined>(later, undefined);
  if (!last) throw nothingBefore(records, scope);
  return changes
    .filter(({ by }) => by.run === last.run)
    .map(({ host, now, to }) => targetOf(host, now, to, scope));
}

function later(a: RunRecord | undefined, b: RunRecord): RunRecord {
  return a && a.began >= b.began ? a : b;
}

function targetOf(host: string, now: RunRecord, to: RunRecord, scope: Scope): Target {
  return { host, state: overlaid(now.state, to.state, scope), run: to.run };
}

/** A state with what is spoken of as in another one. */
function overlaid(now: HostState, then: HostState, scope: Scope): HostState {
  const merged = <T extends { set: string }>(
    [has, had]: readonly [Readonly<Record<string, T>>, Readonly<Record<string, T>>],
    isMeant: (name: string, thing: T) => boolean,
  ): Record<string, T> =>
    Object.fromEntries([
      ...Object.entries(has).filter(([name, thing]) => !isMeant(name, thing)),
      ...Object.entries(had).filter(([name, thing]) => isMeant(name, thing)),
    ]);
  return {
    containers: merged([now.containers, then.containers], (name, thing) => speaksOf(scope, name, thing)),
    resources: merged([now.resources, then.resources], (_, { set }) => speaksOfSet(scope, set)),
    jobs: now.jobs,
  };
}

function nothingBefore(records: SiteRecords, scope: Scope): KollaError {
  const names = [...scope.sets, ...scope.containers].join(", ") || "the site";
  const strangers = Object.entries(records).flatMap(([host, own]) =>
    statesOf(own).length === 0 ? [host] : [],
  );
  const [first] = Object.values(records).flatMap(statesOf);
  return new KollaError({
    code: "KOLLA_ROLLBACK_NOTHING",
    message: first
      ? `There is nothing to return to: since ${first.began} no run has changed ${names}, as far as its hosts remember.`
      : `There is nothing to return to: no run of Kolla has changed ${strangers.join(", ")}.`,
    hint: first
      ? LIST
      : "What another tool made there, that tool brings back. kolla deploy begins the record.",
  });
}

/**
 * As after a run, named whole or by its beginning, on every host. A host that the run did not touch is to be as it was
 * when the run began. Throws KOLLA_ROLLBACK_RUN for a run that no host remembers, KOLLA_ROLLBACK_NO_RECORD for hosts
 * that know no state so old.
 */
export function afterRun(records: SiteRecords, scope: Scope, name: string): Target[] {
  const known = new Map(
    Object.values(records).flatMap((own) => statesOf(own).map((state) => [state.run, state] as const)),
  );
  const meant = [...known.keys()].filter((run) => run === name || run.startsWith(name));
  const run = known.get(meant.length === 1 ? (meant[0] ?? "") : name);
  if (!run) throw unknownRun(name, records, scope);
  return Object.entries(records).flatMap(([host, own]) => {
    const states = statesOf(own);
    const then =
      states.find((state) => state.run === run.run) ?? states.find(({ began }) => began <= run.began);
    const [now] = states;
    if (!now || !then) throw notSoOld(host, run.run, states.at(-1));
    return differences(then.state, now.state, scope).length === 0 ? [] : [targetOf(host, now, then, scope)];
  });
}

function unknownRun(name: string, records: SiteRecords, scope: Scope): KollaError {
  const runs = runsOf(records, scope).map(({ run }) => run);
  return new KollaError({
    code: "KOLLA_ROLLBACK_RUN",
    message: `No host remembers the run ${name}, or several begin so.`,
    hint: runs.length > 0 ? `Runs: ${runs.join(", ")}. ${LIST}` : LIST,
  });
}

function notSoOld(host: string, run: string, oldest: RunRecord | undefined): KollaError {
  return new KollaError({
    code: "KOLLA_ROLLBACK_NO_RECORD",
    message: oldest
      ? `knows no state as old as run ${run}; its oldest is that after run ${oldest.run}, which began ${oldest.began}`
      : `has no record: no run of Kolla has changed anything there, what it has was made by another tool`,
    hint: "Leave it out with --limit, or name a later run.",
    where: { host },
  });
}

/**
 * One container as its generation of this number, wherever it is. Throws KOLLA_ROLLBACK_GENERATION where a host that
 * has the container does not keep that generation.
 */
export function atGeneration(records: SiteRecords, scope: Scope, generation: number): Target[] {
  const [container, ...others] = scope.containers;
  if (container === undefined || others.length > 0 || scope.sets.length > 0)
    throw new KollaError({
      code: "KOLLA_USAGE_GENERATION",
      message: "Generations are counted for each container by itself.",
      hint: `Name one container: kolla rollback CONTAINER --to ${generation}.`,
    });
  return Object.entries(records).flatMap(([host, own]) => {
    const { now, generations } = own;
    const known = generations[container] ?? {};
    const kept = known[generation];
    const has = now?.state.containers[container];
    if (!now || (!has && !kept)) return [];
    if (!kept) throw generationGone(host, container, generation, Object.keys(known));
    if (has?.generation === generation) return [];
    const set = setOf(own, container);
    const containers = { ...now.state.containers, [container]: { set, generation, record: kept.record } };
    return [{ host, state: { ...now.state, containers }, run: kept.run }];
  });
}

function generationGone(
  host: string,
  container: string,
  generation: number,
  kept: readonly string[],
): KollaError {
  return new KollaError({
    code: "KOLLA_ROLLBACK_GENERATION",
    message: `keeps no generation ${generation} of ${container}${kept.length > 0 ? `; it keeps ${kept.join(", ")}` : ""}`,
    hint: `kolla generations ${container} tells of all hosts; with --limit only some return.`,
    where: { host },
  });
}
