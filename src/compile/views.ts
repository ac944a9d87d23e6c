import type {
  AnyService,
  ContainerDeclaration,
  Declarations,
  HostView,
  NamedApi,
  ResolvedSite,
  ServiceContext,
  SiteView,
} from "#model";
import { invariant, KollaError } from "#support";
import type { Evaluation } from "./evaluation.ts";
import { interfaceAddress } from "./facts.ts";
import { groupMembers } from "./groups.ts";
import { isEnabled } from "./options.ts";
import { containersOf, releaseOption } from "./rule-options.ts";

/** A service with what it declares to others. */
export interface Declared {
  service: AnyService;
  declarations: Declarations;
}

/** What a service is asked with, when its own options do not matter to the asker. */
export type AnyContext = ServiceContext<never>;

/** The hosts and the site as services see them. */
export class Views {
  readonly #evaluation: Evaluation;
  readonly #services: readonly AnyService[];
  readonly #hosts = new Map<string, HostView>();
  readonly #groups = new Map<string, readonly HostView[]>();
  readonly #places = new Map<string, ReadonlyMap<string, number>>();
  readonly #apis: readonly NamedApi[];
  readonly #logs: readonly string[];

  constructor(evaluation: Evaluation, services: readonly AnyService[], declared: readonly Declared[]) {
    this.#evaluation = evaluation;
    this.#services = services;
    this.#apis = declared.flatMap(({ service, declarations }) =>
      (declarations.apis ?? []).map((api) => ({ ...api, serviceName: service.name })),
    );
    this.#logs = [...new Set(declared.flatMap(({ declarations }) => declarations.logs ?? []))];
  }

  /** What a service is asked with of a host; `opt`: the values that it reads there. */
  context(service: AnyService, host: string, opt: object): AnyContext {
    return {
      release: this.release(service, host),
      opt: opt as never,
      host: this.host(host),
      site: this.site(host),
    };
  }

  /** The release of OpenStack that a service is to be of on a host. */
  release(service: AnyService, host: string): string {
    return String(this.#evaluation.value(releaseOption(service), host));
  }

  host(name: string): HostView {
    const view = this.#hosts.get(name) ?? this.#makeHost(name);
    this.#hosts.set(name, view);
    return view;
  }

  /** Hosts of a group in inventory order; none when the inventory lacks the group. */
  hosts(group: string): readonly HostView[] {
    const views =
      this.#groups.get(group) ?? groupOf(this.#evaluation.site, group).map((name) => this.host(name));
    this.#groups.set(group, views);
    return views;
  }

  /** Place of a host in a group, from 0; -1 when it is not in it. */
  indexIn(host: string, group: string): number {
    const places =
      this.#places.get(group) ?? new Map(groupOf(this.#evaluation.site, group).map((name, at) => [name, at]));
    this.#places.set(group, places);
    return places.get(host) ?? -1;
  }

  /** Whether a host runs a container, as the service declares it; that the service is enabled there is another question. */
  runsOn(host: string, { group, alsoIn = [], enabled, alone }: ContainerDeclaration): boolean {
    const holds = (expression: string): boolean => this.#evaluation.holds(expression, host);
    if (![group, ...alsoIn].some((each) => this.indexIn(host, each) >= 0)) return false;
    if (enabled !== undefined && !holds(enabled)) return false;
    return this.indexIn(host, group) === 0 || alone === undefined || !holds(alone);
  }

  site(host: string): SiteView {
    const evaluation = this.#evaluation;
    const value = (option: string): unknown => {
      invariant(evaluation.table.has(option), `no service has the option ${option}`);
      return evaluation.value(option, host);
    };
    return {
      apis: this.#apis,
      logs: this.#logs,
      hosts: (group) => this.hosts(group),
      members: (api) => this.members(api),
      enabled: (name) => this.#enabled(name, host),
      url: (type, reach) => this.#url(type, reach),
      value,
      hasOverride: (...paths) => evaluation.overrides.first(paths) !== undefined,
      overridesIn: (directory) => evaluation.overrides.in(directory),
    };
  }

  /** Hosts that serve an API: those of its group that run a container which the service declares for this group. */
  members({ serviceName, group }: NamedApi): readonly HostView[] {
    const service = this.#services.find((each) => each.name === serviceName);
    invariant(service, `no service is called ${serviceName}`);
    const serving = containersOf(service).flatMap(([, each]) => (each.group === group ? [each] : []));
    return this.hosts(group).filter(
      ({ name }) => this.#enabled(serviceName, name) && serving.some((each) => this.runsOn(name, each)),
    );
  }

  #enabled(name: string, host: string): boolean {
    const service = this.#services.find((each) => each.name === name);
    return service !== undefined && isEnabled(this.#evaluation, service, host);
  }

  #url(type: string, reach: "internal" | "public"): string {
    const entry = this.#apis.find(({ catalogue }) => catalogue?.type === type)?.catalogue;
    if (!entry) {
      throw new KollaError({
        code: "KOLLA_API_ABSENT",
        message: `No enabled service offers the API "${type}", which another one needs`,
        hint: "Enable the service in globals.yml, or disable the one that needs it.",
      });
    }
    return entry[reach] ?? entry.internal;
  }

  #makeHost(name: string): HostView {
    const host = this.#evaluation.host(name);
    const evaluation = this.#evaluation;
    return {
      name,
      nodename: host.facts.nodename,
      cpus: host.facts.cpus,
      get apiAddress() {
        return String(evaluation.value("api_interface_address", name));
      },
      address: (interfaceName) => interfaceAddress(host, interfaceName),
      in: (group) => this.indexIn(name, group) >= 0,
      indexIn: (group) => this.indexIn(name, group),
    };
  }
}

function groupOf(site: ResolvedSite, group: string): readonly string[] {
  return groupMembers(site, group) ?? [];
}
