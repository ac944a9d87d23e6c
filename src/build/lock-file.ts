import { type LockOrigin, lockHead } from "./lock-origin.ts";

/** The part of pip's installation report that we read. */
export interface PipReport {
  install: readonly { metadata: { name: string; version: string } }[];
}

/**
 * A lock in pip's requirements form: every distribution with its exact version and the SHA-256 of each of its files,
 * sorted by name and below the line that tells what it was made from, so that the same resolution gives the same text.
 */
export async function formatLock(
  report: PipReport,
  origin: LockOrigin,
  hashesOf: (name: string, version: string) => Promise<readonly string[]>,
): Promise<string> {
  const pins = report.install
    .map(({ metadata }) => ({ name: normalName(metadata.name), version: metadata.version }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const entries = await Promise.all(
    pins.map(async ({ name, version }) => {
      const hashes = (await hashesOf(name, version)).toSorted();
      return [`${name}==${version}`, ...hashes.map((hash) => `    --hash=sha256:${hash}`)].join(" \\\n");
    }),
  );
  return `${lockHead(origin)}\n${entries.join("\n")}\n`;
}

/** A distribution's name as PEP 503 writes it. */
export function normalName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

/** What a new lock would install otherwise than the one before it, by names of distributions. */
export interface LockChanges {
  added: readonly { name: string; version: string }[];
  removed: readonly { name: string; version: string }[];
  moved: readonly { name: string; from: string; to: string }[];
  /** Of the same version, with other files on the index. */
  rehashed: readonly string[];
}

/** Compares two locks; a lock that was not there is an empty text. */
export function lockChanges(before: string, after: string): LockChanges {
  const [old, fresh] = [pinsOf(before), pinsOf(after)];
  const both = [...fresh].flatMap(([name, pin]) => {
    const was = old.get(name);
    return was ? [{ name, was, pin }] : [];
  });
  const only = (these: Pins, others: Pins): { name: string; version: string }[] =>
    [...these].filter(([name]) => !others.has(name)).map(([name, { version }]) => ({ name, version }));
  return {
    added: only(fresh, old),
    removed: only(old, fresh),
    moved: both
      .filter(({ was, pin }) => was.version !== pin.version)
      .map(({ name, was, pin }) => ({ name, from: was.version, to: pin.version })),
    rehashed: both
      .filter(({ was, pin }) => was.version === pin.version && was.hashes !== pin.hashes)
      .map(({ name }) => name),
  };
}

type Pins = ReadonlyMap<string, { version: string; hashes: string }>;

function pinsOf(lock: string): Pins {
  const entries = lock.matchAll(/^([a-z0-9-]+)==(\S+)((?: \\\n +--hash=\S+)*)$/gm);
  return new Map(
    [...entries].map(([, name = "", version = "", hashes = ""]) => [name, { version, hashes }] as const),
  );
}
