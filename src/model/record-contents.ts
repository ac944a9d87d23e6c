import type { JobItem, ResourceItem } from "./desired.ts";
import { baseName, LABEL, type ObservedContainer } from "./observed.ts";
import type { GenerationRecord, HostRecords, HostState, Recorded, RecordedContents } from "./record.ts";

/** Reads what is kept under a hash, or tells why it cannot be had. */
export type ReadContent = (hash: string) => Uint8Array | "gone" | "damaged";

/** Hashes of all contents that records lead to: generations, the files of those that can be had, jobs and resources done. */
export function leadsTo(records: HostRecords, read: ReadContent): Set<string> {
  const { now, earlier, generations } = records;
  const states = [...(now ? [now] : []), ...earlier].map(({ state }) => state);
  const named = new Set([...recordsNamed(records, states, []), ...madeIn(generations)]);
  const files = [...named].flatMap((hash) => {
    const document = documentAt(hash, read);
    return "generation" in document ? Object.values(document.files).map(({ sha256 }) => sha256) : [];
  });
  return new Set([...named, ...files]);
}

function madeIn(generations: HostRecords["generations"]): string[] {
  return Object.values(generations).flatMap((each) => Object.values(each).map(({ record }) => record));
}

/** Hashes of the records of what has one of these names, or belongs to a set that has; of all without names. */
export function recordsNamed(
  { generations }: Pick<HostRecords, "generations">,
  states: readonly HostState[],
  names: readonly string[],
): ReadonlySet<string> {
  const isMeant = (name: string, { set }: { set: string }): boolean =>
    names.length === 0 || [name, ...set.split("/")].some((each) => names.includes(each));
  const found = states.flatMap(({ containers, jobs, resources }) => {
    const things = [containers, jobs, resources].flatMap((each) => Object.entries(each));
    return things.filter(([name, thing]) => isMeant(name, thing)).map(([, { record }]) => record);
  });
  const made = names.flatMap((name) => madeIn({ [name]: generations[name] ?? {} }));
  return new Set([...found, ...made].filter((record) => record !== undefined));
}

/** What these records say, and what the files of their generations hold. */
export function contentsBelow(hashes: Iterable<string>, read: ReadContent): RecordedContents {
  const files: Record<string, string> = {};
  const records = [...hashes].map((hash) => [hash, recordedAs(hash, read, files)] as const);
  return { records: Object.fromEntries(records), files };
}

/** Adds what the files of a generation hold to `files`. */
function recordedAs(hash: string, read: ReadContent, files: Record<string, string>): Recorded {
  const document = documentAt(hash, read);
  if (!("generation" in document)) return document;
  for (const { sha256 } of Object.values(document.files)) {
    const held = read(sha256);
    if (typeof held === "string") return { problem: held };
    files[sha256] = Buffer.from(held).toString("base64");
  }
  return document;
}

function documentAt(hash: string, read: ReadContent): Recorded {
  const content = read(hash);
  if (typeof content === "string") return { problem: content };
  return JSON.parse(Buffer.from(content).toString("utf8")) as GenerationRecord | JobItem | ResourceItem;
}

/** The containers that serve, with the records of their generations as far as these know them. */
export function servingContainers(
  containers: readonly Pick<ObservedContainer, "name" | "labels">[],
  generations: HostRecords["generations"],
): HostState["containers"] {
  const own = containers.filter(({ name, labels }) => labels[LABEL.managed] && baseName(name) === name);
  return Object.fromEntries(
    own.map(({ name, labels }) => {
      const generation = Number(labels[LABEL.generation]);
      const record = generations[name]?.[generation]?.record;
      return [name, { set: labels[LABEL.set] ?? "", generation, ...(record !== undefined && { record }) }];
    }),
  );
}
