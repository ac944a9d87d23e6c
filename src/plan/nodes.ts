import {
  baseName,
  type ContainerItem,
  type FileItem,
  generationInName,
  type HostDesired,
  type Item,
  type ItemRef,
  type JobItem,
  jobKey,
  LABEL,
  type ObservedContainer,
  type ObservedHost,
  type ResourceItem,
  type VolumeItem,
} from "#model";
import { sha256 } from "#support";
import { fileChange, replaceCauses } from "./causes.ts";
import { type Draft, type Node, refOf } from "./draft.ts";
import { inScope, type PlanRequest } from "./request.ts";

/** One host with what was found on it, looked up by name. */
export interface HostPair {
  desired: HostDesired;
  observed: ObservedHost;
  containers: ReadonlyMap<string, ObservedContainer>;
  request: PlanRequest;
}

type Kind = Item["kind"] | "image";

/** What verbs touch when they do not touch everything. */
const TOUCHES: Readonly<Record<string, readonly Kind[]>> = {
  pull: ["image"],
  genconfig: ["file"],
  "deploy-containers": ["image", "volume", "container"],
};

/** Whether this verb acts on things of a kind. */
export function touches(request: PlanRequest, kind: Kind): boolean {
  return TOUCHES[request.verb]?.includes(kind) ?? true;
}

/**
 * Nodes for all items of a host and the images they use; with drafts where the host is not as it should be.
 * `gone`: paths of files that are removed; a container that reads their directory is replaced after that.
 */
export function hostNodes(pair: HostPair, active: boolean, gone: readonly string[] = []): Node[] {
  const { host, items } = pair.desired;
  const readers = imagesOfReaders(items);
  const nodes = items.map((item) => ({
    ref: refOf(host, item.id),
    needs: needsOf(host, item, items, readers, gone),
    drafts: active && wanted(pair, item) ? draftsOf(pair, item) : [],
  }));
  return [...nodes, ...imageNodes(pair, active)];
}

function wanted(pair: HostPair, item: Item): boolean {
  return inScope(pair.request, item.set) && touches(pair.request, item.kind);
}

/** What the item says it needs, and what follows from what it is: its image, its volumes, the files it reads. */
function needsOf(
  host: string,
  item: Item,
  items: readonly Item[],
  readers: ReadonlyMap<string, ReadonlySet<string>>,
  gone: readonly string[],
): ItemRef[] {
  const implied: string[] = [];
  if (item.kind === "file") implied.push(...(readers.get(item.path) ?? []));
  if (item.kind === "container" || item.kind === "job") {
    const sources = new Set(item.spec.mounts.map((mount) => mount.source));
    const read = item.kind === "container" ? item.files : {};
    implied.push(imageId(item.spec.image));
    for (const other of items)
      if (isMounted(other, sources) || (other.kind === "file" && read[other.path] !== undefined))
        implied.push(other.id);
    implied.push(...gone.filter((path) => isBelow(path, sources)).map((path) => `file:${path}`));
  }
  return [...new Set([...item.needs, ...implied.map((id) => refOf(host, id))])];
}

function isMounted(item: Item, sources: ReadonlySet<string>): boolean {
  if (item.kind === "volume") return sources.has(item.name);
  return item.kind === "file" && isBelow(item.path, sources);
}

function isBelow(path: string, sources: ReadonlySet<string>): boolean {
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
    const upper = path.slice(0, end);
    if (sources.has(upper) || sources.has(`${upper}/`)) return true;
  }
  return false;
}

/** Path of a file → images of the containers that read it: no file is written before they are there. */
function imagesOfReaders(items: readonly Item[]): Map<string, Set<string>> {
  const readers = new Map<string, Set<string>>();
  for (const item of items) {
    if (item.kind !== "container") continue;
    for (const path of Object.keys(item.files)) {
      const images = readers.get(path) ?? new Set<string>();
      readers.set(path, images.add(imageId(item.spec.image)));
    }
  }
  return readers;
}

function imageId(reference: string): string {
  return `image:${reference}`;
}

function imageNodes(pair: HostPair, active: boolean): Node[] {
  const nodes = new Map<string, Node>();
  const users = pair.desired.items.filter((item) => item.kind === "container" || item.kind === "job");
  for (const wantedHere of [true, false])
    for (const item of users) {
      const reference = item.spec.image;
      if (nodes.has(reference) || (wantedHere && !(active && inScope(pair.request, item.set)))) continue;
      const drafts =
        wantedHere && touches(pair.request, "image") ? imageDrafts(pair, reference, item.set) : [];
      nodes.set(reference, { ref: refOf(pair.desired.host, imageId(reference)), needs: [], drafts });
    }
  return [...nodes.values()];
}

function imageDrafts(pair: HostPair, image: string, set: readonly string[]): Draft[] {
  const here = pair.observed.images[image] !== undefined;
  if (here && !(pair.request.verb === "pull" && hasRegistry(image))) return [];
  const cause = here ? "asked for" : "not on the host";
  return [{ kind: "image", verb: "pull", image, host: pair.desired.host, set, cause }];
}

/** A reference names a registry when what stands before its first slash looks like a host. */
function hasRegistry(reference: string): boolean {
  const [first, rest] = reference.split("/", 2);
  return rest !== undefined && (/[.:]/.test(first ?? "") || first === "localhost");
}

