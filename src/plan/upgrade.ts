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
import { inScope, onHost, type PlanRequest, setOfLabels } from "./request.ts";

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

/** Service → where it stands, of all that are to be anywhere. Pure. */
export function standingsOf(desired: Desired, observed: Hosts): Map<string, Standing> {
  const services = new Set(desired.hosts.flatMap(({ items }) => items.flatMap(({ set }) => set.slice(0, 1))));
  return new Map(
    [...services].map((service) => {
      const moves = desired.hosts.flatMap(({ host }) => moveOn(host, service, desired, observed[host]));
      const own = actsDone(service, desired, observed);
      return [service, { moves, completed: newest(own, "complete"), expanded: newest(own, "expand") }];
    }),
  );
}

function moveOn(host: string, service: string, desired: Desired, observed: ObservedHost | undefined): Move[] {
  const items = desired.hosts.find((each) => each.host === host)?.items ?? [];
  const to = items.flatMap((item) =>
    item.kind === "container" && item.set[0] === service ? (item.spec.labels[LABEL.release] ?? []) : [],
  )[0];
  if (to === undefined) return [];
  const serving = servingIn(observed).filter(({ labels }) => setOfLabels(labels)[0] === service);
  const others = serving.flatMap(({ labels }) => labels[LABEL.release] ?? []).filter((each) => each !== to);
  return [...new Set(others)].sort().map((from) => ({ service, host, from, to }));
}

/** Containers that serve, or are to: neither an older generation nor one that is being made. */
export function servingIn(observed: ObservedHost | undefined): ObservedContainer[] {
  return (observed?.containers ?? []).filter(({ name }) => baseName(name) === name);
}

/** The acts for a service that hosts remember. */
function actsDone(service: string, desired: Desired, observed: Hosts): ActFor[] {
  const ids = new Set(
    desired.hosts.flatMap(({ items }) =>
      items.flatMap((item) =>
        item.kind === "job" && item.upgrade && item.set[0] === service ? item.id : [],
      ),
    ),
  );
  const journals = Object.values(observed).map(({ journal }) => journal.jobs);
  return journals.flatMap((jobs) => [...ids].flatMap((id) => jobs[id]?.upgrade ?? []));
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
  const opened = new Set(
    desired.hosts.flatMap(({ items }) =>
      items.flatMap((item) => (item.kind === "job" && item.upgrade?.act === "expand" ? item.set[0] : [])),
    ),
  );
  const here = moves.filter(({ host }) => onHost(request, host));
  return {
    moves: here.map((move) => ({ ...move, ...(opened.has(move.service) && { opens: true }) })),
    finishes: [],
  };
}

/** None where the databases of a service are wholly of the release that they were expanded for. */
export function finishOf(service: string, standing: Standing): Finish[] {
  const { expanded: release, completed: from } = standing;
  if (release === undefined || !isOpen(release, standing)) return [];
  return [{ service, release, ...(from !== undefined && { from }) }];
}
