import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execaSync } from "execa";
import { sha256 } from "#support";

/** What quickstart made on this machine beside the site itself; read again to take it away. */
export interface QuickstartRecord {
  interfaces: string[];
  files: string[];
  /** Path → SHA-256 of what was written last, of the files that an operator may edit. */
  hashes?: Readonly<Record<string, string>>;
}

const pathOf = (configDirectory: string): string => join(configDirectory, "quickstart.json");

/** What an earlier quickstart made on this machine; undefined when there was none. */
export function readRecord(configDirectory: string): QuickstartRecord | undefined {
  const path = pathOf(configDirectory);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as QuickstartRecord) : undefined;
}

/** Keeps what quickstart made, so that it can be taken away. */
export function writeRecord(configDirectory: string, record: QuickstartRecord): void {
  writeFileSync(pathOf(configDirectory), `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
}

/**
 * Removes interfaces and files that quickstart made, and its record. A file that was edited is left, and stays in the
 * record: the next quickstart goes on from it. Returns what was done, in words.
 */
export function undoQuickstart(configDirectory: string): string[] {
  const record = readRecord(configDirectory);
  if (!record) return [];
  const links = record.interfaces.filter(
    (name) => execaSync("ip", ["link", "delete", name], { reject: false }).exitCode === 0,
  );
  const there = record.files.filter(existsSync);
  const edited = there.filter((path) => isEdited(path, record.hashes?.[path]));
  const removed = there.filter((path) => !edited.includes(path));
  for (const file of [...removed, pathOf(configDirectory)]) rmSync(file, { recursive: true, force: true });
  if (edited.length > 0)
    writeRecord(configDirectory, { interfaces: [], files: edited, hashes: record.hashes ?? {} });
  for (const directory of ["ansible/inventory", "ansible", "config", "."])
    removeIfEmpty(join(configDirectory, directory));
  return [
    ...links.map((name) => `removed interface ${name}`),
    ...removed.map((file) => `removed ${file}`),
    ...edited.map((file) => `left ${file}: you edited it`),
  ];
}

const isEdited = (path: string, before: string | undefined): boolean =>
  before !== undefined && sha256(readFileSync(path)) !== before;

/** What others have put into a directory of ours stays, and so does the directory. */
function removeIfEmpty(directory: string): void {
  if (existsSync(directory) && readdirSync(directory).length === 0) rmdirSync(directory);
}
