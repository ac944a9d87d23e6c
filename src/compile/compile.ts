import type {
  AnyService,
  Desired,
  HostDesired,
  Item,
  ItemRef,
  LookupQuestion,
  ObservedHost,
  Phase,
  ResolvedSite,
  ResourceItem,
  SetProbe,
} from "#model";
import { formatError, invariant, KollaError, KollaErrors, sortedProblems, topologicalOrder } from "#support";
import { siteClashes } from "./clashes.ts";
import type { Evaluation } from "./evaluation.ts";
import { isUnknown } from "./facts.ts";
import { NoValue } from "./failure.ts";
import { groupMembers } from "./groups.ts";
import { resourceItem, serviceItems } from "./items.ts";
import { judgeOverrides, type OverrideFindings } from "./judge-overrides.ts";
import { judgeServices } from "./judgements.ts";
import { Needs, unique } from "./needs.ts";
import { offersOf, type ServiceOffers } from "./offers.ts";
import { isEnabled, type ResolvedOptions, resolveOptions } from "./options.ts";
import { type Compilation, databaseId, identityId } from "./placed.ts";
import { candidateHosts, caretaker, onSite, placeService, type ServiceOnSite } from "./placement.ts";
import { serviceProbes } from "./probes.ts";
import { identityNeed, providerOf } from "./resources.ts";
import { containersOf } from "./rule-options.ts";
import { runLimits } from "./run-limits.ts";
import { type Declared, Views } from "./views.ts";

export type Values = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
export type FactsByHost = Readonly<Record<string, ObservedHost["facts"] | undefined>>;

export interface Compiled {
  desired: Desired;
  /** Host → option → value; secrets are Secret. */
  values: Values;
  problems: KollaError[];
  warnings: KollaError[];
  /** What override files ask of Ansible. While there is any, the rest is not to be used: answer and compile again. */
  questions: readonly LookupQuestion[];
}

/**
 * What each host should have, with services in a `phase` that they pass: pure, and the same text for the same site. Where options lack values the desired state is
 * empty, because services could only guess; what else is wrong is found with values that fit in their place.
 */
export function compile(
  services: readonly AnyService[],
  site: ResolvedSite,
  observedFacts: FactsByHost,
  phase: Phase = {},
): Compiled {
  const options = resolveOptions(services, site);
  const values = options.hosts;
  const whole = options.hasGaps ? resolveOptions(services, site, { recovers: true }) : options;
  const run = new Run(services, whole, observedFacts, phase);
  const desired = run.desired();
  const files = run.overrides();
  const found = [...run.problems(), ...files.problems, ...run.judged(options.evaluation)];
  // With values that are not the operator's only what stands in his files is sure to be his.
  const problems = options.hasGaps ? found.filter(({ where }) => where?.file !== undefined) : found;
  return {
    desired: options.hasGaps ? { hosts: [] } : desired,
    values,
    problems: sortedProblems([...options.problems, ...problems]),
    warnings: [...options.warnings, ...files.warnings],
    questions: [...whole.evaluation.questions.values()],
  };
}

class Run {
  readonly #services: readonly AnyService[];
  readonly #ordered: readonly AnyService[];
  readonly #options: ResolvedOptions;
  readonly #compilation: Compilation;
  readonly #sites = new Map<string, ServiceOnSite>();
  readonly #problems = new Map<string, KollaError>();

