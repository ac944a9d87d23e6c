import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "#support";
import { ensureDirectory, isMissing, readIfThere, writeDurably } from "./durable.ts";
import { type Ground, ownDirectory } from "./ground.ts";

/**
 * What a host keeps to return to, each content once, in a file that is called after its SHA-256: what was cut off or
 * changed since is told from what was kept. Much of it holds secrets, so that only root can read it.
 */

/** Keeps a content. Returns its hash. Throws KOLLA_DISK_FULL, and then nothing of it is kept. */
export function keepContent(ground: Ground, content: string | Uint8Array): string {
  const hash = sha256(content);
  if (typeof contentOf(ground, hash) === "string") {
    ensureDirectory(directory(ground), 0o700);
    writeDurably(join(directory(ground), hash), content, { mode: 0o600 });
  }
  return hash;
}

/** What is kept under a hash, or why it cannot be had. */
export function contentOf(ground: Ground, hash: string): Buffer | "gone" | "damaged" {
  const content = readIfThere(join(directory(ground), hash));
  if (!content) return "gone";
  return sha256(content) === hash ? content : "damaged";
}

/** The same of a content that is JSON; undefined where it cannot be had. */
export function documentOf<T>(ground: Ground, hash: string): T | undefined {
  const content = contentOf(ground, hash);
  return typeof content === "string" ? undefined : (JSON.parse(content.toString("utf8")) as T);
}

/** Forgets all that is kept under other hashes than these. */
export function forgetContents(ground: Ground, wanted: ReadonlySet<string>): void {
  for (const name of names(ground))
    if (!wanted.has(name)) rmSync(join(directory(ground), name), { force: true });
}

function names(ground: Ground): string[] {
  try {
    return readdirSync(directory(ground));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

const directory = (ground: Ground): string => join(ownDirectory(ground), "contents");
