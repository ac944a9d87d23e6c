import { join } from "node:path";
import type { ObservedJournal } from "#model";
import { KollaError } from "#support";
import { appendLine, ensureDirectory, readIfThere, writeDurably } from "./durable.ts";
import { type Ground, ownDirectory } from "./ground.ts";

type Outcome = NonNullable<ObservedJournal["lastRun"]>;

/** What the agent remembers between runs. One JSON file, always whole. */
export interface AgentState {
  jobs: Record<string, { key: string; at: string }>;
  /** `holds` tells how to see whether a setting of the kernel is still there: it is lost when the host starts anew. */
  resources: Record<string, { key: string; at: string; holds?: Holds }>;
  generations: Record<string, number>;
  unproved: Record<string, number>;
  /** Id of a container → path → short hash of the files it took up after it was made. */
  reloads: Record<string, Readonly<Record<string, string>>>;
  /** Path → set, of every file the agent wrote. */
  files: Record<string, string>;
  /** Directories of the host that the agent made shared mounts. */
  mounts: string[];
  lastRun?: Outcome;
}

export type Holds =
  | { kind: "sysctl"; values: Readonly<Record<string, string>> }
  | { kind: "shared-mount"; path: string };

/** The remembered state, or an empty one on a host that never had any. Throws KOLLA_AGENT_STATE when it cannot be read. */
export function loadState(ground: Ground): AgentState {
  const text = readIfThere(stateFile(ground));
  const empty: AgentState = {
    jobs: {},
    resources: {},
    generations: {},
    unproved: {},
    reloads: {},
    files: {},
    mounts: [],
  };
  if (!text) return empty;
  try {
    return { ...empty, ...(JSON.parse(text.toString("utf8")) as Partial<AgentState>) };
  } catch (cause) {
    throw new KollaError({
      code: "KOLLA_AGENT_STATE",
      message: `${stateFile(ground)} is not readable`,
      hint: "Look at it; what is done is also in journal.jsonl beside it",
      where: { host: ground.host },
      cause,
    });
  }
}

/** Changes the state and writes it down before anything else happens. */
export function remember(ground: Ground, state: AgentState, change: (state: AgentState) => void): void {
  change(state);
  ensureDirectory(ownDirectory(ground), 0o700);
  writeDurably(stateFile(ground), `${JSON.stringify(state, undefined, 1)}\n`, { mode: 0o600 });
}

/** Adds a line to the journal, which is only ever appended to. */
export function note(ground: Ground, entry: object): void {
  ensureDirectory(ownDirectory(ground), 0o700);
  appendLine(join(ownDirectory(ground), "journal.jsonl"), JSON.stringify(entry));
}

function stateFile(ground: Ground): string {
  return join(ownDirectory(ground), "state.json");
}
