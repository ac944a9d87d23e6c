import {
  appendFileSync,
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { diskFull, isDiskFull, KollaError } from "#support";

export interface Attributes {
  mode: number;
  uid?: number;
  gid?: number;
}

/** Name of the copy that a file is written to before it takes its place; after a crash it may be left behind. */
function draftName(path: string): string {
  return join(dirname(path), `.${basename(path)}.kolla-new`);
}

/**
 * Writes a file so that readers, and a machine that loses power, see the old content or the new one, never a part.
 * Throws KOLLA_DISK_FULL, and then the old content is in place.
 */
export function writeDurably(path: string, content: string | Uint8Array, attributes: Attributes): void {
  const draft = draftName(path);
  try {
    writing(path, () => writeDraft(draft, content, attributes));
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  renameSync(draft, path);
  syncDirectory(dirname(path));
}

function writeDraft(draft: string, content: string | Uint8Array, attributes: Attributes): void {
  const file = openSync(draft, "w", 0o600);
  try {
    writeFileSync(file, content);
    if (attributes.uid !== undefined && attributes.gid !== undefined)
      fchownSync(file, attributes.uid, attributes.gid);
    fchmodSync(file, attributes.mode);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes directories that are missing, with this mode; those that are there stay as they are. */
export function ensureDirectory(path: string, mode: number): void {
  writing(path, () => mkdirSync(path, { recursive: true, mode }));
}

/** Appends one whole line in one write. */
export function appendLine(path: string, line: string): void {
  writing(path, () => appendFileSync(path, `${line}\n`, { mode: 0o600 }));
}

/** A write; one that finds no room throws KOLLA_DISK_FULL, which names the path and how full its disk is. */
export function writing<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw isDiskFull(error) ? diskFull(path, path, error) : error;
  }
}

/** A write that may be left out when the disk is full; false when it was. */
export function unlessFull(write: () => void): boolean {
  try {
    write();
    return true;
  } catch (error) {
    if (error instanceof KollaError && error.code === "KOLLA_DISK_FULL") return false;
    throw error;
  }
}

/** The content, or undefined when there is no such file. */
export function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether an error of the file system says that something is not there. */
export function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR";
}

function syncDirectory(path: string): void {
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
