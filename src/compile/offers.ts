import type { ExecPart, ItemRef, JobPart } from "#model";
import { invariant } from "#support";
import { containerRef, execId, jobId, type PlacedContainer } from "./placed.ts";
import type { ServiceOnHost, ServiceOnSite } from "./placement.ts";

/** Something that a host really has or does, and what others write among their needs when they wait for it. */
export interface Offer<T> {
  ref: ItemRef;
  what: T;
}

/** Host → what it offers under one name, in the order of the service's hosts. */
export type OffersOf<T> = ReadonlyMap<string, Offer<T>>;

/** A job or a command as the host that does it describes it, with the container that it is like or runs in. */
export interface Act<P> {
  part: P;
  placed: PlacedContainer;
}

/**
 * What the hosts of a service offer, by name: containers by their definition. A host out of reach offers nothing, and
 * what no host offers has no name here. All needs are found in this table, so none can be of something that is not there.
 */
export interface ServiceOffers {
  site: ServiceOnSite;
  containers: ReadonlyMap<string, OffersOf<PlacedContainer>>;
  jobs: ReadonlyMap<string, OffersOf<Act<JobPart<string>>>>;
  execs: ReadonlyMap<string, OffersOf<Act<ExecPart<string>>>>;
}

/** Collects from each host what it says of itself. */
export function offersOf(site: ServiceOnSite): ServiceOffers {
  return {
    site,
    containers: containers(site),
    jobs: acts(site, {
      of: ({ parts }) => parts.jobs ?? [],
      container: (job) => job.like,
      id: (name) => jobId(site.service, name),
    }),
    execs: acts(site, {
      of: ({ parts }) => parts.execs ?? [],
      container: (exec) => exec.container,
      id: (name) => execId(site.service, name),
    }),
  };
}

function containers({ hosts, hostsOf }: ServiceOnSite): Map<string, OffersOf<PlacedContainer>> {
  const offers = [...hostsOf].map(([definition, names]) => {
    const placed = names.flatMap((host) => placedOn(hosts.get(host), definition) ?? []);
    const offered = placed.map(
      (what) => [what.host, { ref: containerRef(what.host, what.name), what }] as const,
    );
    return [definition, new Map(offered)] as const;
  });
  return new Map(offers);
}

interface ActKind<P> {
  of: (here: ServiceOnHost) => readonly P[];
  container: (part: P) => string;
  id: (name: string) => string;
}

function acts<P extends { name: string; on?: "first" | "each" }>(
  site: ServiceOnSite,
  kind: ActKind<P>,
): Map<string, OffersOf<Act<P>>> {
  const found = new Map<string, Map<string, Offer<Act<P>>>>();
  for (const here of site.hosts.values())
    for (const part of kind.of(here)) {
      const definition = kind.container(part);
      invariant(definition in site.service.containers, `${site.service.name} has no container ${definition}`);
      const placed = placedOn(here, definition);
      if (!placed || !(part.on === "each" || isFirst(site, here.host, definition, part.name, kind))) continue;
      const offered = found.get(part.name) ?? new Map<string, Offer<Act<P>>>();
      offered.set(here.host, { ref: `${here.host}|${kind.id(part.name)}`, what: { part, placed } });
      found.set(part.name, offered);
    }
  return found;
}

/** The first host of the container that has the part. One out of reach may have it, so no other does it in its place. */
function isFirst<P extends { name: string }>(
  site: ServiceOnSite,
  host: string,
  definition: string,
  name: string,
  kind: ActKind<P>,
): boolean {
  const first = site.hostsOf.get(definition)?.find((each) => {
    const here = site.hosts.get(each);
    return !here || kind.of(here).some((part) => part.name === name);
  });
  return first === host;
}

function placedOn(here: ServiceOnHost | undefined, definition: string): PlacedContainer | undefined {
  return here?.containers.find((placed) => placed.definition === definition);
}
