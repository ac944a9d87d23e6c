import {
  chmodSync,
  chownSync,
  copyFileSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { type FileItem, fileBytes, type ObservedFile } from "#model";
import { fingerprint, KollaError, sha256 } from "#support";
import { ensureDirectory, isMissing, readIfThere, unlessFull, writeDurably, writing } from "./durable.ts";
import { type Ground, hostPath, ownDirectory } from "./ground.ts";
import { hostProcess } from "./host-process.ts";

const CONFIGURATION = "/etc/kolla";

/** What the operator keeps in /etc/kolla on a control host: never ours to read, to show or to remove. */
const OPERATORS = [
  /^(globals\.yml|globals\.d|passwords\.yml|config|certificates|ansible|inventory|clouds\.yaml)$/,
  /openrc/,
  /^kolla-build\.conf$/,
];

/** True for a path that is not below a directory of ours in /etc/kolla. */
export function isOperators(path: string): boolean {
  const [name, ...below] = path.startsWith(`${CONFIGURATION}/`)
    ? path.slice(CONFIGURATION.length + 1).split("/")
    : [];
  return !name || below.length === 0 || OPERATORS.some((pattern) => pattern.test(name));
}

/** Path of the host → hash, mode and owner, of every file below the directories in /etc/kolla that hold configuration. */
export function observeFiles(ground: Ground): Record<string, ObservedFile> {
  const top = join(ground.root, CONFIGURATION);
  const found: Record<string, ObservedFile> = {};
  const names = { passwd: namesById(ground, "passwd"), group: namesById(ground, "group") };
  for (const name of listDirectory(top)) {
    if (OPERATORS.some((pattern) => pattern.test(name))) continue;
    if (statSync(join(top, name)).isDirectory()) addFiles(ground, join(top, name), found, names);
  }
  return found;
}

/** Number → name, of accounts and groups. */
type Names = Readonly<Record<Table, ReadonlyMap<number, string>>>;

function addFiles(
  ground: Ground,
  directory: string,
  found: Record<string, ObservedFile>,
  names: Names,
): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) addFiles(ground, path, found, names);
    else if (entry.isFile() && !entry.name.endsWith(".kolla-new"))
      found[`/${relative(ground.root, path)}`] = observeFile(path, names);
  }
}

function observeFile(path: string, names: Names): ObservedFile {
  const { mode, uid, gid } = statSync(path);
  const octal = (mode & 0o7777).toString(8).padStart(4, "0");
  const [owner, group] = [names.passwd.get(uid), names.group.get(gid)];
  return {
    sha256: sha256(readIfThere(path) ?? ""),
    mode: octal,
    uid,
    gid,
    ...(uid !== 0 && owner !== undefined && { owner }),
    ...(gid !== 0 && group !== undefined && { group }),
  };
}

/** SHA-256 of a file's content; null when it is not there. */
export function hashOf(ground: Ground, path: string): string | null {
  const content = readIfThere(join(ground.root, path));
  return content ? sha256(content) : null;
}

/**
 * Puts a file in place with its mode and owner; its directory gets the same owner, and 0770 when it was missing.
 * What it replaces is kept for a container that was made from it.
 */
export function putFile(ground: Ground, item: FileItem): void {
  const path = join(ground.root, item.path);
  keepFile(ground, item.path);
  const uid = accountId(ground, item.owner, "passwd");
  const gid = accountId(ground, item.group, "group");
  ensureDirectory(dirname(path), 0o770);
  chownSync(dirname(path), uid, gid);
  writeDurably(path, fileBytes(item), { mode: Number.parseInt(item.mode, 8), uid, gid });
}

/** Removes a file, keeps its content for a container that was made from it, and removes directories left empty. */
export function dropFile(ground: Ground, path: string): void {
  keepFile(ground, path);
  removeFile(ground, path);
}

function removeFile(ground: Ground, path: string): void {
  rmSync(join(ground.root, path), { force: true });
  removeEmptyDirectories(ground, dirname(path));
}

function removeEmptyDirectories(ground: Ground, directory: string): void {
  if (!directory.startsWith(`${CONFIGURATION}/`)) return;
  try {
    rmdirSync(join(ground.root, directory));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTEMPTY" || isMissing(error)) return;
    throw error;
  }
  removeEmptyDirectories(ground, dirname(directory));
}

/**
 * Makes the files as a container was made from them (label kolla_files: path → short hash), and removes those of
 * `other`, the files of the container that failed, which the first one did not have.
 * Throws KOLLA_FILE_NOT_KEPT when a content is neither in place nor kept.
 */
export function restoreFiles(
  ground: Ground,
  files: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): void {
  for (const [path, hash] of Object.entries(files)) restoreFile(ground, path, hash);
  for (const path of Object.keys(other))
    if (files[path] === undefined && hashOf(ground, path) !== null) removeFile(ground, path);
}

function restoreFile(ground: Ground, path: string, hash: string): void {
  if (hashOf(ground, path)?.startsWith(hash)) return;
  const kept = join(keptDirectory(ground), keptName(path, hash));
  const content = readIfThere(kept);
  if (!content)
    throw new KollaError({
      code: "KOLLA_FILE_NOT_KEPT",
      message: `The content that ${path} had before is not kept`,
      where: { host: ground.host },
    });
  const { mode, uid, gid } = statSync(kept);
  const target = join(ground.root, path);
  ensureDirectory(dirname(target), 0o770);
  const isWritten = unlessFull(() => writeDurably(target, content, { mode: mode & 0o7777, uid, gid }));
  // To move what was kept takes no room.
  if (!isWritten) renameSync(kept, target);
}

/**
 * Makes a file what it was: the kept content with this short hash, with its mode and owner; null: no file.
 * Throws KOLLA_FILE_NOT_KEPT when the content is not kept.
 */
export function putBackFile(ground: Ground, path: string, hash: string | null): void {
  if (hash === null) removeFile(ground, path);
  else restoreFile(ground, path, hash);
}

/** Gives a file whose content stayed the mode and owner that it had when its content was kept. */
export function restoreRights(ground: Ground, path: string, hash: string): void {
  const target = join(ground.root, path);
  const kept = statIfThere(join(keptDirectory(ground), keptName(path, hash.slice(0, 16))));
  if (!kept || hashOf(ground, path) !== hash) return;
  chownSync(target, kept.uid, kept.gid);
  chmodSync(target, kept.mode & 0o7777);
}

/** Forgets contents that no container on the host was made from. `used`: texts "path hash". */
export function forgetFiles(ground: Ground, used: readonly Readonly<Record<string, string>>[]): void {
  const names = new Set(
    used.flatMap((files) => Object.entries(files).map(([path, hash]) => keptName(path, hash))),
  );
  for (const name of listDirectory(keptDirectory(ground)))
    if (!names.has(name)) rmSync(join(keptDirectory(ground), name), { force: true });
}

function keepFile(ground: Ground, path: string): void {
  const from = join(ground.root, path);
  const stats = statIfThere(from);
  const hash = stats && hashOf(ground, path);
  if (!hash) return;
  ensureDirectory(keptDirectory(ground), 0o700);
  const kept = join(keptDirectory(ground), keptName(path, hash.slice(0, 16)));
  writing(kept, () => copyFileSync(from, kept));
  chownSync(kept, stats.uid, stats.gid);
  chmodSync(kept, stats.mode & 0o7777);
}

function keptDirectory(ground: Ground): string {
  return join(ownDirectory(ground), "files");
}

function keptName(path: string, hash: string): string {
  return `${fingerprint(path)}-${hash}`;
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

function listDirectory(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function statIfThere(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}
