import { type Desired, type Item, LABEL, type ObservedHost } from "#model";
import { KollaError, nearest, throwProblems } from "#support";

/** What the operator asked for. */
export interface PlanRequest {
  /** deploy, reconfigure, upgrade, pull, genconfig, deploy-containers, start, stop, restart … */
  verb: string;
  /** Names of sets, at any depth; absent or empty: all. */
  tags?: readonly string[];
  /** Names of sets that are left alone, though `tags` may name one above them. */
  skip?: readonly string[];
  /** Names of hosts; absent or empty: all. */
  limit?: readonly string[];
  /** Names of containers; absent: all that belong to the sets. */
  containers?: readonly string[];
  /** Of `upgrade`: complete the databases of what was upgraded, and nothing else. */
  finish?: boolean;
  /** The verb is one of a service's own: its jobs are done, and nothing else. */
  ofService?: boolean;
  /** Take away containers that are no longer wanted, with their files. Absent: they are left, and the plan says so. */
  remove?: boolean;
  /** Hosts of the site that the run does without, though they were asked for, each with why. */
  without?: Readonly<Record<string, string>>;
  /** Names of hosts that have left the inventory. */
  former?: readonly string[];
}

/** Whether something that belongs to this set was asked for. */
export function inScope(request: PlanRequest, set: readonly string[]): boolean {
  const tags = request.tags ?? [];
  if (request.skip?.some((tag) => set.includes(tag))) return false;
  return tags.length === 0 || tags.some((tag) => set.includes(tag));
}

/** Whether something was asked for as far as containers are named; only a container can be. */
export function isNamed(request: PlanRequest, item: Item): boolean {
  if (!request.containers) return true;
  return item.kind === "container" ? request.containers.includes(item.spec.name) : item.kind !== "resource";
}

/** Whether this host was asked for. */
export function onHost(request: PlanRequest, host: string): boolean {
  const limit = request.limit ?? [];
  return limit.length === 0 || limit.includes(host);
}

/**
 * Throws KOLLA_SET_UNKNOWN and KOLLA_HOST_UNKNOWN for names that neither the site nor its hosts know,
 * KOLLA_HOST_NOT_OBSERVED for a host asked for that did not answer.
 */
export function checkRequest(
  desired: Desired,
  observed: Readonly<Record<string, ObservedHost>>,
  request: PlanRequest,
): void {
  const hosts = desired.hosts.map((host) => host.host);
  throwProblems("KOLLA_REQUEST", [
    ...unknown(
      [...(request.tags ?? []), ...(request.skip ?? [])],
      setNames(desired, observed),
      "KOLLA_SET_UNKNOWN",
      "set",
    ),
    ...unknown(request.limit ?? [], new Set(hosts), "KOLLA_HOST_UNKNOWN", "host"),
    ...hosts.filter((host) => onHost(request, host) && !observed[host]).map(notObserved),
  ]);
}

function setNames(desired: Desired, observed: Readonly<Record<string, ObservedHost>>): Set<string> {
  const wanted = desired.hosts.flatMap((host) => host.items.flatMap((item) => item.set));
  const there = Object.values(observed).flatMap((host) =>
    host.containers.flatMap((container) => setOfLabels(container.labels)),
  );
  return new Set([...wanted, ...there]);
}

/** The set that a container on a host was made for; empty when the labels do not say. */
export function setOfLabels(labels: Readonly<Record<string, string>>): readonly string[] {
  return labels[LABEL.set]?.split("/") ?? [];
}

function unknown(
  names: readonly string[],
  known: ReadonlySet<string>,
  code: string,
  noun: string,
): KollaError[] {
  return names
    .filter((name) => !known.has(name))
    .map((name) => {
      const near = nearest(name, known);
      const hint = near
        ? `Did you mean ${near}?`
        : `Known ${noun}s: ${[...known].sort().slice(0, 20).join(", ")}`;
      return new KollaError({ code, message: `There is no ${noun} called ${name}`, hint });
    });
}

function notObserved(host: string): KollaError {
  return new KollaError({
    code: "KOLLA_HOST_NOT_OBSERVED",
    message: "The host did not report what it has",
    where: { host },
    hint: "Reach it again, or leave it out with --limit",
  });
}
