import { join } from "node:path";
import { type Bundle, type HostPast, leadsTo } from "#model";
import { contentOf } from "./contents.ts";
import { unlessFull, writeDurably } from "./durable.ts";
import { type Ground, ownDirectory } from "./ground.ts";
import { tellRecords } from "./records.ts";
import { loadState, note } from "./state.ts";

/** What the verb `past` is asked. */
export interface PastInput {
  /** Hashes of the contents that the asker has already. */
  known: readonly string[];
}

/** What the control host needs for its copy of this host's past. Holds secrets. */
export async function tellPast(ground: Ground, { known }: PastInput): Promise<HostPast> {
  const records = await tellRecords(ground, {});
  const { lastRun, generations } = loadState(ground);
  const read = (hash: string): Buffer | "gone" | "damaged" => contentOf(ground, hash);
  const has = new Set(known);
  const contents = [...leadsTo(records, read)].flatMap((hash) => {
    const content = has.has(hash) ? "gone" : read(hash);
    return typeof content === "string" ? [] : [[hash, content.toString("base64")] as const];
  });
  return {
    ...(lastRun && { lastRun: lastRun.run }),
    records,
    counters: generations,
    contents: Object.fromEntries(contents),
  };
}

/**
 * At the end of a run: leaves what `tellPast` would answer where the carrier looks for it, so that no other agent has to
 * be started for it. Throws nothing: where it is missing, or that of another run, the carrier asks.
 */
export async function leavePast(ground: Ground, { run, known }: Bundle): Promise<void> {
  if (!known) return;
  try {
    const past = JSON.stringify(await tellPast(ground, { known }));
    writeDurably(join(ownDirectory(ground), "past.json"), past, { mode: 0o600 });
  } catch (error) {
    const { message } = error as Error;
    unlessFull(() => note(ground, { run, event: "past-missing", message }));
  }
}
