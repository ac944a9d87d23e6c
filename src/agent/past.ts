import { type HostPast, leadsTo } from "#model";
import { contentOf } from "./contents.ts";
import type { Ground } from "./ground.ts";
import { tellRecords } from "./records.ts";
import { loadState } from "./state.ts";

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
