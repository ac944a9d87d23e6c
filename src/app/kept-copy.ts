import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type HostPast, leadsTo, type ReadContent } from "#model";
import { KollaError, sha256, stableJson } from "#support";
import type { AnsibleSettings } from "../ansible/index.ts";

/**
 * This machine's copy of what a host remembers of its past, for the day on which the host has lost it:
 *
 *     <directory>/<host>/copy.json       which of the contents is the index, and after which run it was so
 *     <directory>/<host>/contents/<sha>  the index, records and files, each under the SHA-256 of what it holds
 *
 * Much of it holds secrets: directories have mode 0700, files 0600.
 */
export interface HostCopy extends Omit<HostPast, "contents"> {
  /** When it was made, ISO 8601. */
  at: string;
  read: ReadContent;
}

/** Which content is the index; the only file that is not called after what it holds. */
interface Head {
  index: string;
}

/** What is in the index. */
type Index = Omit<HostCopy, "read">;

/** Hashes of what the copy of a host holds and is as it was when it was kept. */
export function hashesKept(directory: string, host: string): string[] {
  return namesIn(join(directory, nameOf(host), "contents")).filter(
    (hash) => typeof contentOf(directory, host, hash) !== "string",
  );
}

/**
 * Makes the copy of a host what the host has told: takes in what is new, and forgets what the host keeps no longer.
 * Throws KOLLA_COPY_TRANSFER when a content is not what its hash says; the copy is as before then.
 */
export function keepCopy(directory: string, host: string, { contents, ...told }: HostPast, at: string): void {
  const held = Object.entries(contents).map(([hash, text]) => [hash, Buffer.from(text, "base64")] as const);
  const wrong = held.find(([hash, content]) => sha256(content) !== hash);
  if (wrong)
    throw new KollaError({
      code: "KOLLA_COPY_TRANSFER",
      message: `${wrong[0]} is not what its hash says`,
      where: { host },
    });
  const index = stableJson({ ...told, at } satisfies Index);
  const own = join(directory, nameOf(host));
  const place = join(own, "contents");
  mkdirSync(place, { recursive: true, mode: 0o700 });
  for (const [hash, content] of [...held, [sha256(index), index] as const]) put(join(place, hash), content);
  put(join(own, "copy.json"), JSON.stringify({ index: sha256(index) } satisfies Head));
  const wanted = leadsTo(told.records, (hash) => contentOf(directory, host, hash));
  for (const name of namesIn(place))
    if (name !== sha256(index) && !wanted.has(name)) rmSync(join(place, name), { force: true });
}

/** The copy of a host; undefined where there is none. Throws KOLLA_COPY_DAMAGED when its index is not what was kept. */
export function copyOf(directory: string, host: string): HostCopy | undefined {
  const path = join(directory, nameOf(host), "copy.json");
  const head = readIfThere(path);
  if (!head) return undefined;
  const content = contentOf(directory, host, indexOf(head));
  if (typeof content === "string")
    throw new KollaError({
      code: "KOLLA_COPY_DAMAGED",
      message:
        "this machine's copy of what the host remembers is not what was kept: it was cut off or changed",
      hint: `Without it the host has no past: kolla deploy makes it as configured, and a new copy with it.`,
      where: { host, file: path },
    });
  const index = JSON.parse(content.toString("utf8")) as Index;
  return { ...index, read: (hash) => contentOf(directory, host, hash) };
}

/** The run after which the copy of a host was made; undefined where there is none that can be read. */
export function copiedRun(directory: string, host: string): string | undefined {
  const head = readIfThere(join(directory, nameOf(host), "copy.json"));
  const content = head ? contentOf(directory, host, indexOf(head)) : "gone";
  return typeof content === "string" ? undefined : (JSON.parse(content.toString("utf8")) as Index).lastRun;
}

/**
 * What the copy of a host has under a hash; undefined where it has nothing so, or where nothing of it can be read: then
 * it is to be had from the host.
 */
export function contentKept(
  { recordsDirectory }: Pick<AnsibleSettings, "recordsDirectory">,
  host: string,
  hash: string,
): Buffer | undefined {
  if (recordsDirectory === undefined) return undefined;
  try {
    const content = contentOf(recordsDirectory, host, hash);
    return typeof content === "string" ? undefined : content;
  } catch {
    return undefined;
  }
}

/** Forgets the copies of these hosts; of all without names. */
export function forgetCopies(directory: string, hosts?: readonly string[]): void {
  const places = hosts ? hosts.map((host) => join(directory, nameOf(host))) : [directory];
  for (const place of places) rmSync(place, { recursive: true, force: true });
}

/** Empty, and so the hash of nothing, where the file was cut off. */
function indexOf(head: Buffer): string {
  return /"index":"([0-9a-f]{64})"/.exec(head.toString("utf8"))?.[1] ?? "";
}

function contentOf(directory: string, host: string, hash: string): Buffer | "gone" | "damaged" {
  const content = hash ? readIfThere(join(directory, nameOf(host), "contents", hash)) : undefined;
  if (!content) return "gone";
  return sha256(content) === hash ? content : "damaged";
}

/** Readers, and a machine that loses power, see the old content or the new one. */
function put(path: string, content: string | Uint8Array): void {
  writeFileSync(`${path}.new`, content, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
}

/** A host's name as that of a directory, which leads nowhere else. */
function nameOf(host: string): string {
  return encodeURIComponent(host).replace(/^\./, "%2E");
}

function namesIn(directory: string): string[] {
  return unlessMissing(() => readdirSync(directory)) ?? [];
}

function readIfThere(path: string): Buffer | undefined {
  return unlessMissing(() => readFileSync(path));
}

function unlessMissing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