  constructor(services: readonly AnyService[], options: ResolvedOptions, facts: FactsByHost, phase: Phase) {
    const { evaluation } = options;
    const enabled = services.filter((service) =>
      evaluation.site.hosts.some(({ name }) => isEnabled(evaluation, service, name)),
    );
    this.#services = services;
    this.#options = options;
    this.#ordered = inOrder(enabled);
    const declared = this.#ordered.map((service) => this.#declare(service));
    const nofile = Object.entries(facts).flatMap(([host, found]) =>
      found ? [[host, found.nofileHard] as const] : [],
    );
    this.#compilation = {
      evaluation,
      views: new Views(evaluation, services, declared),
      declared,
      phase,
      nofile: new Map(nofile),
      attempt: (work) => this.#collected(work),
    };
  }

  problems(): KollaError[] {
    return [...this.#problems.values()];
  }

  /** What services and the site as a whole cannot work with of the values that the operator's own evaluation gives. */
  judged(evaluation: Evaluation): KollaError[] {
    const { views } = this.#compilation;
    return [
      ...judgeServices(this.#ordered, evaluation, views),
      ...siteClashes(this.#ordered, evaluation, views),
    ];
  }

  /** What only shows once every service has said what it reads. */
  overrides(): OverrideFindings {
    const { evaluation } = this.#options;
    return judgeOverrides({
      files: evaluation.overrides,
      site: evaluation.site,
      table: evaluation.table,
      enabled: this.#ordered,
      all: this.#services,
    });
  }

  desired(): Desired {
    for (const service of this.#ordered) this.#place(service);
    const { site } = this.#options.evaluation;
    const byHost = new Map<string, Map<string, Item>>(site.hosts.map(({ name }) => [name, new Map()]));
    const offers = new Map([...this.#sites].map(([name, on]) => [name, offersOf(on)]));
    const needs = new Needs(offers, this.#identities());
    for (const [name, own] of offers) this.#addItems(name, own, needs, byHost);
    const probes = this.#probes();
    const hosts = site.hosts.map(({ name }) =>
      this.#hostDesired(name, [...(byHost.get(name)?.values() ?? [])], probes.get(name) ?? []),
    );
    const limits = this.#collected(() => runLimits(this.#options.evaluation));
    if (this.#problems.size === 0) checkNeeds(hosts);
    return { hosts, ...(limits && { limits }) };
  }

  #declare(service: AnyService): Declared {
    const host = this.#speaker(service);
    const declarations = this.#collected(() => service.declare?.((this.#options.hosts[host] ?? {}) as never));
    return { service, declarations: declarations ?? {} };
  }

  /** Declarations are the same everywhere; the values of the service's first host stand for all. */
  #speaker(service: AnyService): string {
    const { site } = this.#options.evaluation;
    const groups = containersOf(service).map(([, { group }]) => groupMembers(site, group) ?? []);
    const reached = site.hosts.filter((host) => !isUnknown(host)).map((host) => host.name);
    return groups.flat().find((host) => reached.includes(host)) ?? reached[0] ?? "";
  }

  #place(service: AnyService): void {
    const { evaluation } = this.#compilation;
    const reached = candidateHosts(service, this.#compilation).filter(
      (host) => !isUnknown(evaluation.host(host)),
    );
    const placed = reached.flatMap((host) => {
      const here = this.#collected(() =>
        placeService(service, host, this.#options.hosts[host] ?? {}, this.#compilation),
      );
      return here ? [here] : [];
    });
    this.#sites.set(service.name, onSite(service, placed, this.#compilation));
  }

  /** Service → its entries in the catalogue, which its first host sees to when that can be reached. */
  #identities(): Map<string, ItemRef> {
    if (!this.#identityProvider()) return new Map();
    const refs = this.#compilation.declared.flatMap(({ service: { name }, declarations }) => {
      const site = identityNeed(declarations) && this.#sites.get(name);
      const host = site && caretaker(site);
      return host === undefined ? [] : [[name, `${host}|${identityId(name)}`] as const];
    });
    return new Map(refs);
  }

  #identityProvider() {
    return providerOf(this.#ordered, "identity");
  }

  #addItems(name: string, offers: ServiceOffers, needs: Needs, byHost: Map<string, Map<string, Item>>): void {
    const first = caretaker(offers.site);
    const made = first === undefined ? undefined : this.#collected(() => this.#resources(name, first, needs));
    const { databases = [], identity = [] } = made ?? {};
    for (const [host, here] of offers.site.hosts) {
      const all = this.#collected(() =>
        serviceItems({
          offers,
          here,
          needs,
          compilation: this.#compilation,
          resources: host === first ? [...databases, ...identity] : [],
          databases: databases.map(({ id }): ItemRef => `${first}|${id}`),
        }),
      );
      const items = byHost.get(host);
      for (const item of all ?? []) if (!items?.has(item.id)) items?.set(item.id, item);
    }
  }

  /** What the service has of those that provide for all, as they write it. */
  #resources(
    name: string,
    host: string,
    needs: Needs,
  ): { databases: ResourceItem[]; identity: ResourceItem[] } {
    const own = this.#compilation.declared.find(({ service }) => service.name === name);
    if (!own) return { databases: [], identity: [] };
    const { views } = this.#compilation;
    const context = views.context(own.service, host, this.#options.hosts[host] ?? {});
    const reach = own.service.provides?.what === "balancer" ? [] : needs.provided("balancer", host);
    const servers = unique([...needs.provided("database", host), ...reach]);
    const store = providerOf(this.#services, "database");
    const databases = (own.declarations.databases ?? []).flatMap((need) =>
      store ? [resourceItem(databaseId(need.schema), [name], store.resource(need, context), servers)] : [],
    );
    const provider = this.#identityProvider();
    const need = identityNeed(own.declarations);
    if (!provider || !need) return { databases, identity: [] };
    const id = identityId(name);
    const before = needs.provided("identity", host).filter((ref) => ref !== `${host}|${id}`);
    const resource = provider.resource(need, context);
    return { databases, identity: [resourceItem(id, [name], resource, unique([...before, ...reach]))] };
  }

  #probes(): Map<string, SetProbe[]> {
    const found = new Map<string, SetProbe[]>();
    for (const on of this.#sites.values()) {
      const asked = this.#collected(() => serviceProbes(on, this.#options.hosts, this.#compilation));
      if (asked) found.set(asked.host, [...(found.get(asked.host) ?? []), ...asked.probes]);
    }
    return found;
  }

  #hostDesired(host: string, items: readonly Item[], probes: readonly SetProbe[]): HostDesired {
    const { evaluation } = this.#options;
    const specs = items.flatMap((item) =>
      item.kind === "container" || item.kind === "job" ? [item.spec.image] : [],
    );
    const directory = evaluation.value("node_config_directory", host);
    const definitions = this.#services.flatMap((service) =>
      containersOf(service).map(([definition]) => definition),
    );
    return {
      host,
      agentImage: String(evaluation.value("kolla_agent_image_full", host)),
      items,
      images: [...new Set(specs)].sort(),
      probes,
      ownedDirectories: [...new Set(definitions)].sort().map((definition) => `${directory}/${definition}`),
      generationsKept: Number(evaluation.value("kolla_generations_kept", host)),
    };
  }

  #collected<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      const problem = error instanceof NoValue ? error.problem : error;
      if (!(problem instanceof KollaError)) throw error;
      const all = problem instanceof KollaErrors ? problem.problems : [problem];
      for (const each of all) this.#problems.set(formatError(each), each);
      return undefined;
    }
  }
}

/** Every need is of something that a host is to have. What could not be compiled leaves gaps, and is told instead. */
function checkNeeds(hosts: readonly HostDesired[]): void {
  const there = new Set(hosts.flatMap(({ host, items }) => items.map(({ id }): ItemRef => `${host}|${id}`)));
  for (const { host, items } of hosts)
    for (const { id, needs } of items) {
      const dangling = needs.find((need) => !there.has(need));
      invariant(dangling === undefined, `${host}|${id} needs ${dangling}, which no host is to have`);
    }
}

/** Services with those they need before them; of equals the alphabet decides, so that a plan is always the same. */
function inOrder(services: readonly AnyService[]): AnyService[] {
  const byName = new Map(services.map((service) => [service.name, service]));
  const needs = (name: string): readonly string[] => byName.get(name)?.needs ?? [];
  return topologicalOrder([...byName.keys()].sort(), needs).flatMap((name) => byName.get(name) ?? []);
}
