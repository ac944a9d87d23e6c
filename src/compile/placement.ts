import type { AnyService, ContainerDeclaration, Parts } from "#model";
import { invariant } from "#support";
import { isUnknown } from "./facts.ts";
import { isEnabled } from "./options.ts";
import type { Compilation, PlacedContainer } from "./placed.ts";
import { containerName, containersOf } from "./rule-options.ts";

/** What one service has on one host. */
export interface ServiceOnHost {
  host: string;
  parts: Parts<string>;
  containers: readonly PlacedContainer[];
}

/** What one service has on the site. */
export interface ServiceOnSite {
  service: AnyService;
  hosts: ReadonlyMap<string, ServiceOnHost>;
  /** Name of a container's definition → its hosts, in the order of the inventory group. */
  hostsOf: ReadonlyMap<string, readonly string[]>;
}

/** Hosts that could run any container of the service, in the order of its container groups. */
export function candidateHosts(service: AnyService, compilation: Compilation): string[] {
  const { evaluation } = compilation;
  const names = containersOf(service).flatMap(([, declaration]) => hostsFor(declaration, compilation));
  return [...new Set(names)].filter((host) => isEnabled(evaluation, service, host));
}

/** Hosts that could run a container, in the order of its groups. */
function hostsFor(declaration: ContainerDeclaration, { views }: Compilation): string[] {
  const groups = [declaration.group, ...(declaration.alsoIn ?? [])];
  return [...new Set(groups.flatMap((group) => views.hosts(group).map((host) => host.name)))];
}

/** Asks a service for its parts on a host and keeps the containers that it declares to run there. */
export function placeService(
  service: AnyService,
  host: string,
  values: Readonly<Record<string, unknown>>,
  compilation: Compilation,
): ServiceOnHost {
  const { views, phase } = compilation;
  const context = { ...views.context(service, host, values), phase: phase[service.name] };
  const parts = service.define(context) as Parts<string>;
  checkNames(service, parts);
  const containers = containersOf(service).flatMap(([definition, declaration]) => {
    const part = parts.containers[definition];
    if (!part || !views.runsOn(host, declaration)) return [];
    return [{ service, definition, declaration, name: containerName(definition, declaration), host, part }];
  });
  return { host, parts, containers };
}

/** Jobs and commands wait for others by names; the types of services see to those of containers. */
function checkNames(service: AnyService, { jobs = [], execs = [] }: Parts<string>): void {
  const check = (what: string, after: readonly string[] = [], known: readonly string[]): void => {
    const strange = after.filter((name) => !known.includes(name));
    invariant(
      strange.length === 0,
      `${what} of ${service.name} comes after ${strange.join(", ")}, which nothing is called`,
    );
  };
  const jobNames = jobs.map(({ name }) => name);
  const execNames = execs.map(({ name }) => name);
  for (const { name, after } of jobs) check(`job ${name}`, after, jobNames);
  for (const { name, after } of execs)
    check(`exec ${name}`, after, [...execNames, ...Object.keys(service.containers)]);
}

/**
 * Brings what a service has on its hosts together. A host that is out of reach keeps its place: what only the first
 * host may do must not be done by the second because the first is away.
 */
export function onSite(
  service: AnyService,
  placed: readonly ServiceOnHost[],
  compilation: Compilation,
): ServiceOnSite {
  const hosts = new Map(placed.map((each) => [each.host, each]));
  const hostsOf = containersOf(service).map(([definition, declaration]) => {
    const runs = (host: string): boolean =>
      hosts.get(host)?.containers.some((container) => container.definition === definition) ??
      (isUnknown(compilation.evaluation.host(host)) &&
        compilation.views.indexIn(host, declaration.group) >= 0);
    return [definition, hostsFor(declaration, compilation).filter(runs)] as const;
  });
  return { service, hosts, hostsOf: new Map(hostsOf) };
}

/**
 * The host that does what a service needs once: the first that runs any container of it. Undefined when that is out
 * of reach, because no other takes its place.
 */
export function caretaker({ hosts, hostsOf }: ServiceOnSite): string | undefined {
  const first = [...hostsOf.values()].flatMap((names) => names.slice(0, 1))[0];
  return first !== undefined && hosts.has(first) ? first : undefined;
}

/** The first host of the service that can be reached: for questions that any of them can ask. */
export function firstReached(site: ServiceOnSite): string | undefined {
  return [...site.hostsOf.values()].flat().find((host) => site.hosts.has(host));
}
