import { chownSync, readdirSync, rmdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { type FileItem, fileBytes, type ObservedFile } from "#model";
import { invariant, KollaError, sha256 } from "#support";
import {
  coming,
  directoryNames,
  directoryOf,
  directoryPath,
  inUse,
  ofGeneration,
  openDraft,
  placeIn,
} from "./directories.ts";
import { ensureDirectory, isMissing, readIfThere, writeDurably } from "./durable.ts";
import { type Ground, hostPath } from "./ground.ts";
import { hostProcess } from "./host-process.ts";

/** What the operator keeps in /etc/kolla on a control host: never ours to read, to show or to remove. */
const OPERATORS = [
  /^(globals\.yml|globals\.d|passwords\.yml|config|certificates|ansible|inventory|clouds\.yaml)$/,
  /openrc/,
  /^kolla-build\.conf$/,
];

/** True for a path that is not below a directory of ours in /etc/kolla. */
export function isOperators(path: string): boolean {
  const name = directoryOf(path);
  return !name || path === directoryPath(name) || OPERATORS.some((pattern) => pattern.test(name));
}

/**
 * Path of the host → hash, mode and owner, of every file below the directories in /etc/kolla that hold configuration,
 * as the next generation of its container will have it.
 */
export function observeFiles(ground: Ground): Record<string, ObservedFile> {
  const names = { passwd: namesById(ground, "passwd"), group: namesById(ground, "group") };
  const ours = directoryNames(ground).filter((name) => !OPERATORS.some((pattern) => pattern.test(name)));
  const found = ours.flatMap((name) => {
    const directory = coming(ground, name);
    const isDirectory = statSync(directory, { throwIfNoEntry: false })?.isDirectory();
    return isDirectory ? filesBelow(directory, directoryPath(name)) : [];
  });
  return Object.fromEntries(found.map(([place, path]) => [path, observeFile(place, names)]));
}

/** Number → name, of accounts and groups. */
type Names = Readonly<Record<Table, ReadonlyMap<number, string>>>;

/** The files in `directory`, each with the path that it has below `path`. */
function filesBelow(directory: string, path: string): (readonly [place: string, path: string])[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const [place, name] = [join(directory, entry.name), join(path, entry.name)];
    if (entry.isDirectory()) return filesBelow(place, name);
    return entry.isFile() && !entry.name.endsWith(".kolla-new") ? [[place, name] as const] : [];
  });
}

/** The files of a generation of a container, by the path that they have for it, and where they are. */
export function generationFiles(
  ground: Ground,
  name: string,
  generation: number,
): (Pick<ObservedFile, "mode" | "uid" | "gid"> & { path: string; place: string })[] {
  const found = filesBelow(ofGeneration(ground, name, generation), directoryPath(name));
  return found.map(([place, path]) => ({ path, place, ...rightsOf(place) }));
}

function rightsOf(place: string): Pick<ObservedFile, "mode" | "uid" | "gid"> {
  const { mode, uid, gid } = statSync(place);
  return { mode: (mode & 0o7777).toString(8).padStart(4, "0"), uid, gid };
}

function observeFile(path: string, names: Names): ObservedFile {
  const { mode, uid, gid } = rightsOf(path);
  const [owner, group] = [names.passwd.get(uid), names.group.get(gid)];
  return {
    sha256: sha256(readIfThere(path) ?? ""),
    mode,
    uid,
    gid,
    ...(uid !== 0 && owner !== undefined && { owner }),
    ...(gid !== 0 && group !== undefined && { group }),
  };
}

/** SHA-256 of a file's content, of those in use; null when it is not there. */
export function hashOf(ground: Ground, path: string): string | null {
  return hashAt(placeOf(ground, path, inUse));
}

/** The same, of those that the next generation will have: what a plan sees, and what a run writes. */
export function comingHash(ground: Ground, path: string): string | null {
  return hashAt(placeOf(ground, path, coming));
}

