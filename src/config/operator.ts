import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import type { BinaryFile, ResolvedSite } from "#model";
import { KollaError, KollaErrors, throwProblems, type Where } from "#support";
import { type RepeatedKey, readYaml } from "./yaml.ts";

/** What the operator keeps on the control host. */
export interface OperatorDirectory {
  readonly configDirectory: string;
  readonly globals: string;
  readonly passwords: string;
  /** globals.d/*.yml, *.yaml and *.json, sorted by name. */
  readonly more: readonly string[];
  /** Those of these files that set nothing, which Ansible would refuse to read. */
  readonly empty: readonly string[];
  /** Those of them that `ansible-vault` encrypted. */
  readonly encrypted: readonly string[];
  /** Keys that they set for another time. */
  readonly repeated: readonly RepeatedKey[];
  /** Top-level variable → where it is set; the file that Ansible reads last wins. Encrypted files have no places. */
  readonly places: Readonly<Record<string, Where>>;
  /** Of config/ in this directory; those that `ansible-vault` encrypted are still encrypted. */
  readonly overrides: ResolvedSite["overrides"];
  /** Those of them that are not text (logos, keytabs) and so cannot be merged or rendered. */
  readonly binaryOverrides: Readonly<Record<string, BinaryFile>>;
}

/**
 * Reads globals.yml, passwords.yml, globals.d and config/ of the operator's directory.
 * Throws all problems together: KOLLA_CONFIG_MISSING, KOLLA_CONFIG_UNREADABLE, KOLLA_YAML_SYNTAX.
 */
export async function readOperatorDirectory(
  configDirectory: string,
  passwordsFile?: string,
): Promise<OperatorDirectory> {
  const problems: KollaError[] = [];
  const globals = join(configDirectory, "globals.yml");
  const passwords = passwordsFile ?? join(configDirectory, "passwords.yml");
  const notes: FileNotes = { encrypted: [], repeated: [] };
  const more = await moreGlobals(configDirectory, problems);
  const places: Record<string, Where> = {};
  const empty: string[] = [];
  for (const file of [globals, passwords, ...more]) {
    const found = await readPlaces(file, problems, notes);
    if (found) Object.assign(places, found);
    else empty.push(file);
  }
  const found = await overridesBelow(join(configDirectory, "config"), problems);
  throwProblems("KOLLA_CONFIG", problems);
  return { configDirectory, globals, passwords, more, empty, ...notes, places, ...found };
}

async function moreGlobals(configDirectory: string, problems: KollaError[]): Promise<string[]> {
  const directory = join(configDirectory, "globals.d");
  const names = await collect(problems, directory, () => readdir(directory), []);
  return names
    .filter((name) => /\.(yml|yaml|json)$/.test(name))
    .sort()
    .map((name) => join(directory, name));
}

/** What files of variables have that is no problem. */
interface FileNotes {
  encrypted: string[];
  repeated: RepeatedKey[];
}

/**
 * Where a file of variables sets its top-level keys; undefined when it holds nothing but comments.
 * Adds what is wrong with the file to the problems, and what else is to be known of it to the notes.
 */
export async function readPlaces(
  file: string,
  problems: KollaError[],
  notes: FileNotes = { encrypted: [], repeated: [] },
): Promise<Record<string, Where> | undefined> {
  const text = await collect(problems, file, () => readFile(file, "utf8"));
  if (text === undefined) return {};
  try {
    const { value, places, repeated, encrypted } = readYaml(text, file);
    if (encrypted) notes.encrypted.push(file);
    notes.repeated.push(...repeated);
    if (value === undefined) return encrypted ? {} : undefined;
    if (typeof value !== "object" || Array.isArray(value)) throw notVariables(file);
    return Object.fromEntries(Object.entries(places).filter(([name]) => !name.includes(".")));
  } catch (error) {
    problems.push(...asProblems(error));
    return {};
  }
}

function notVariables(file: string): KollaError {
  return new KollaError({
    code: "KOLLA_YAML_SYNTAX",
    message: "the file does not hold variables",
    hint: "Write one `name: value` a line.",
    where: { file },
  });
}

