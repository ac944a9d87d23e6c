import {
  chmodSync,
  chownSync,
  copyFileSync,
  type Dirent,
  linkSync,
  lstatSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { ensureDirectory, isMissing, readIfThere, writeDurably, writing } from "./durable.ts";
import type { Ground } from "./ground.ts";

/**
 * A container's files on its host. Each generation has a directory of its own, which it mounts, so that whoever starts
 * it (the agent, the engine after a crash, a person) gives it the files that it was proved with:
 *
 *     /etc/kolla/keystone            → .generations/keystone/8     what operators look at: the files in use
 *     /etc/kolla/.generations/keystone/8                           of the generation that serves
 *     /etc/kolla/.generations/keystone/7                           of the one before, which waits stopped
 *     /etc/kolla/.generations/keystone/next                        of the one to come, as far as it is written
 *
 * What a run writes goes into `next`. It becomes a generation when a container is made from it, and goes when the run
 * ends badly. A directory that another tool made is generation 0.
 */
const CONFIGURATION = "/etc/kolla";
const GENERATIONS = ".generations";
const DRAFT = "next";
/** The files of a generation as they were, while it takes up others as it runs. */
const BEFORE = "before";

/** Path of a directory of files as operators know it: "/etc/kolla/keystone". */
export const directoryPath = (name: string): string => `${CONFIGURATION}/${name}`;

/** The directory of a container's files that a path of the host is in or is; undefined for any other path. */
export function directoryOf(path: string): string | undefined {
  return /^\/etc\/kolla\/([^/.][^/]*)(\/|$)/.exec(path)?.[1];
}

/** The directory of these files, by path; undefined when there are none. */
export function directoryOfFiles(files: Readonly<Record<string, unknown>>): string | undefined {
  const [first] = Object.keys(files);
  return first === undefined ? undefined : directoryOf(first);
}

/** Where the files are that serve now. */
export function inUse(ground: Ground, name: string): string {
  const before = within(ground, name, BEFORE);
  return isThere(before) ? before : shown(ground, name);
}

/** Where the files are as the next generation will have them: those in use, unless some were written since. */
export function coming(ground: Ground, name: string): string {
  const draft = within(ground, name, DRAFT);
  return isThere(draft) ? draft : inUse(ground, name);
}

/** Names of all directories that hold files, or are about to. */
export function directoryNames(ground: Ground): string[] {
  const visible = list(join(ground.root, CONFIGURATION)).filter((name) => !name.startsWith("."));
  return [...new Set([...visible, ...list(join(ground.root, CONFIGURATION, GENERATIONS))])].sort();
}

/** The place of a path of the host inside `directory`, which is one of those of `name`. */
export function placeIn(directory: string, name: string, path: string): string {
  return join(directory, relative(directoryPath(name), path));
}

/** Where to write what the next generation is to have: begun as a copy of the files in use. */
export function openDraft(ground: Ground, name: string): string {
  const draft = within(ground, name, DRAFT);
  if (!isThere(draft)) copyWhole(inUse(ground, name), draft);
  return draft;
}

/** Names of the directories for which something is written that no container was made from. */
export function drafts(ground: Ground): string[] {
  const top = join(ground.root, CONFIGURATION, GENERATIONS);
  return list(top).filter((name) => isThere(join(top, name, DRAFT)));
}

/** Forgets what was written for a next generation. */
export function dropDraft(ground: Ground, name: string): void {
  rmSync(within(ground, name, DRAFT), { recursive: true, force: true });
  removeIfEmpty(within(ground, name));
}

/** Makes what was written the files in use, without a new generation: they are those that it was made from. */
export function takeDraft(ground: Ground, name: string): void {
  const draft = within(ground, name, DRAFT);
  const used = shown(ground, name);
  mirror(draft, used, write);
  keep(ground, name);
  dropDraft(ground, name);
  if (list(used).length === 0) rmSync(used, { recursive: true, force: true });
}

/** The directory of a generation, made from what was written for it, else from the files in use. */
export function makeGeneration(ground: Ground, name: string, generation: number): string {
  const directory = ofGeneration(ground, name, generation);
  const draft = within(ground, name, DRAFT);
  rmSync(directory, { recursive: true, force: true });
  if (isThere(draft)) renameSync(draft, directory);
  else copyWhole(inUse(ground, name), directory);
  return directory;
}

/** The directory of a generation that was made. */
export function ofGeneration(ground: Ground, name: string, generation: number): string {
  return within(ground, name, String(generation));
}

/**
 * Lets the path that operators know lead to a generation's files. A plain directory there becomes that of generation
 * `former`: another tool's container, which is generation 0, mounts the path itself.
 */
export function show(ground: Ground, name: string, generation: number, former = 0): void {
  const path = shown(ground, name);
  if (linkedGeneration(ground, name) === generation) return;
  const found = lstatSync(path, { throwIfNoEntry: false });
  ensureDirectory(within(ground, name), 0o755);
  if (found && !found.isSymbolicLink()) {
    rmSync(ofGeneration(ground, name, former), { recursive: true, force: true });
    renameSync(path, ofGeneration(ground, name, former));
  }
  const draft = join(dirname(path), `.${name}.kolla-new`);
  rmSync(draft, { force: true });
  writing(path, () => symlinkSync(join(GENERATIONS, name, String(generation)), draft));
  renameSync(draft, path);
}

/** After a first container did not prove itself: the path leads to the files before it, or to none. */
export function showBefore(ground: Ground, name: string, generation: number): void {
  if (linkedGeneration(ground, name) !== generation) return;
  const older = generationsOf(ground, name).filter((other) => other < generation);
  if (older.length > 0) show(ground, name, Math.max(...older));
  else rmSync(shown(ground, name), { force: true });
}

/** Removes the directories of generations that no container has and that are not in use. */
export function forgetGenerations(ground: Ground, name: string, wanted: ReadonlySet<number>): void {
  const used = linkedGeneration(ground, name);
  for (const generation of generationsOf(ground, name))
    if (generation !== used && !wanted.has(generation))
      rmSync(ofGeneration(ground, name, generation), { recursive: true, force: true });
  removeIfEmpty(within(ground, name));
}

/** Gives a generation that runs the files that were written for it; `putBack` undoes it until `keep`. */
export function changeInPlace(ground: Ground, name: string): void {
  const before = within(ground, name, BEFORE);
  const draft = within(ground, name, DRAFT);
  if (!isThere(before)) copyWhole(shown(ground, name), before);
  try {
    if (isThere(draft)) mirror(draft, shown(ground, name), write);
  } catch (error) {
    putBack(ground, name);
    throw error;
  }
  dropDraft(ground, name);
}

/** The files that it had before `changeInPlace`; nothing happens where there was none. */
export function putBack(ground: Ground, name: string): void {
  const before = within(ground, name, BEFORE);
  if (!isThere(before)) return;
  mirror(before, shown(ground, name), link);
  keep(ground, name);
}

/** It stays with what `changeInPlace` gave it. */
export function keep(ground: Ground, name: string): void {
  rmSync(within(ground, name, BEFORE), { recursive: true, force: true });
}

/** Where a container's mount of its files comes from: from the directory of its generation. Others stay as they are. */
export function mountSource(
  ground: Ground,
  source: string,
  own: { directory: string; generation: number },
): string {
  if (mountedDirectory(ground, source) !== own.directory) return source;
  return `${ofGeneration(ground, own.directory, own.generation)}/`;
}

/** Where a job's mount of files comes from: it works for the generation to come. */
export function jobSource(ground: Ground, source: string): string {
  const name = mountedDirectory(ground, source);
  if (name === undefined) return source;
  const draft = within(ground, name, DRAFT);
  if (isThere(draft)) return `${draft}/`;
  const generation = linkedGeneration(ground, name);
  return generation === undefined ? source : `${ofGeneration(ground, name, generation)}/`;
}

/** The directory of files that is mounted as a whole. */
function mountedDirectory(ground: Ground, source: string): string | undefined {
  if (!isAbsolute(source)) return undefined;
  const path = `/${relative(ground.root, source)}`;
  const name = directoryOf(path);
  return name !== undefined && path === directoryPath(name) ? name : undefined;
}

/** Takes away all that this makes, and the paths that lead there. */
export function removeGenerations(ground: Ground): void {
  for (const name of directoryNames(ground)) {
    if (linkedGeneration(ground, name) !== undefined) rmSync(shown(ground, name), { force: true });
  }
  rmSync(join(ground.root, CONFIGURATION, GENERATIONS), { recursive: true, force: true });
}

const shown = (ground: Ground, name: string): string => join(ground.root, CONFIGURATION, name);

const within = (ground: Ground, name: string, ...below: string[]): string =>
  join(ground.root, CONFIGURATION, GENERATIONS, name, ...below);

function linkedGeneration(ground: Ground, name: string): number | undefined {
  const path = shown(ground, name);
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return undefined;
  const digits = new RegExp(`^${GENERATIONS}/[^/]+/(\\d+)$`).exec(readlinkSync(path))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function generationsOf(ground: Ground, name: string): number[] {
  return list(within(ground, name))
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** Copies a directory with modes and owners; the copy is there whole or not at all. Without the first: an empty one. */
function copyWhole(from: string, to: string): void {
  const making = `${to}.kolla-new`;
  rmSync(making, { recursive: true, force: true });
  ensureDirectory(dirname(to), 0o755);
  try {
    copyTree(from, making);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    throw error;
  }
  renameSync(making, to);
}

function copyTree(from: string, to: string): void {
  ensureDirectory(to, 0o770);
  copyRights(from, to);
  for (const entry of entries(from)) copyEntry(entry, join(from, entry.name), join(to, entry.name));
}

function copyEntry(entry: Dirent, from: string, to: string): void {
  if (entry.isDirectory()) copyTree(from, to);
  else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
  else if (entry.isFile()) {
    writing(to, () => copyFileSync(from, to));
    copyRights(from, to);
  }
}

/** Makes the files below `to` those below `from`, each one at a stroke by `put`; what is only there goes. */
function mirror(from: string, to: string, put: (from: string, to: string) => void): void {
  ensureDirectory(to, 0o770);
  copyRights(from, to);
  const wanted = entries(from);
  const names = new Set(wanted.map(({ name }) => name));
  for (const { name } of entries(to))
    if (!names.has(name)) rmSync(join(to, name), { recursive: true, force: true });
  for (const entry of wanted) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) mirror(source, target, put);
    else if (entry.isFile()) put(source, target);
  }
}

function write(from: string, to: string): void {
  const { mode, uid, gid } = lstatSync(from);
  writeDurably(to, readIfThere(from) ?? "", { mode: mode & 0o7777, uid, gid });
}

/** Takes no room, and leaves both whole when it is cut off. */
function link(from: string, to: string): void {
  const draft = join(dirname(to), `.${basename(to)}.kolla-new`);
  rmSync(draft, { force: true });
  linkSync(from, draft);
  renameSync(draft, to);
}

function copyRights(from: string, to: string): void {
  const found = lstatSync(from, { throwIfNoEntry: false });
  if (!found) return;
  const { mode, uid, gid } = found.isSymbolicLink() ? lstatSync(join(from, ".")) : found;
  chownSync(to, uid, gid);
  chmodSync(to, mode & 0o7777);
}

function entries(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

const list = (directory: string): string[] => entries(directory).map(({ name }) => name);

function removeIfEmpty(directory: string): void {
  try {
    if (lstatSync(directory).isDirectory()) rmdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY" && !isMissing(error)) throw error;
  }
}
