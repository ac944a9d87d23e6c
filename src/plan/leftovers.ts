import { baseName, LABEL, type ObservedContainer, readLabel } from "#model";
import { type Draft, type Node, refOf } from "./draft.ts";
import { type HostPair, touches } from "./pair.ts";
import { inScope, setOfLabels } from "./request.ts";

/** Nodes that remove what Kolla put on a host and the site no longer wants: containers first, then files. */
export function leftoverNodes(pair: HostPair, services: ReadonlySet<string>): Node[] {
  const containers = touches(pair.request, "container") ? leftoverContainers(pair) : [];
  const containerNodes = containers.map((found) => containerNode(pair, found, services));
  if (!touches(pair.request, "file")) return containerNodes;
  const readBy = new Map<string, string>();
  for (const found of containers)
    for (const path of Object.keys(readLabel(found.labels[LABEL.files])))
      readBy.set(path, refOf(pair.desired.host, `container:${found.name}`));
  return [...containerNodes, ...leftoverFiles(pair, readBy)];
}

function leftoverContainers(pair: HostPair): ObservedContainer[] {
  const wanted = new Set(
    pair.desired.items.flatMap((item) => (item.kind === "container" ? [item.spec.name] : [])),
  );
  return pair.observed.containers.filter(
    (found) =>
      found.labels[LABEL.managed] !== undefined &&
      !wanted.has(baseName(found.name)) &&
      inScope(pair.request, setOfLabels(found.labels)),
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
  return { ref: refOf(pair.desired.host, `container:${found.name}`), needs: [], drafts: [draft] };
}

function leftoverFiles(pair: HostPair, readBy: ReadonlyMap<string, string>): Node[] {
  const wanted = new Set(pair.desired.items.flatMap((item) => (item.kind === "file" ? [item.path] : [])));
  return Object.entries(pair.observed.files).flatMap(([path, found]) => {
    if (wanted.has(path) || !isOurs(pair, path, readBy)) return [];
    const set = setOfFile(pair, path, readBy);
    if (!inScope(pair.request, set)) return [];
    const reader = readBy.get(path);
    const draft: Draft = {
      kind: "file",
      verb: "remove",
      path,
      expects: found.sha256,
      host: pair.desired.host,
      set,
      cause: "no longer wanted",
    };
    return [
      { ref: refOf(pair.desired.host, `file:${path}`), needs: reader ? [reader] : [], drafts: [draft] },
    ];
  });
}

function isOurs(pair: HostPair, path: string, readBy: ReadonlyMap<string, string>): boolean {
  if (pair.observed.journal.files?.[path] !== undefined || readBy.has(path)) return true;
  return pair.desired.ownedDirectories.some((directory) => path.startsWith(`${directory}/`));
}

/** From the journal, the container that read it, or the wanted files beside it. */
function setOfFile(pair: HostPair, path: string, readBy: ReadonlyMap<string, string>): readonly string[] {
  const written = pair.observed.journal.files?.[path];
  if (written !== undefined) return written.split("/");
  const reader = readBy.get(path);
  const container = pair.observed.containers.find(
    (found) => refOf(pair.desired.host, `container:${found.name}`) === reader,
  );
  if (container) return setOfLabels(container.labels);
  const directory = path.slice(0, path.lastIndexOf("/") + 1);
  const beside = pair.desired.items.find((item) => item.kind === "file" && item.path.startsWith(directory));
  return beside?.set ?? [];
}
