import {
  type ActFor,
  baseName,
  type Desired,
  type Finish,
  isOlder,
  LABEL,
  type Move,
  type ObservedContainer,
  type ObservedHost,
} from "#model";
import { groupBy } from "#support";
import { inScope, onHost, type PlanRequest, setOfLabels } from "./request.ts";
import { hostsInWords } from "./some.ts";

/** Where a service stands on its way to the release that it is to be of. */
export interface Standing {
  /** Hosts on which it is of another. */
  moves: readonly Move[];
  /** The newest release that its databases were brought to wholly; undefined: nothing is remembered of it. */
  completed: string | undefined;
  /** The newest release that its databases have all of that it needs. */
  expanded: string | undefined;
}

type Hosts = Readonly<Record<string, ObservedHost>>;

/** What a site says of a service's release. */
interface Wanted {
  /** Host → the release that it is to be of there. */
  releases: Map<string, string>;
  /** Ids of its jobs that have a place in an upgrade. */
  acts: Map<string, ActFor["act"]>;
}

/** Service → where it stands, of all that are to be anywhere. Pure. */
export function standingsOf(desired: Desired, observed: Hosts): Map<string, Standing> {
  const serving = Object.entries(observed).flatMap(([host, found]) =>
    servingIn(found).map(({ labels }) => ({ host, service: setOfLabels(labels)[0] ?? "", labels })),
  );
  const ofService = groupBy(serving, ({ service }) => service);
  const journals = Object.values(observed).map(({ journal }) => journal.jobs);
  return new Map(
    [...wantedOf(desired)].map(([service, { releases, acts }]) => {
      const found = (ofService.get(service) ?? []).flatMap(({ host, labels }) => {
        const [from, to] = [labels[LABEL.release], releases.get(host)];
        return from === undefined || to === undefined || from === to ? [] : [{ service, host, from, to }];
      });
      const opens = [...acts.values()].includes("expand");
      const moves = [...new Map(found.map((move) => [`${move.host} ${move.from}`, move])).values()];
      const done = journals.flatMap((jobs) => [...acts.keys()].flatMap((id) => jobs[id]?.upgrade ?? []));
      return [
        service,
        {
          moves: moves.map((move) => ({ ...move, ...(opens && { opens }) })),
          completed: newest(done, "complete"),
          expanded: newest(done, "expand"),
        },
      ];
    }),
  );
}

function wantedOf({ hosts }: Desired): Map<string, Wanted> {
  const found = new Map<string, Wanted>();
  for (const { host, items } of hosts)
    for (const item of items) {
      const [service = ""] = item.set;
      const wanted = found.get(service) ?? { releases: new Map(), acts: new Map() };
      found.set(service, wanted);
      const release = item.kind === "container" ? item.spec.labels[LABEL.release] : undefined;
      if (release !== undefined) wanted.releases.set(host, release);
      if (item.kind === "job" && item.upgrade) wanted.acts.set(item.id, item.upgrade.act);
    }
  return found;
}

/** Containers that serve, or are to: neither an older generation nor one that is being made. */
export function servingIn(observed: ObservedHost | undefined): ObservedContainer[] {
  return (observed?.containers ?? []).filter(({ name }) => baseName(name) === name);
}

/** Moves of one service from one release to another, and their hosts in words. */
export type Way = Omit<Move, "host"> & { hosts: string };

/** The same way of a service on several hosts is one. */
export function waysOf(moves: readonly Move[]): Way[] {
  const ways = groupBy(moves, ({ service, from, to }) => `${service} ${from} ${to}`);
  return [...ways.values()].flatMap((all) =>
    all
      .slice(0, 1)
      .map(({ host: _, ...way }) => ({ ...way, hosts: hostsInWords(all.map(({ host }) => host)) })),
  );
}

function newest(done: readonly ActFor[], act: ActFor["act"]): string | undefined {
  const releases = done.flatMap((one) => (one.act === act ? [one.release] : []));
  return releases.reduce<string | undefined>(
    (last, each) => (last === undefined || isOlder(last, each) ? each : last),
    undefined,
  );
}

/** Whether databases have what a release needs, and still what earlier ones need. */
function isOpen(release: string, { completed, expanded }: Standing): boolean {
  return completed === undefined ? expanded === release : isOlder(completed, release);
}

/**
 * Whether a job with a place in an upgrade is to be done; `differs`: it was not yet done as it would be now. Between
 * expand and the finish no job completes the databases, nor does one of an earlier release once they are expanded for
 * a later one: its programs do not know what they would find.
 */
export function isDue(
  { act, release }: ActFor,
  standing: Standing,
  { finish }: Pick<PlanRequest, "finish">,
  differs: boolean,
): boolean {
  const { moves, expanded } = standing;
  const open = isOpen(release, standing);
  if (finish) return open && act !== "expand";
  if (act === "check") return moves.length > 0;
  if (act === "expand") return moves.length > 0 || (open && differs);
  const isAhead = expanded !== undefined && isOlder(release, expanded);
  return differs && !open && !isAhead && moves.length === 0;
}

/** Why such a job is done, in words of the plan. */
export function whyDue({ act, release }: ActFor, standing: Standing, otherwise: string): string {
  if (!isOpen(release, standing) && standing.moves.length === 0) return otherwise;
  if (act === "check") return `asks whether ${release} can come`;
  if (act === "expand") return `adds what ${release} needs`;
  return `takes away what releases before ${release} need`;
}

/** Services of which a plan does anything, by what was asked for. */
export function askedServices(desired: Desired, request: PlanRequest): Set<string> {
  const sets = desired.hosts.flatMap(({ items }) => items.map(({ set }) => set));
  return new Set(sets.filter((set) => inScope(request, set)).flatMap((set) => set.slice(0, 1)));
}

/** What a plan upgrades of the services asked for, and what it finishes. */
export function upgradesOf(
  desired: Desired,
  standings: ReadonlyMap<string, Standing>,
  request: PlanRequest,
): { moves: Move[]; finishes: Finish[] } {
  const asked = askedServices(desired, request);
  const own = [...standings].filter(([service]) => asked.has(service));
  if (request.finish) return { moves: [], finishes: own.flatMap(([service, at]) => finishOf(service, at)) };
  const moves = request.verb === "upgrade" ? own.flatMap(([, at]) => at.moves) : [];
  return { moves: moves.filter(({ host }) => onHost(request, host)), finishes: [] };
}

/** None where the databases of a service are wholly of the release that they were expanded for. */
export function finishOf(service: string, standing: Standing): Finish[] {
  const { expanded: release, completed: from } = standing;
  if (release === undefined || !isOpen(release, standing)) return [];
  return [{ service, release, ...(from !== undefined && { from }) }];
}
