import type { FileItem, Item, ItemRef, JobItem, ResourceItem, VolumeItem } from "#model";
import { fileBytes, jobKey } from "#model";
import { sha256 } from "#support";
import { fileChange } from "./causes.ts";
import { containerDrafts } from "./container-drafts.ts";
import { type Draft, type Node, refOf } from "./draft.ts";
import { common, type HostPair, isBelow, touches } from "./pair.ts";
import { inScope, isNamed } from "./request.ts";
import { isDue, whyDue } from "./upgrade.ts";

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
  const { request } = pair;
  return inScope(request, item.set) && isNamed(request, item) && touches(request, item.kind);
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
  const change = fileChange(item, found, sha256(fileBytes(item)));
  if (change === undefined) return [];
  const expects = found?.sha256 ?? null;
  return [{ ...common(pair, item, change), kind: "file", verb: "write", path: item.path, expects }];
}

function jobDrafts(pair: HostPair, item: JobItem): Draft[] {
  const { request } = pair;
  if (item.verb !== undefined || request.ofService)
    return item.verb === request.verb ? [jobDraft(pair, item, "asked for")] : [];
  const image = pair.observed.images[item.spec.image];
  const done = pair.observed.journal.jobs[item.id]?.key;
  const known = image !== undefined || !item.key.includes("{image}");
  const differs = !known || done !== jobKey(item.key, image ?? "");
  const usual = done === undefined ? "never done here" : item.dueBecause;
  const standing = pair.standings.get(item.set[0] ?? "");
  const { upgrade } = item;
  const due = upgrade && standing ? isDue(upgrade, standing, request, differs) : differs && !request.finish;
  if (!due) return [];
  const cause = upgrade && standing ? whyDue(upgrade, standing, usual) : usual;
  return [jobDraft(pair, item, cause)];
}

function jobDraft(pair: HostPair, item: JobItem, cause: string): Draft {
  return { ...common(pair, item, cause), kind: "job", verb: "run-once", id: item.id };
}

function resourceDrafts(pair: HostPair, item: ResourceItem): Draft[] {
  const done = pair.observed.journal.resources[item.id]?.key;
  if (done === item.key) return [];
  const cause = done === undefined ? "new" : "changed";
  return [{ ...common(pair, item, cause), kind: "resource", verb: "ensure", id: item.id }];
}
