import type { Where } from "#support";

/** A thing on a host that a run changed: `how` in a word or two, "replaced", "withdrawn". */
export interface Change {
  kind: "container" | "file" | "volume" | "job" | "resource";
  /** As operators know it: a container's name, a file's path. */
  name: string;
  how: string;
}

/** What a run that did not end well left on a host. Images that it pulled are not told: they change nothing. */
export interface Aftermath {
  /** Not as before the run. */
  moved: readonly Change[];
  /** Changed by the run, and again as before it. */
  returned: readonly Change[];
  /** Why it cannot be told what the run left; the two lists are empty then. */
  unknown?: string;
}

/** What the agent reports while it works: one JSON line each, also kept in the host's journal. */
export interface RunEvent {
  run: string;
  /** ISO 8601. */
  at: string;
  host: string;
  event:
    | "stage-started"
    | "step-started"
    | "step-done"
    | "step-failed"
    | "step-skipped"
    | "restored"
    | "stage-done"
    | "stage-failed"
    /** Of a run that did not end well: what it left on this host. The last one counts. */
    | "left";
  stage?: number;
  /** Number of the step in the plan, and its words ("container:keystone replace"). */
  step?: number;
  what?: string;
  seconds?: number;
  /** On failure: what went wrong. Of a job that an operator asked for, when it is done: its last words. */
  message?: string;
  /** On failure: the last lines of the container's log, and of its health check. */
  log?: readonly string[];
  health?: readonly string[];
  left?: Aftermath;
}

/** What is told of an image that could not be built or pushed. */
export interface BuildFailure {
  code: string;
  /** The instruction that failed, and how, on a line each; or what else went wrong. */
  message: string;
  /** The file and line of the template that the instruction comes from. */
  where?: Where;
  /** The last lines that it printed. */
  log: readonly string[];
  /** What to type next. */
  hint: string;
}

/** What the builder reports: a person's progress, plain lines and JSON are made from these. */
export type BuildEvent =
  | { event: "planned"; at: string; build: readonly string[]; present: readonly string[] }
  | { event: "started"; at: string; image: string; attempt: number }
  | { event: "output"; at: string; image: string; line: string }
  | { event: "built"; at: string; image: string; seconds: number; bytes: number; id: string }
  | { event: "retry"; at: string; image: string; because: string; afterSeconds: number }
  | ({ event: "failed"; at: string; image: string } & BuildFailure)
  | { event: "skipped"; at: string; image: string; because: string };
