import {
  type ContainerItem,
  type Desired,
  type FetchedImage,
  type FileItem,
  type GenerationRecord,
  type HostDesired,
  type HostRecords,
  type Item,
  type ItemRef,
  type JobItem,
  type ObservedHost,
  RESOURCE_KINDS,
  type Recorded,
  type RecordedContents,
  type RecordedFile,
  type ResourceItem,
  type VolumeItem,
} from "#model";
import { KollaError } from "#support";
import { type Scope, type SiteRecords, speaksOf, speaksOfSet } from "./history.ts";
import type { Target } from "./return-to.ts";

/** Host → name of an image that was to be pulled there → what came of it. */
export type FetchedImages = Readonly<Record<string, Readonly<Record<string, FetchedImage>>>>;

/**
 * What the hosts of a rollback should have, made from what they kept. Hosts that are not to change are there as they
 * are: they count where a quorum is. Pure.
 */
export function desiredOf(targets: readonly Target[], records: SiteRecords, scope: Scope): Desired {
  const hosts = Object.entries(records).flatMap(([host, own]) => {
    const target = targets.find((each) => each.host === host) ?? (own.now && { host, ...own.now });
    return target ? [hostDesired(target, own, scope)] : [];
  });
  const there = new Set(hosts.flatMap(({ host, items }) => items.map(({ id }) => `${host}|${id}`)));
  return { hosts: hosts.map((host) => ({ ...host, items: host.items.map((item) => needing(item, there)) })) };
}

/** An item with only those needs that are part of the rollback. */
function needing(item: Item, there: ReadonlySet<ItemRef>): Item {
  return { ...item, needs: item.needs.filter((ref) => there.has(ref)) };
}

/** Only what is spoken of: nothing else is changed or judged. */
function hostDesired({ host, state, run }: Target, records: HostRecords, scope: Scope): HostDesired {
  const { contents = NONE, generationsKept } = records;
  const generations = Object.entries(state.containers).flatMap(([name, { record, set }]) => {
    const found = contents.records[record ?? ""];
    return found && "generation" in found && speaksOf(scope, name, { set }) ? [found] : [];
  });
  const done = [...Object.values(state.jobs), ...Object.values(state.resources)].flatMap(
    ({ record, set }) => {
      const found = contents.records[record];
      return found && "kind" in found && speaksOfSet(scope, set) ? [found] : [];
    },
  );
  const containers = generations.map(({ item }) => ({ ...item, returnsTo: run }));
  const items = [
    ...generations.flatMap((each) => filesOf(each, contents.files)),
    ...volumesOf([...containers, ...done]),
    ...containers,
    ...done,
  ];
  return {
    host,
    agentImage: "",
    items: [...new Map(items.map((item) => [item.id, item])).values()],
    images: [],
    probes: [],
    ownedDirectories: [],
    generationsKept,
  };
}

const NONE: RecordedContents = { records: {}, files: {} };

function filesOf({ files }: GenerationRecord, held: RecordedContents["files"]): FileItem[] {
  return Object.entries(files).map(([path, file]) => fileItem(path, file, held[file.sha256] ?? ""));
}

function fileItem(path: string, file: RecordedFile, base64: string): FileItem {
  const bytes = Buffer.from(base64, "base64");
  const text = bytes.toString("utf8");
  const isText = Buffer.from(text, "utf8").equals(bytes);
  return {
    kind: "file",
    id: `file:${path}`,
    set: file.set.split("/"),
    needs: [],
    path,
    content: isText ? text : base64,
    ...(!isText && { encoding: "base64" }),
    mode: file.mode,
    owner: String(file.uid),
    group: String(file.gid),
    sensitive: true,
  };
}

function volumesOf(items: readonly (ContainerItem | JobItem | ResourceItem)[]): VolumeItem[] {
  return items.flatMap((item) =>
    item.kind === "resource"
      ? []
      : item.spec.mounts
          .filter(({ source }) => !source.startsWith("/"))
          .map(
            ({ source }): VolumeItem => ({
              kind: "volume",
              id: `volume:${source}`,
              set: item.set,
              needs: [],
              name: source,
            }),
          ),
  );
}

