import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { KollaError } from "#support";
import { allOptions } from "./all-options.ts";
import { fillPasswords, mergePasswords } from "./passwords.ts";

/**
 * Fills the empty secrets of a passwords.yml, making the file (0600) if it is not there; what is set stays. Returns the
 * names of the secrets made. Throws what `fillPasswords` throws.
 */
export function fillPasswordsFile(path: string): string[] {
  mkdirSync(dirname(path), { recursive: true });
  const before = existsSync(path) ? readFileSync(path, "utf8") : "";
  const { text, filled } = fillPasswords(before, allOptions(), path);
  writeSecrets(path, text);
  return filled;
}

/** Paths of what is merged, and of the result. */
export interface PasswordsMerge {
  old: string;
  new: string;
  final: string;
  /** Leave out keys that only the old file has. */
  clean: boolean;
}

/**
 * Puts the values of an old passwords file into a new one, and the result (0600) into a third. Returns the names of the
 * values taken. Throws KOLLA_CONFIG_MISSING for a file that is not there, and what `mergePasswords` throws.
 */
export function mergePasswordsFiles(merge: PasswordsMerge): string[] {
  const { text, taken } = mergePasswords(readGiven(merge.old), readGiven(merge.new), merge.clean);
  writeSecrets(merge.final, text);
  return taken;
}

/** Nobody but its owner may read the file, not even while it is written. */
function writeSecrets(path: string, text: string): void {
  if (existsSync(path)) chmodSync(path, 0o600);
  writeFileSync(path, text, { mode: 0o600 });
}

function readGiven(path: string): { path: string; text: string } {
  if (existsSync(path)) return { path, text: readFileSync(path, "utf8") };
  throw new KollaError({
    code: "KOLLA_CONFIG_MISSING",
    message: "there is no such file",
    where: { file: path },
  });
}
