import type { HostDesired, Item, ObservedContainer, ObservedHost } from "#model";
import type { PlanRequest } from "./request.ts";
import type { Standing } from "./upgrade.ts";

/** One host with what was found on it, looked up by name. */
export interface HostPair {
  desired: HostDesired;
  observed: ObservedHost;
  containers: ReadonlyMap<string, ObservedContainer>;
  request: PlanRequest;
  /** By service. */
  standings: ReadonlyMap<string, Standing>;
}

type Kind = Item["kind"] | "image";

/** What verbs touch when they do not touch everything. */
const TOUCHES: Readonly<Record<string, readonly Kind[]>> = {
  pull: ["image"],
  genconfig: ["file"],
  // Jobs are not undone: what a later one did to a database, earlier programs of the same release can work with.
  rollback: ["volume", "file", "container", "resource"],
  "deploy-containers": ["image", "volume", "container"],
};

/** Whether this verb acts on things of a kind. */
export function touches(request: PlanRequest, kind: Kind): boolean {
  if (request.finish || request.ofService) return kind === "job";
  return TOUCHES[request.verb]?.includes(kind) ?? true;
}

/** What the drafts of an item have in common. */
export function common(pair: HostPair, item: Item, cause: string) {
  return { host: pair.desired.host, set: item.set, cause };
}

/** Whether a path lies at or below one of the sources that containers mount. */
export function isBelow(path: string, sources: ReadonlySet<string>): boolean {
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
    const upper = path.slice(0, end);
    if (sources.has(upper) || sources.has(`${upper}/`)) return true;
  }
  return false;
}
