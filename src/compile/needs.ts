import type { AnyService, ExecPart, ItemRef, JobPart } from "#model";
import { invariant } from "#support";
import { containerRef } from "./placed.ts";
import {
  actingHosts,
  awaited,
  firstHost,
  gatesBefore,
  nameOf,
  type ServiceOnHost,
  type ServiceOnSite,
} from "./placement.ts";

/** Id of a job of a service. */
export const jobId = (service: AnyService, job: string): string => `job:${service.name}:${job}`;
/** Id of a command in a running container. */
export const execId = (service: AnyService, exec: string): string => `resource:exec:${service.name}:${exec}`;
/** Id of a database. */
export const databaseId = (schema: string): string => `resource:database:${schema}`;
/** Id of what a service has in Keystone. */
export const identityId = (service: string): string => `resource:identity:${service}`;

/** A job or exec of a service with the hosts that do it. */
export interface Act<P> {
  part: P;
  hosts: readonly string[];
}

/** What of a service is done on which hosts, as the first host that speaks of it says. */
export class ServiceActs {
  readonly jobs: ReadonlyMap<string, Act<JobPart>>;
  readonly execs: ReadonlyMap<string, Act<ExecPart>>;

  constructor(site: ServiceOnSite) {
    this.jobs = acts(
      site,
      ({ parts }) => parts.jobs ?? [],
      (job) => job.like,
    );
    this.execs = acts(
      site,
      ({ parts }) => parts.execs ?? [],
      (exec) => exec.container,
    );
  }
}

function acts<P extends { name: string; on?: "first" | "each" }>(
  site: ServiceOnSite,
  partsOf: (here: ServiceOnHost) => readonly P[],
  containerOf: (part: P) => string,
): Map<string, Act<P>> {
  const found = new Map<string, Act<P>>();
  for (const here of site.hosts.values()) {
    for (const part of partsOf(here)) {
      if (found.has(part.name)) continue;
      const definition = containerOf(part);
      invariant(definition in site.service.containers, `${site.service.name} has no container ${definition}`);
      found.set(part.name, { part, hosts: actingHosts(part.on, site.hostsOf.get(definition) ?? []) });
    }
  }
  return found;
}

/** The order of things: what each item of a service waits for. */
export class Needs {
  readonly #sites: ReadonlyMap<string, ServiceOnSite>;
  readonly #acts: ReadonlyMap<string, ServiceActs>;
  readonly #identities: ReadonlySet<string>;

  constructor(
    sites: ReadonlyMap<string, ServiceOnSite>,
    acts: ReadonlyMap<string, ServiceActs>,
    identities: ReadonlySet<string>,
  ) {
    this.#sites = sites;
    this.#acts = acts;
    this.#identities = identities;
  }

  /** A service being ready, as a host of another one waits for it: its gates, its execs and its catalogue entries. */
  ready(name: string, host: string): ItemRef[] {
    const site = this.#sites.get(name);
    if (!site) return [];
    const gates = [...site.hostsOf].flatMap(([definition, hosts]) =>
      awaited(host, hosts).map((each) => containerRef(each, nameOf(site.service, definition))),
    );
    const execs = [...(this.#acts.get(name)?.execs ?? [])].flatMap(([exec, { hosts }]) =>
      awaited(host, hosts).map((each) => `${each}|${execId(site.service, exec)}`),
    );
    return [...gates, ...execs, ...this.identity(name)];
  }

  /** All that the service says it needs. */
  services(service: AnyService, host: string): ItemRef[] {
    return unique(service.needs.flatMap((name: string) => this.ready(name, host)));
  }

  identity(name: string): ItemRef[] {
    const site = this.#sites.get(name);
    const host = site && firstHost(site);
    return host !== undefined && this.#identities.has(name) ? [`${host}|${identityId(name)}`] : [];
  }

  /** Keystone's own entries come after its containers, all others before theirs. */
  ownIdentity(name: string): ItemRef[] {
    return name === "keystone" ? [] : this.identity(name);
  }

  jobs(service: AnyService, host: string): ItemRef[] {
    return [...(this.#acts.get(service.name)?.jobs ?? [])].flatMap(([job, { hosts }]) =>
      awaited(host, hosts).map((each) => `${each}|${jobId(service, job)}`),
    );
  }

  /** The named jobs of the service: this host's own where it has them. */
  jobsBefore(service: AnyService, names: readonly string[], host: string): ItemRef[] {
    return names.flatMap((name) => {
      const hosts = this.#acts.get(service.name)?.jobs.get(name)?.hosts;
      invariant(hosts, `${service.name} has no job ${name}`);
      return (hosts.includes(host) ? [host] : hosts).map((each) => `${each}|${jobId(service, name)}`);
    });
  }

  /** Containers that a container comes after, and commands that must have run before it. */
  before(site: ServiceOnSite, definition: string, after: readonly string[], host: string): ItemRef[] {
    const gates = after.flatMap((name) => gatesBefore(site, name, host));
    const execs = [...(this.#acts.get(site.service.name)?.execs ?? [])].flatMap(([name, { part, hosts }]) =>
      part.before?.includes(definition)
        ? (hosts.includes(host) ? [host] : hosts).map((each) => `${each}|${execId(site.service, name)}`)
        : [],
    );
    return [...gates, ...execs];
  }

  /**
   * A command runs in its healthy container; one that no container waits for runs after all containers of the
   * service: of its own host when each host does it, of all hosts when the first does.
   */
  exec(site: ServiceOnSite, part: ExecPart, host: string): ItemRef[] {
    const own = containerRef(host, nameOf(site.service, part.container));
    const after = (part.after ?? []).flatMap((name) => this.#execOrGates(site, name, host));
    if (part.before) return unique([own, ...after]);
    const all = [...site.hostsOf].flatMap(([definition, hosts]) =>
      hosts
        .filter((each) => part.on !== "each" || each === host)
        .map((each) => containerRef(each, nameOf(site.service, definition))),
    );
    return unique([own, ...after, ...all]);
  }

  #execOrGates(site: ServiceOnSite, name: string, host: string): ItemRef[] {
    const hosts = this.#acts.get(site.service.name)?.execs.get(name)?.hosts;
    if (!hosts) return gatesBefore(site, name, host);
    return (hosts.includes(host) ? [host] : hosts).map((each) => `${each}|${execId(site.service, name)}`);
  }
}

/** Each need once, in the order of first mention. */
export function unique(refs: readonly ItemRef[]): ItemRef[] {
  return [...new Set(refs)];
}
