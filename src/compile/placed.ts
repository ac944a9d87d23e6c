import type { AnyService, ContainerDeclaration, ContainerPart, ItemRef, Phase } from "#model";
import type { Evaluation } from "./evaluation.ts";
import type { Declared, Views } from "./views.ts";

/** What all parts of a compilation share. */
export interface Compilation {
  evaluation: Evaluation;
  views: Views;
  declared: readonly Declared[];
  /** What it is compiled for: services that are in a phase. */
  phase: Phase;
  /** Hard limit of open files by host, where it is known. */
  nofile: ReadonlyMap<string, number>;
  /** Runs a piece of work; what it refuses is kept with the other problems, so that all are reported together. */
  attempt: <T>(work: () => T) => T | undefined;
}

/** A container of a service on a host. */
export interface PlacedContainer {
  service: AnyService;
  /** Name in the service's `containers`. */
  definition: string;
  declaration: ContainerDeclaration;
  /** Name on the engine. */
  name: string;
  host: string;
  part: ContainerPart<string>;
}

/** What an item writes among its needs when it needs a host's container. */
export const containerRef = (host: string, name: string): ItemRef => `${host}|container:${name}`;

/** The set of a container, from its service down. */
export function setOf(service: AnyService, subset: string): string[] {
  return subset === service.name ? [service.name] : [service.name, subset];
}

/** Id of a job of a service. */
export const jobId = (service: AnyService, job: string): string => `job:${service.name}:${job}`;
/** Id of a command in a running container. */
export const execId = (service: AnyService, exec: string): string => `resource:exec:${service.name}:${exec}`;
/** Id of a database. */
export const databaseId = (schema: string): string => `resource:database:${schema}`;
/** Id of what a service has among the cloud's accounts and addresses. */
export const identityId = (service: string): string => `resource:identity:${service}`;
