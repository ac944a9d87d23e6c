import type { AnyService, ContainerDeclaration, ExecPart, ItemRef, JobPart, Provision } from "#model";
import type { Act, OffersOf, ServiceOffers } from "./offers.ts";

/** The order of things: what each item of a service waits for, found among what the hosts offer. */
export class Needs {
  readonly #offers: ReadonlyMap<string, ServiceOffers>;
  readonly #identities: ReadonlyMap<string, ItemRef>;

  /** `identities`: service → its catalogue entries and accounts, for those that have any. */
  constructor(offers: ReadonlyMap<string, ServiceOffers>, identities: ReadonlyMap<string, ItemRef>) {
    this.#offers = offers;
    this.#identities = identities;
  }

  /** A service being ready, as a host of another one waits for it: its gates, its execs and its catalogue entries. */
  ready(name: string, host: string): ItemRef[] {
    const offers = this.#offers.get(name);
    if (!offers) return [];
    const gates = [...offers.containers].flatMap(([definition, each]) =>
      awaited(offers, definition, each, host),
    );
    const execs = [...offers.execs.values()].flatMap((each) => {
      const [first] = each.values();
      return awaited(offers, first?.what.part.container, each, host);
    });
    return [...gates, ...execs, ...this.identity(name)];
  }

  /** The service that others count on for this being ready; nothing where the site has none. */
  provided(what: Provision["what"], host: string): ItemRef[] {
    const provider = [...this.#offers.values()].find(({ site }) => site.service.provides?.what === what);
    return provider ? this.ready(provider.site.service.name, host) : [];
  }

  /** All that the service says it needs. */
  services({ site }: ServiceOffers, host: string): ItemRef[] {
    return unique(site.service.needs.flatMap((name: string) => this.ready(name, host)));
  }

  identity(name: string): ItemRef[] {
    const ref = this.#identities.get(name);
    return ref === undefined ? [] : [ref];
  }

  /** The entries of the service that keeps them all come after its containers, all others before theirs. */
  ownIdentity({ name, provides }: AnyService): ItemRef[] {
    return provides?.what === "identity" ? [] : this.identity(name);
  }
}

/** All jobs of a deployment of a service, which its containers wait for: this host's own where it has them. */
export function jobsOf({ jobs }: ServiceOffers, host: string): ItemRef[] {
  const isOnDemand = (job: OffersOf<Act<JobPart<string>>>): boolean =>
    [...job.values()].some(({ what }) => what.part.verb !== undefined);
  return [...jobs.values()].flatMap((job) => (isOnDemand(job) ? [] : near(job, host)));
}

/** The named jobs of the service: this host's own where it has them. */
export function jobsBefore({ jobs }: ServiceOffers, names: readonly string[], host: string): ItemRef[] {
  return names.flatMap((name) => near(jobs.get(name), host));
}

/** Containers that a container comes after, and commands that must have run before it. */
export function before(
  offers: ServiceOffers,
  definition: string,
  after: readonly string[],
  host: string,
): ItemRef[] {
  const gates = after.flatMap((name) => near(offers.containers.get(name), host));
  const execs = [...offers.execs.values()].filter((exec) =>
    [...exec.values()].some(({ what }) => what.part.before?.includes(definition)),
  );
  return [...gates, ...execs.flatMap((exec) => near(exec, host))];
}

/**
 * A command runs in its healthy container; one that no container waits for runs after all containers of the
 * service: of its own host when each host does it, of all hosts when the first does.
 */
export function execNeeds(offers: ServiceOffers, part: ExecPart<string>, host: string): ItemRef[] {
  const own = near(offers.containers.get(part.container), host);
  const after = (part.after ?? []).flatMap((name) =>
    near(offers.execs.get(name) ?? offers.containers.get(name), host),
  );
  if (part.before) return unique([...own, ...after]);
  const all = [...offers.containers.values()].flatMap((container) =>
    part.on === "each" ? here(container, host) : refs(container),
  );
  return unique([...own, ...after, ...all]);
}

/** Each need once, in the order of first mention. */
export function unique(all: readonly ItemRef[]): ItemRef[] {
  return [...new Set(all)];
}

function refs(offers: OffersOf<unknown> | undefined): ItemRef[] {
  return [...(offers?.values() ?? [])].map(({ ref }) => ref);
}

function here(offers: OffersOf<unknown> | undefined, host: string): ItemRef[] {
  const own = offers?.get(host);
  return own ? [own.ref] : [];
}

/** This host's own where it has one, else those of all hosts. */
function near(offers: OffersOf<unknown> | undefined, host: string): ItemRef[] {
  return offers?.has(host) ? here(offers, host) : refs(offers);
}

/** What a host waits for of another service: of what serves its own host only, that alone. */
function awaited(
  { site }: ServiceOffers,
  definition: string | undefined,
  offers: OffersOf<unknown>,
  host: string,
): ItemRef[] {
  const declaration: ContainerDeclaration | undefined = site.service.containers[definition ?? ""];
  return declaration?.serves === "host" ? here(offers, host) : refs(offers);
}
