import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { sha256 } from "#support";
import { formatChanges } from "../difference.ts";
import { readRecord, writeRecord } from "./undo.ts";

/** A file that was left because it is not as it was written: its path, and what writing it would have changed. */
export interface KeptFile {
  path: string;
  difference: string;
}

/** What became of the files that were to be written. */
export interface Writing {
  written: string[];
  kept: KeptFile[];
}

/**
 * What is to happen to a file that has `now` as its text, where undefined means that it is not there: nothing that was
 * written once is written over an edit. `before` is the SHA-256 of what was written last; without it nobody can tell
 * whether there was one.
 */
export function fateOf(
  now: string | undefined,
  wanted: string,
  before: string | undefined,
): "write" | "same" | "keep" {
  if (now === undefined) return "write";
  if (now === wanted) return "same";
  return sha256(now) === before ? "write" : "keep";
}

/**
 * Writes files (path → text) that quickstart's record is to know, where the operator has not edited them.
 * `secrets` print as *** in the differences of those that were left.
 */
export function writeUnlessEdited(
  configDirectory: string,
  files: Readonly<Record<string, string>>,
  mode: number,
  secrets: readonly string[] = [],
): Writing {
  const record = readRecord(configDirectory) ?? { interfaces: [], files: [] };
  const fates = Object.entries(files).map(([path, wanted]) => {
    const now = existsSync(path) ? readFileSync(path, "utf8") : undefined;
    return { path, wanted, now, fate: fateOf(now, wanted, record.hashes?.[path]) };
  });
  const kept = fates.filter(({ fate }) => fate === "keep");
  const ours = fates.filter(({ fate }) => fate !== "keep");
  const written = ours.filter(({ fate }) => fate === "write");
  // Before the files: one that is there and in no record would be taken for the operator's.
  writeRecord(configDirectory, {
    ...record,
    files: [...new Set([...record.files, ...written.map(({ path }) => path)])],
    // One that was never known as written counts as edited from now on.
    hashes: {
      ...Object.fromEntries(kept.map(({ path, wanted }) => [path, sha256(wanted)])),
      ...record.hashes,
      ...Object.fromEntries(ours.map(({ path, wanted }) => [path, sha256(wanted)])),
    },
  });
  for (const { path, wanted } of written) writeFileSync(path, wanted, { mode });
  return {
    written: written.map(({ path }) => path),
    kept: kept.map(({ path, now, wanted }) => ({ path, difference: difference(path, now, wanted, secrets) })),
  };
}

const difference = (
  path: string,
  now: string | undefined,
  wanted: string,
  secrets: readonly string[],
): string => formatChanges([{ host: "here", path, before: now ?? null, after: wanted }], secrets);

/** What is said of a file that was left. */
export const keptInWords = ({ path, difference }: KeptFile): string =>
  `left ${path} as you edited it; written anew it would change so:\n${difference}`;
