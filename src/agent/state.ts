import { join } from "node:path";
import type { ActFor, MeasuredSwap, ObservedJournal, RunName } from "#model";
import { KollaError } from "#support";
import { appendLine, ensureDirectory, readIfThere, writeDurably } from "./durable.ts";
import { type Ground, ownDirectory } from "./ground.ts";

type Outcome = NonNullable<ObservedJournal["lastRun"]>;

/** What the agent remembers between runs. One JSON file, always whole. */
export interface AgentState {
  jobs: Record<string, Done & { upgrade?: ActFor }>;
  /** `holds` tells how to see whether a setting of the kernel is still there: it is lost when the host starts anew. */
  resources: Record<string, Done & { holds?: Holds }>;
  generations: Record<string, number>;
  unproved: Record<string, number>;
  /** Id of a container → path → short hash of the files it took up after it was made. */
  reloads: Record<string, Readonly<Record<string, string>>>;
  /** Container → how long its last replacement by a stop and a start took. */
  swaps: Record<string, MeasuredSwap>;
  /** Path → set, of every file the agent wrote. */
  files: Record<string, string>;
  /** Directories of the host that the agent made shared mounts. */
  mounts: string[];
  lastRun?: Outcome;
  /** Container → generation → how it was made. */
  made: Record<string, Record<string, Made>>;
  /** The state that each run left, the oldest first; a run that changed nothing is not among them. */
  records: (RunName & { outcome: Outcome["outcome"]; record: string })[];
  /** The last run that took this host. */
  begun?: RunName;
  generationsKept?: number;
}

/** `record`: hash of the item that it was done as; absent where it was done before there were records, or by a verb of its service. */
interface Done {
  key: string;
  at: string;
  set?: string;
  record?: string;
}

/** A generation of a container. */
export interface Made {
  /** Hash of what makes it again. */
  record: string;
  run: string;
  /** ISO 8601. */
  at: string;
  /** Made by a rollback, to be as after this run. */
  returnsTo?: string;
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
    swaps: {},
    files: {},
    mounts: [],
    made: {},
    records: [],
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