function draftsOf(pair: HostPair, item: Item): Draft[] {
  switch (item.kind) {
    case "file":
      return fileDrafts(pair, item);
    case "container":
      return containerDrafts(pair, item);
    case "job":
      return jobDrafts(pair, item);
    case "resource":
      return resourceDrafts(pair, item);
    case "volume":
      return volumeDrafts(pair, item);
  }
}

function volumeDrafts(pair: HostPair, item: VolumeItem): Draft[] {
  if (pair.observed.volumes.includes(item.name)) return [];
  return [{ ...common(pair, item, "new"), kind: "volume", verb: "create", name: item.name }];
}

function fileDrafts(pair: HostPair, item: FileItem): Draft[] {
  const found = pair.observed.files[item.path];
  const change = fileChange(item, found, sha256(item.content));
  if (change === undefined) return [];
  const expects = found?.sha256 ?? null;
  return [{ ...common(pair, item, change), kind: "file", verb: "write", path: item.path, expects, change }];
}

function jobDrafts(pair: HostPair, item: JobItem): Draft[] {
  const image = pair.observed.images[item.spec.image];
  const done = pair.observed.journal.jobs[item.id]?.key;
  const known = image !== undefined || !item.key.includes("{image}");
  if (known && done === jobKey(item.key, image ?? "")) return [];
  const cause = done === undefined ? "never done here" : item.dueBecause;
  return [{ ...common(pair, item, cause), kind: "job", verb: "run-once", id: item.id }];
}

function resourceDrafts(pair: HostPair, item: ResourceItem): Draft[] {
  const done = pair.observed.journal.resources[item.id]?.key;
  if (done === item.key) return [];
  const cause = done === undefined ? "new" : "changed";
  return [{ ...common(pair, item, cause), kind: "resource", verb: "ensure", id: item.id }];
}

function containerDrafts(pair: HostPair, item: ContainerItem): Draft[] {
  const { name } = item.spec;
  const found = pair.containers.get(name);
  const kept = keptGeneration(pair, name);
  const next = lastGeneration(pair, name) + 1;
  if (!found) return withGate(pair, item, createDraft(pair, item, next), kept, kept === undefined);
  const causes = replaceCauses(
    item,
    found,
    pair.observed.images[item.spec.image],
    touches(pair.request, "file"),
  );
  if (causes.length > 0) {
    const keeps = generationOf(found);
    const step = { kind: "container", verb: "replace", name, generation: next, keeps } as const;
    const draft: Draft = { ...common(pair, item, causes.join(", ")), ...step, expects: found.id };
    return withGate(pair, item, draft, keeps, false);
  }
  const unproved = pair.observed.journal.unproved?.[name] !== undefined;
  if (isStopped(found))
    return withGate(pair, item, startDraft(pair, item, found), unproved ? kept : undefined, false);
  return unproved ? [gateDraft(pair, item, kept, false)] : [];
}

function createDraft(pair: HostPair, item: ContainerItem, generation: number): Draft {
  const step = {
    kind: "container",
    verb: "create",
    name: item.spec.name,
    generation,
    expects: null,
  } as const;
  return { ...common(pair, item, generation === 1 ? "new" : "not there"), ...step };
}

/** The step that starts a container which is there and stopped. */
export function startDraft(pair: HostPair, item: ContainerItem, found: ObservedContainer): Draft {
  const cause = found.state === "created" ? "never started" : "stopped";
  const step = { kind: "container", verb: "start", name: item.spec.name, expects: found.id } as const;
  return { ...common(pair, item, cause), ...step };
}

/** Whether a container would have to be started to serve. */
export function isStopped(found: ObservedContainer): boolean {
  return found.state === "exited" || found.state === "created";
}

/** A step on a container, then the wait for its health. `alone`: there is nothing to go back to, so it is removed. */
export function withGate(
  pair: HostPair,
  item: ContainerItem,
  draft: Draft,
  restores: number | undefined,
  alone: boolean,
): Draft[] {
  return [draft, gateDraft(pair, item, restores, alone)];
}

function gateDraft(pair: HostPair, item: ContainerItem, restores: number | undefined, alone: boolean): Draft {
  const otherwise =
    restores !== undefined ? `, else restore generation ${restores}` : alone ? ", else remove" : "";
  const cause = `healthy within ${item.gateSeconds} s${otherwise}`;
  const gate = { kind: "gate", verb: "await", container: item.spec.name, seconds: item.gateSeconds } as const;
  return { ...common(pair, item, cause), ...gate, ...(restores === undefined ? {} : { restores }) };
}

function common(pair: HostPair, item: Item, cause: string) {
  return { host: pair.desired.host, set: item.set, cause };
}

/** Generation of a container that serves; 0 when another tool made it. */
function generationOf(found: ObservedContainer): number {
  return Number(found.labels[LABEL.generation] ?? 0);
}

/** The newest older generation that waits on the host under its generation's name. */
function keptGeneration(pair: HostPair, name: string): number | undefined {
  const kept = pair.observed.containers.flatMap((found) =>
    baseName(found.name) === name ? [generationInName(found.name) ?? -1] : [],
  );
  const newest = Math.max(-1, ...kept);
  return newest < 0 ? undefined : newest;
}

function lastGeneration(pair: HostPair, name: string): number {
  const found = pair.containers.get(name);
  return Math.max(
    pair.observed.journal.generations[name] ?? 0,
    found ? generationOf(found) : 0,
    keptGeneration(pair, name) ?? 0,
  );
}
