import type {
  ContainerItem,
  ExecPart,
  FileItem,
  Item,
  ItemRef,
  JobItem,
  JobPart,
  Resource,
  ResourceItem,
  VolumeItem,
} from "#model";
import { fingerprint } from "#support";
import { containerItem, containerSpec, lastByTarget } from "./container.ts";
import { containerFiles, fileHashes } from "./files.ts";
import { before, execNeeds, jobsBefore, jobsOf, type Needs, unique } from "./needs.ts";
import type { ServiceOffers } from "./offers.ts";
import type { Compilation, PlacedContainer } from "./placed.ts";
import { execId, jobId, setOf } from "./placed.ts";
import type { ServiceOnHost } from "./placement.ts";

/** How long a job or a command may take when the service does not say, in seconds. */
const JOB_SECONDS = 600;
const EXEC_SECONDS = 120;

export interface ServiceItems {
  offers: ServiceOffers;
  here: ServiceOnHost;
  needs: Needs;
  compilation: Compilation;
  /** Resources of the whole service that this host sees to. */
  resources: readonly ResourceItem[];
  /** Databases of the service, wherever they are made. */
  databases: readonly ItemRef[];
}

/** All items of a service on a host: resources, jobs, files, volumes, containers, commands. */
export function serviceItems(of: ServiceItems): Item[] {
  const files = new Map(
    of.here.containers.map((placed) => [placed.name, containerFiles(placed, of.compilation)]),
  );
  const host = hostResources(of);
  const due = jobs(of, files);
  const containers = of.here.containers.flatMap(
    (placed) => of.compilation.attempt(() => container(of, placed, files.get(placed.name) ?? [], host)) ?? [],
  );
  return [
    ...of.resources,
    ...host,
    ...volumes([...due, ...containers]),
    ...[...files.values()].flat(),
    ...due,
    ...containers,
    ...execs(of),
  ];
}

/** A resource of a host; it is due again when anything about it changes. */
export function resourceItem(
  id: string,
  set: readonly string[],
  resource: Resource,
  needs: readonly ItemRef[],
): ResourceItem {
  return { kind: "resource", id, set, needs, resource, key: fingerprint(resource) };
}

function hostResources({
  offers: {
    site: { service },
  },
  here: { host, parts },
  compilation,
}: ServiceItems): ResourceItem[] {
  const wanted = compilation.evaluation.value("set_sysctl", host) === true;
  const sysctl = wanted && parts.sysctl && Object.keys(parts.sysctl).length > 0 ? [parts.sysctl] : [];
  return [
    ...sysctl.map((values) =>
      resourceItem(`resource:sysctl:${service.name}`, [service.name], { kind: "sysctl", values }, []),
    ),
    ...(parts.sharedMounts ?? []).map((path) =>
      resourceItem(`resource:shared-mount:${path}`, [service.name], { kind: "shared-mount", path }, []),
    ),
  ];
}

function volumes(users: readonly (ContainerItem | JobItem)[]): VolumeItem[] {
  const sets = new Map<string, readonly string[]>();
  for (const { spec, set } of users) {
    for (const name of namedVolumes(spec.mounts)) if (!sets.has(name)) sets.set(name, set);
  }
  return [...sets].map(([name, set]) => ({ kind: "volume", id: `volume:${name}`, set, needs: [], name }));
}

function namedVolumes(mounts: readonly { source: string }[]): string[] {
  return mounts.map((mount) => mount.source).filter((source) => !source.startsWith("/"));
}

function readFirst(
  host: string,
  files: readonly FileItem[],
  mounts: readonly { source: string }[],
): ItemRef[] {
  return [
    ...files.map((file) => `${host}|${file.id}`),
    ...namedVolumes(mounts).map((name) => `${host}|volume:${name}`),
  ];
}

function container(
  { offers, needs, compilation }: ServiceItems,
  placed: PlacedContainer,
  files: readonly FileItem[],
  host: readonly ResourceItem[],
): ContainerItem {
  const spec = containerSpec(placed, compilation);
  const refs = [
    ...readFirst(placed.host, files, spec.mounts),
    ...host.map((item) => `${placed.host}|${item.id}`),
    ...needs.services(offers, placed.host),
    ...needs.ownIdentity(placed.service),
    ...jobsOf(offers, placed.host),
    ...before(offers, placed.definition, placed.part.after ?? [], placed.host),
  ];
  return containerItem(placed, spec, fileHashes(files), unique(refs), compilation);
}

function jobs(of: ServiceItems, files: ReadonlyMap<string, readonly FileItem[]>): JobItem[] {
  const { offers, here } = of;
  return (here.parts.jobs ?? []).flatMap(({ name }) => {
    const own = offers.jobs.get(name)?.get(here.host);
    if (!own) return [];
    const { part, placed } = own.what;
    return of.compilation.attempt(() => job(of, part, placed, files.get(placed.name) ?? [])) ?? [];
  });
}

function job(
  of: ServiceItems,
  part: JobPart<string>,
  like: PlacedContainer,
  files: readonly FileItem[],
): JobItem {
  const { offers, needs, compilation, databases } = of;
  const { service } = like;
  const { health: _none, command: _own, ...spec } = containerSpec(like, compilation);
  const key = !part.key || part.key === "image" ? "{image}" : part.key;
  const mounts = lastByTarget([...spec.mounts, ...(part.mounts ?? [])]);
  return {
    kind: "job",
    id: jobId(service, part.name),
    set: setOf(service, like.declaration.set),
    needs: unique([
      ...readFirst(like.host, files, mounts),
      ...databases,
      ...(part.waitsFor === "database" ? [] : needs.services(offers, like.host)),
      ...jobsBefore(offers, part.after ?? [], like.host),
    ]),
    spec: {
      ...spec,
      name: `${like.name}_${part.name.replaceAll("-", "_")}`,
      environment: { ...spec.environment, ...part.environment },
      mounts,
      restartPolicy: "no",
      ...(part.command && { command: part.command }),
      ...(part.user !== undefined && { user: part.user }),
    },
    key,
    timeoutSeconds: part.timeoutSeconds ?? JOB_SECONDS,
    dueBecause: dueBecause(key),
    ...(part.verb !== undefined && { verb: part.verb }),
    ...(part.act && { upgrade: { act: part.act, release: compilation.views.release(service, like.host) } }),
  };
}

function dueBecause(key: string): string {
  if (key === "{image}") return "image changed";
  return key === "once" ? "never done here" : "what it does changed";
}

function execs({ offers, here }: ServiceItems): ResourceItem[] {
  return (here.parts.execs ?? []).flatMap(({ name }) => {
    const own = offers.execs.get(name)?.get(here.host);
    if (!own) return [];
    const { part, placed } = own.what;
    const { service, declaration } = placed;
    const resource = execResource(part, placed.name);
    const needs = execNeeds(offers, part, here.host);
    return [resourceItem(execId(service, name), setOf(service, declaration.set), resource, needs)];
  });
}

function execResource(part: ExecPart<string>, container: string): Resource {
  return {
    kind: "exec",
    container,
    command: part.command,
    ...(part.user !== undefined && { user: part.user }),
    ...(part.environment && { environment: part.environment }),
    timeoutSeconds: part.timeoutSeconds ?? EXEC_SECONDS,
  };
}