function asProblems(error: unknown): readonly KollaError[] {
  if (error instanceof KollaErrors) return error.problems;
  if (error instanceof KollaError) return [error];
  throw error;
}

type Overrides = Pick<OperatorDirectory, "overrides" | "binaryOverrides">;

/** Larger files are not read: a container's files are small, and images of machines may lie beside them. */
const LARGEST = 4 * 1024 * 1024;

/** Override files kept elsewhere (node_custom_config). Throws as readOperatorDirectory does. */
export async function readOverrides(directory: string): Promise<Overrides> {
  const problems: KollaError[] = [];
  const found = await overridesBelow(directory, problems);
  throwProblems("KOLLA_CONFIG", problems);
  return found;
}

async function overridesBelow(directory: string, problems: KollaError[]): Promise<Overrides> {
  const overrides: Record<string, { text: string; path: string }> = {};
  const binaryOverrides: Record<string, BinaryFile> = {};
  for (const path of await filesBelow(directory, problems, [])) {
    const name = relative(directory, path);
    const bytes = await collect(problems, path, () => readUnlessLarge(path));
    const text = bytes instanceof Buffer ? decodeText(bytes) : undefined;
    if (text !== undefined) overrides[name] = { text, path };
    else if (bytes === "large") binaryOverrides[name] = { path };
    else if (bytes) binaryOverrides[name] = { path, base64: bytes.toString("base64") };
  }
  return { overrides, binaryOverrides };
}

async function readUnlessLarge(path: string): Promise<Buffer | "large"> {
  return (await stat(path)).size > LARGEST ? "large" : readFile(path);
}

/** Files in the order of their names; links are followed, but never back into a directory that is being read. */
async function filesBelow(
  directory: string,
  problems: KollaError[],
  above: readonly string[],
): Promise<string[]> {
  const names = await collect(problems, directory, () => readdir(directory), []);
  if (names.length === 0) return [];
  const real = await realpath(directory);
  if (above.includes(real)) return [];
  const found: string[] = [];
  for (const name of names.sort()) {
    const path = join(directory, name);
    const kind = await collect(problems, path, () => stat(path));
    if (kind?.isDirectory()) found.push(...(await filesBelow(path, problems, [...above, real])));
    if (kind?.isFile()) found.push(path);
  }
  return found;
}

/** Undefined when the bytes are not UTF-8 text. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The result, or a problem in words; a path that may be absent gives `whenAbsent`. */
async function collect<T>(
  problems: KollaError[],
  path: string,
  read: () => Promise<T>,
  whenAbsent: T,
): Promise<T>;
async function collect<T>(
  problems: KollaError[],
  path: string,
  read: () => Promise<T>,
): Promise<T | undefined>;
async function collect<T>(
  problems: KollaError[],
  path: string,
  read: () => Promise<T>,
  whenAbsent?: T,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" && whenAbsent !== undefined) return whenAbsent;
    problems.push(unreadable(path, code ?? String(error), error));
    return whenAbsent;
  }
}

function unreadable(path: string, code: string, cause: unknown): KollaError {
  const missing = code === "ENOENT";
  return new KollaError({
    code: missing ? "KOLLA_CONFIG_MISSING" : "KOLLA_CONFIG_UNREADABLE",
    message: missing ? "there is no such file" : `the file cannot be read (${code})`,
    hint: missing ? hintForMissing(path) : `Give your account leave to read it: ls -ld ${path}`,
    where: { file: path },
    cause,
  });
}

function hintForMissing(path: string): string {
  if (!path.includes("/config/") && !/(passwords|globals)\.yml$/.test(path))
    return "Name a file that is there.";
  if (path.endsWith("passwords.yml")) return "Copy etc/kolla/passwords.yml there and run `kolla genpwd`.";
  if (path.endsWith("globals.yml"))
    return "Copy etc/kolla/globals.yml there, or name your directory with --configdir.";
  return "It is a link to a file that is not there; mend or remove the link.";
}
