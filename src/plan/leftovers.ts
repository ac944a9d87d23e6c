import { baseName, LABEL, type Leftover, type ObservedContainer, readLabel } from "#model";
import { groupBy } from "#support";
import { type Draft, type Node, refOf } from "./draft.ts";
import { type HostPair, isBelow, touches } from "./pair.ts";
import { inScope, isNamed, setOfLabels } from "./request.ts";

/** What Kolla put on a host and the site no longer wants. */
export interface Leftovers {
  /** Nodes that remove it: containers first, then files. */
  nodes: readonly Node[];
  /** Containers that stay for want of leave to remove them; their files stay with them. */
  left: readonly Leftover[];
}

/**
 * Finds what is left over on a host. A container that is no longer wanted goes, with its files, only where the request
 * says so; a stray file among those of a wanted container goes at once.
 */
export function leftoversOf(pair: HostPair, services: ReadonlySet<string>): Leftovers {
  const unwanted = pair.request.containers ? [] : leftoverContainers(pair);
  const touched = touches(pair.request, "container") ? unwanted : [];
  const gone = pair.request.remove ? touched : [];
  const nodes = gone.map((found) => containerNode(pair, found, services));
  const files = touches(pair.request, "file") ? leftoverFiles(pair, unwanted, gone) : [];
  const left = touched.filter((found) => !gone.includes(found)).map((found) => leftover(pair, found));
  return { nodes: [...nodes, ...files], left };
}

function leftover(pair: HostPair, found: ObservedContainer): Leftover {
  return { host: pair.desired.host, set: setOfLabels(found.labels), name: found.name };
}

/** One of each name: with it its older generations go. */
function leftoverContainers(pair: HostPair): ObservedContainer[] {
  const wanted = new Set(
    pair.desired.items.flatMap((item) => (item.kind === "container" ? [item.spec.name] : [])),
  );
  const all = pair.observed.containers.filter(
    (found) =>
      found.labels[LABEL.managed] !== undefined &&
      !wanted.has(baseName(found.name)) &&
      inScope(pair.request, setOfLabels(found.labels)),
  );
  return [...groupBy(all, ({ name }) => baseName(name))].flatMap(
    ([name, own]) => own.find((found) => found.name === name) ?? own[0] ?? [],
  );
}

function containerNode(pair: HostPair, found: ObservedContainer, services: ReadonlySet<string>): Node {
  const set = setOfLabels(found.labels);
  const [service] = set;
  const cause =
    service !== undefined && services.has(service) ? "not wanted on this host" : "service disabled";
  const draft: Draft = {
    kind: "container",
    verb: "remove",
    name: found.name,
    expects: found.id,
    host: pair.desired.host,
    set,
    cause,
  };
  return { ref: containerRef(pair, found), needs: [], drafts: [draft] };
}

function leftoverFiles(
  pair: HostPair,
  unwanted: readonly ObservedContainer[],
  gone: readonly ObservedContainer[],
): Node[] {
  const wanted = new Set(pair.desired.items.flatMap((item) => (item.kind === "file" ? [item.path] : [])));
  const readers = new Map(unwanted.flatMap((found) => pathsOf(found).map((path) => [path, found] as const)));
  const sources = new Set(
    pair.desired.items.flatMap((item) =>
      item.kind === "container" && isNamed(pair.request, item)
        ? item.spec.mounts.map(({ source }) => source)
        : [],
    ),
  );
  return Object.entries(pair.observed.files).flatMap(([path, found]) => {
    const reader = readers.get(path);
    if (wanted.has(path) || !(reader || isOurs(pair, path))) return [];
    const goes = reader ? gone.includes(reader) : pair.request.remove || isBelow(path, sources);
    const set = setOfFile(pair, path, reader);
    if (!goes || !inScope(pair.request, set)) return [];
    const draft: Draft = {
      kind: "file",
      verb: "remove",
      path,
      expects: found.sha256,
      host: pair.desired.host,
      set,
      cause: "no longer wanted",
    };
    const needs = reader ? [containerRef(pair, reader)] : [];
    return [{ ref: refOf(pair.desired.host, `file:${path}`), needs, drafts: [draft] }];
  });
}

function containerRef(pair: HostPair, found: ObservedContainer): string {
  return refOf(pair.desired.host, `container:${found.name}`);
}

/** Files that a container was made with. */
function pathsOf(found: ObservedContainer): string[] {
  return Object.keys(readLabel(found.labels[LABEL.files]));
}

function isOurs(pair: HostPair, path: string): boolean {
  if (pair.observed.journal.files?.[path] !== undefined) return true;
  return pair.desired.ownedDirectories.some((directory) => path.startsWith(`${directory}/`));
}

/** From the journal, the container that read it, or the wanted files beside it. */
function setOfFile(pair: HostPair, path: string, reader: ObservedContainer | undefined): readonly string[] {
  const written = pair.observed.journal.files?.[path];
  if (written !== undefined) return written.split("/");
  if (reader) return setOfLabels(reader.labels);
  const directory = path.slice(0, path.lastIndexOf("/") + 1);
  const beside = pair.desired.items.find((item) => item.kind === "file" && item.path.startsWith(directory));
  return beside?.set ?? [];
}