/** The generations that a target asks to be made anew; what is as it was need not be made. */
export function generationsToMake(
  { host, state }: Target,
  records: SiteRecords,
  scope: Scope,
): GenerationRecord[] {
  const now = records[host]?.now?.state;
  const kept = records[host]?.contents?.records ?? {};
  return Object.entries(state.containers).flatMap(([name, { set, record }]) => {
    const found = kept[record ?? ""];
    const isNow = now?.containers[name]?.record === record;
    return found && "generation" in found && !isNow && speaksOf(scope, name, { set }) ? [found] : [];
  });
}

/** Why what is spoken of cannot be made again; empty: it can. */
export function lacking(
  targets: readonly Target[],
  records: SiteRecords,
  observed: Readonly<Record<string, ObservedHost>>,
  scope: Scope,
  fetched: FetchedImages = {},
): KollaError[] {
  return targets.flatMap((target) => {
    const { host, state } = target;
    const kept = records[host]?.contents?.records ?? {};
    const images = imagesOn(observed[host]);
    const containers = Object.entries(state.containers).flatMap(([name, { set, generation, record }]) =>
      speaksOf(scope, name, { set })
        ? lackingRecord(host, `generation ${generation} of ${name}`, record, kept[record ?? ""])
        : [],
    );
    const gone = generationsToMake(target, records, scope).flatMap((generation) =>
      lackingImage(host, generation, images, fetched[host]?.[generation.item.spec.image]),
    );
    const resources = Object.entries(state.resources).flatMap(([id, { set, record }]) =>
      speaksOfSet(scope, set)
        ? [
            ...lackingRecord(host, id, record, kept[record]),
            ...unreadable(host, id, kept[record], observed[host]?.journal.resources[id]?.key),
          ]
        : [],
    );
    return [...containers, ...gone, ...resources];
  });
}

/** Ids of the images that a host has. */
export function imagesOn(observed: ObservedHost | undefined): ReadonlySet<string> {
  const named = Object.values(observed?.images ?? {});
  return new Set([...named, ...(observed?.containers.map(({ imageId }) => imageId) ?? [])]);
}

const OTHER = "kolla generations lists what else there is to return to; --limit leaves hosts out.";

function lackingRecord(
  host: string,
  what: string,
  record: string | undefined,
  found: Recorded | undefined,
): KollaError[] {
  if (record === undefined)
    return [refusal("NO_RECORD", host, `${what} has no record: it was made before hosts kept any`)];
  if (found && !("problem" in found)) return [];
  return found?.problem === "damaged"
    ? [
        refusal(
          "RECORD_DAMAGED",
          host,
          `the record of ${what} is not what was kept: it was cut off or changed`,
        ),
      ]
    : [refusal("RECORD_GONE", host, `the record of ${what} is gone`)];
}

/** A resource that is as it was need not be ensured, so that nobody has to know how. */
function unreadable(
  host: string,
  id: string,
  found: Recorded | undefined,
  isNow: string | undefined,
): KollaError[] {
  if (!found || !("resource" in found) || found.resource.kind in RESOURCE_KINDS || found.key === isNow)
    return [];
  const what = `the record of ${id} was made by another version of Kolla, which called it "${found.resource.kind}"`;
  return [
    refusal("RECORD_FOREIGN", host, what, "Name the containers that are to go back: they go without it."),
  ];
}

function lackingImage(
  host: string,
  { generation, item: { imageId, spec } }: GenerationRecord,
  images: ReadonlySet<string>,
  fetched: FetchedImage | undefined,
): KollaError[] {
  if (images.has(imageId)) return [];
  const gone = `the image of generation ${generation} of ${spec.name} is gone: ${short(imageId)}`;
  if (!fetched) return [refusal("IMAGE_GONE", host, gone)];
  const why = "id" in fetched ? `is ${short(fetched.id)} by now` : `cannot be pulled: ${fetched.problem}`;
  return [refusal("IMAGE_GONE", host, `${gone}; ${spec.image} ${why}`)];
}

/** Enough of an image's id to tell it from any other by eye. */
const short = (id: string): string => id.replace("sha256:", "").slice(0, 12);

function refusal(code: string, host: string, message: string, hint = OTHER): KollaError {
  return new KollaError({ code: `KOLLA_ROLLBACK_${code}`, message, where: { host }, hint });
}