/** Path → SHA-256 of the files of a directory that the next generation will have. */
export function comingFiles(ground: Ground, name: string): Record<string, string> {
  const found = filesBelow(coming(ground, name), directoryPath(name));
  return Object.fromEntries(found.map(([place, path]) => [path, sha256(readIfThere(place) ?? "")]));
}

/** The content of a file as a plan sees it; undefined when it is not there. */
export function comingContent(ground: Ground, path: string): Buffer | undefined {
  return readIfThere(placeOf(ground, path, coming));
}

function hashAt(place: string): string | null {
  const content = readIfThere(place);
  return content ? sha256(content) : null;
}

/**
 * Writes a file with its mode and owner for the next generation; its directory gets the same owner, and 0770 when it
 * was missing.
 */
export function putFile(ground: Ground, item: FileItem): void {
  const uid = accountId(ground, item.owner, "passwd");
  const gid = accountId(ground, item.group, "group");
  const path = placeOf(ground, item.path, openDraft);
  ensureDirectory(dirname(path), 0o770);
  chownSync(dirname(path), uid, gid);
  writeDurably(path, fileBytes(item), { mode: Number.parseInt(item.mode, 8), uid, gid });
}

/** Leaves a file out of the next generation, with directories left empty. */
export function dropFile(ground: Ground, path: string): void {
  const place = placeOf(ground, path, openDraft);
  rmSync(place, { force: true });
  const directory = directoryOf(path);
  if (directory !== undefined) removeEmptyBelow(openDraft(ground, directory), dirname(place));
}

/** Removes a file from among those in use, with directories left empty. */
export function removeFile(ground: Ground, path: string): void {
  const place = join(ground.root, path);
  rmSync(place, { force: true });
  const name = directoryOf(path);
  if (name !== undefined) removeEmptyBelow(dirname(inUse(ground, name)), dirname(place));
}

function removeEmptyBelow(top: string, directory: string): void {
  if (!directory.startsWith(`${top}/`)) return;
  try {
    rmdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTEMPTY" || isMissing(error)) return;
    throw error;
  }
  removeEmptyBelow(top, dirname(directory));
}

/** Where a path of the host is in one of its directories; throws for a path that is in none. */
function placeOf(ground: Ground, path: string, which: (ground: Ground, name: string) => string): string {
  const name = directoryOf(path);
  invariant(name !== undefined, `${path} is in no directory of a container's files`);
  return placeIn(which(ground, name), name, path);
}

type Table = "passwd" | "group";

/** The number of an account or group on the host. Throws KOLLA_ACCOUNT_UNKNOWN for a name that the host does not know. */
function accountId(ground: Ground, name: string, table: Table): number {
  if (/^\d+$/.test(name)) return Number(name);
  if (name === "root") return 0;
  const found = accounts(ground, table).find((account) => account.name === name);
  if (found) return found.id;
  const [kind, option] =
    table === "passwd" ? ["account", "config_owner_user"] : ["group", "config_owner_group"];
  throw new KollaError({
    code: "KOLLA_ACCOUNT_UNKNOWN",
    message: `The host has no ${kind} ${name}, which is to own configuration there`,
    where: { host: ground.host },
    hint: `Make it on the host, or set ${option} to one that it has.`,
  });
}

function namesById(ground: Ground, table: Table): ReadonlyMap<number, string> {
  return new Map(accounts(ground, table).map(({ id, name }) => [id, name]));
}

function accounts(ground: Ground, table: Table): { name: string; id: number }[] {
  const lines = readIfThere(hostTable(ground, table))?.toString("utf8").trim().split("\n") ?? [];
  return lines.map((line) => {
    const [name = "", , id] = line.split(":");
    return { name, id: Number(id) };
  });
}

/** The host's own table, not that of the agent's image. */
function hostTable(ground: Ground, table: Table): string {
  return ground.root === "/" ? `/proc/${hostProcess()}/root/etc/${table}` : hostPath(ground, `/etc/${table}`);
}
