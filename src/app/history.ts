import type { HostRecords, HostState, RunName, RunRecord } from "#model";
import { KollaError, nearest } from "#support";

/** What each host that was asked remembers, by its name, in the inventory's order. */
export type SiteRecords = Readonly<Record<string, HostRecords>>;

/** What of a site is spoken of: sets with all below them, or single containers; both empty: all of it. */
export interface Scope {
  sets: readonly string[];
  containers: readonly string[];
}

/** The states that a host knows, the newest first: as it is now, and the earlier ones. */
export function statesOf({ now, earlier }: HostRecords): RunRecord[] {
  return [...(now ? [now] : []), ...earlier];
}

/** The set of a container, also of one that is gone; empty where no state that is kept has it. */
export function setOf(records: HostRecords, container: string): string {
  return (
    statesOf(records).find(({ state }) => state.containers[container])?.state.containers[container]?.set ?? ""
  );
}

/**
 * Names of sets or of containers, as a scope. A name that is both means the set, or the container where `single`
 * containers are asked for. Throws KOLLA_SET_UNKNOWN for a name that no host remembers, KOLLA_USAGE_SCOPE for a mixture.
 */
export function scopeOf(names: readonly string[], records: SiteRecords, single: boolean): Scope {
  const states = Object.values(records).flatMap((host) => statesOf(host).map(({ state }) => state));
  const containers = new Set(states.flatMap((state) => Object.keys(state.containers)));
  const sets = new Set(states.flatMap((state) => Object.values(state.containers).flatMap(pathOf)));
  const unknown = names.find((name) => !sets.has(name) && !containers.has(name));
  if (unknown !== undefined) throw unknownName(unknown, [...sets, ...containers]);
  const isSet = (name: string): boolean => sets.has(name) && !(single && containers.has(name));
  const scope = { sets: names.filter(isSet), containers: names.filter((name) => !isSet(name)) };
  if (scope.sets.length === 0 || scope.containers.length === 0) return scope;
  throw new KollaError({
    code: "KOLLA_USAGE_SCOPE",
    message: `${scope.sets.join(", ")} ${scope.sets.length > 1 ? "are sets" : "is a set"}, ${scope.containers.join(", ")} no set but containers.`,
    hint: "Name sets, or containers; two commands do both.",
  });
}

/** Names of the sets that something belongs to, from its service down. */
const pathOf = ({ set }: { set: string }): string[] => set.split("/");

function unknownName(name: string, known: readonly string[]): KollaError {
  const meant = nearest(name, known);
  return new KollaError({
    code: "KOLLA_SET_UNKNOWN",
    message: `No host remembers a set or a container ${name}.`,
    hint: meant ? `Did you mean ${meant}?` : "kolla generations lists what hosts can return to.",
  });
}

/** Whether a container is spoken of. */
export function speaksOf(scope: Scope, name: string, { set }: { set: string }): boolean {
  if (scope.containers.length > 0) return scope.containers.includes(name);
  return hasSet(scope, set);
}

/** Whether what belongs to a set, and is no container, is spoken of. */
export function speaksOfSet(scope: Scope, set: string): boolean {
  return scope.containers.length === 0 && hasSet(scope, set);
}

function hasSet({ sets }: Scope, set: string): boolean {
  return sets.length === 0 || set.split("/").some((name) => sets.includes(name));
}

/** What of a state is spoken of: name of each thing → what tells it from others of its name. */
function partOf(state: HostState, scope: Scope): Record<string, string> {
  const containers = Object.entries(state.containers)
    .filter(([name, found]) => speaksOf(scope, name, found))
    .map(([name, { generation, record }]) => [name, `${generation} ${record}`]);
  const resources = Object.entries(state.resources)
    .filter(([, { set }]) => speaksOfSet(scope, set))
    .map(([id, { record }]) => [id, record]);
  return Object.fromEntries([...containers, ...resources]);
}

/** Names of the things that differ between two states, sorted. */
export function differences(before: HostState | undefined, after: HostState, scope: Scope): string[] {
  const had = before ? partOf(before, scope) : {};
  const has = partOf(after, scope);
  const names = [...new Set([...Object.keys(had), ...Object.keys(has)])].sort();
  return names.filter((name) => had[name] !== has[name]);
}

/** A run, and what it changed on each host of what is spoken of. */
export interface RunChanges extends RunName {
  outcome: RunRecord["outcome"];
  /** Host → names of containers and resources; null: the oldest state that the host knows. */
  changed: Readonly<Record<string, readonly string[] | null>>;
}

/** The runs that hosts remember and that changed something of what is spoken of, the newest first. */
export function runsOf(records: SiteRecords, scope: Scope): RunChanges[] {
  const runs = new Map<string, RunName & Pick<RunRecord, "outcome">>();
  const changed = new Map<string, Record<string, string[] | null>>();
  for (const [host, own] of Object.entries(records)) {
    const states = statesOf(own);
    for (const [index, { state, ...run }] of states.entries()) {
      const before = states[index + 1];
      const names = before ? differences(before.state, state, scope) : null;
      const isNone = names ? names.length === 0 : Object.keys(partOf(state, scope)).length === 0;
      if (isNone) continue;
      runs.set(run.run, run);
      changed.set(run.run, { ...changed.get(run.run), [host]: names });
    }
  }
  return [...runs.values()].sort(newestFirst).map((run) => ({ ...run, changed: changed.get(run.run) ?? {} }));
}

/** Runs began one after the other, by the clock of the host that they were run from. */
function newestFirst(a: RunName, b: RunName): number {
  return a.began < b.began ? 1 : a.began > b.began ? -1 : 0;
}
