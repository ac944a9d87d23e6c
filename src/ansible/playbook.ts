import { execa } from "execa";
import { KollaError, stopwatch } from "#support";
import {
  ansibleEnvironment,
  checkSettings,
  findAnsible,
  playbookArguments,
  type VariableFiles,
} from "./command.ts";
import { EventTail } from "./events.ts";
import {
  type AnsibleSettings,
  type CarrierEvent,
  isCarrierEvent,
  type OnEvent,
  type Unreachable,
} from "./settings.ts";
import { ansibleError, isBrokenBefore, joined } from "./words.ts";
import type { Workspace } from "./workspace.ts";

export interface PlaybookRun {
  settings: AnsibleSettings;
  /** Name below ansible/, without .yml. */
  playbook: string;
  files: VariableFiles;
  variables: Readonly<Record<string, unknown>>;
  workspace: Workspace;
  onEvent: OnEvent;
  signal?: AbortSignal;
}

export interface PlaybookOutcome {
  /** Exit code of ansible-playbook: 0 well, 2 a task failed, 4 a host was out of reach. */
  exit: number;
  /** Host → the reasons it gave, in order. */
  failures: Readonly<Record<string, readonly string[]>>;
  /** Hosts that Ansible could not reach. */
  silent: ReadonlySet<string>;
  /** Task → seconds it took over all hosts. `start`: until the first play began. */
  seconds: Readonly<Record<string, number>>;
}

/** Why a host did not make it: it says the same at each task. */
export function reasonOf(host: string, { failures }: Pick<PlaybookOutcome, "failures">): string {
  return [...new Set(failures[host] ?? ["no reason was given"])].join("\n");
}

/** In place of a host's answer. */
export function noAnswer(host: string, outcome: PlaybookOutcome): Unreachable {
  return { unreachable: reasonOf(host, outcome), ...(outcome.silent.has(host) && { isSilent: true }) };
}

/** What each host left in its file of the workspace with this end, or why it left nothing. */
export async function toldBy<Told>(
  hosts: readonly string[],
  suffix: string,
  workspace: Workspace,
  outcome: PlaybookOutcome,
): Promise<Record<string, Told | Unreachable>> {
  const told = hosts.map(async (host) => {
    const answer = (await workspace.readJson(workspace.hostFile(host, suffix))) as Told | undefined;
    return [host, answer ?? noAnswer(host, outcome)] as const;
  });
  return Object.fromEntries(await Promise.all(told));
}

const GRACE_MS = 10_000;

/**
 * Runs one playbook in a process group of its own, so that a Ctrl-C on the terminal reaches it through the signal only.
 * Throws KOLLA_ANSIBLE_FAILED with Ansible's own words when it fails and no host is to blame (inventory, vault, YAML),
 * KOLLA_INTERRUPTED when the signal ended it.
 */
export async function playPlaybook(run: PlaybookRun): Promise<PlaybookOutcome> {
  checkSettings(run.settings);
  const program = findAnsible();
  const argv = await playbookArguments(run.settings, run.playbook, run.files, run.variables, run.workspace);
  const env = await ansibleEnvironment(run.settings, run.workspace);
  const notes = new Notes(run.onEvent);
  const tail = new EventTail(env.KOLLA_EVENTS ?? "", notes.take);
  const following = tail.follow();
  const exit = await start(program, argv, env, run, notes).finally(() => tail.end());
  await following;
  run.signal?.throwIfAborted();
  const failures = notes.failures();
  if (exit !== 0 && Object.keys(failures).length === 0) throw notes.ownWords(exit);
  return { exit, failures, silent: notes.silent(), seconds: notes.seconds() };
}

async function start(
  program: string,
  argv: readonly string[],
  env: Record<string, string>,
  run: PlaybookRun,
  notes: Notes,
): Promise<number> {
  const child = execa(program, argv, {
    env,
    stdin: "ignore",
    detached: true,
    reject: false,
    buffer: false,
    stdout: notes.output(run.settings.verbosity > 0),
    stderr: notes.errors(),
  });
  const release = killWith(child.pid, run.signal);
  try {
    const { exitCode, signal, code, shortMessage } = (await child) as {
      exitCode?: number;
      signal?: string;
      code?: string;
      shortMessage?: string;
    };
    if (code) throw new KollaError({ code: "KOLLA_ANSIBLE_START", message: shortMessage ?? code });
    return exitCode ?? (signal ? 250 : 1);
  } finally {
    release();
  }
}

/** The group ends with the signal, or with this process. Gives back what takes the listeners away again. */
function killWith(pid: number | undefined, signal: AbortSignal | undefined): () => void {
  if (pid === undefined) return () => {};
  const end = (how: NodeJS.Signals) => {
    try {
      process.kill(-pid, how);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    end("SIGINT");
    timer = setTimeout(() => end("SIGKILL"), GRACE_MS);
  };
  const onExit = () => end("SIGTERM");
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort);
  process.once("exit", onExit);
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    process.off("exit", onExit);
  };
}

/** Remembers what matters of a run while its events pass by. */
class Notes {
  readonly #onEvent: OnEvent;
  readonly #failures: Record<string, string[]> = {};
  readonly #silent = new Set<string>();
  readonly #errors: string[] = [];
  readonly #seconds: Record<string, number> = {};
  readonly #clock = stopwatch();
  #phase = "start";
  #since = 0;

  constructor(onEvent: OnEvent) {
    this.#onEvent = onEvent;
  }

  readonly take: OnEvent = (event) => {
    if (isCarrierEvent(event)) this.#note(event);
    this.#onEvent(event);
  };

  #note(event: CarrierEvent): void {
    if (event.event === "task") this.#enter(event.name);
    if (event.event === "task-failed" || event.event === "unreachable") {
      const reasons = this.#failures[event.host] ?? [];
      this.#failures[event.host] = [...reasons, event.message];
      if (event.event === "unreachable") this.#silent.add(event.host);
    }
  }

  #enter(phase: string): void {
    const now = this.#clock();
    this.#seconds[this.#phase] = (this.#seconds[this.#phase] ?? 0) + now - this.#since;
    this.#phase = phase;
    this.#since = now;
  }

  seconds(): Record<string, number> {
    this.#enter("end");
    return this.#seconds;
  }

  silent(): ReadonlySet<string> {
    return this.#silent;
  }

  failures(): Record<string, readonly string[]> {
    return this.#failures;
  }

  /** A sink for standard output; Ansible says something there only when it is asked to be wordy. */
  output(wanted: boolean) {
    const onEvent = this.#onEvent;
    return async function* (line: unknown) {
      if (wanted) onEvent({ at: new Date().toISOString(), event: "output", line: String(line) });
      yield line;
    };
  }

  /** A sink for standard error. A warning over several lines is told once it is whole. */
  errors() {
    const lines = this.#errors;
    let warning: { whole: string; last: string } | undefined;
    const tell = (): void => {
      if (warning) this.#onEvent({ at: new Date().toISOString(), event: "warning", line: warning.whole });
      warning = undefined;
    };
    const transform = function* (line: unknown) {
      const text = String(line);
      lines.push(text);
      if (warning && isBrokenBefore(warning.last, text))
        warning = { whole: joined(warning.whole, text), last: text };
      else {
        tell();
        if (text.startsWith("[WARNING]")) warning = { whole: text, last: text };
      }
      yield line;
    };
    // biome-ignore lint/correctness/useYield: at the end nothing is added to the output
    const final = function* () {
      tell();
    };
    return { transform, final };
  }

  ownWords(exit: number): KollaError {
    return ansibleError(this.#errors, exit);
  }
}
