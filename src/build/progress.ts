import { saysDiskFull } from "./failure.ts";

const LINES_SHOWN = 20;
const LONGEST_COMMAND = 600;

export interface PrintedFailure {
  /** The failing instruction and how it ended, on a few lines. */
  message: string;
  /** The last lines it printed. */
  log: readonly string[];
}

interface Step {
  title: string;
  lines: string[];
  error?: string;
}

const LINE = /^#(\d+) (.*)$/;
const TIMED = /^\d+\.\d+ (.*)$/;
const NOISE = /^(sha256:[0-9a-f]+( .*)?|DONE \d.*|CACHED|\.\.\.|transferring .*|resolve .*|extracting .*)$/;

/** Reads BuildKit's plain progress: what a person wants to see of it, and what failed in the end. */
export class BuildLog {
  readonly #steps = new Map<string, Step>();
  readonly #outside: string[] = [];

  /** Takes one line; what to show of it, if anything. */
  read(line: string): string | undefined {
    const [, number, rest] = LINE.exec(line) ?? [];
    if (number === undefined || rest === undefined) return this.#readOutside(line);
    const step = this.#steps.get(number);
    if (!step) {
      this.#steps.set(number, { title: rest, lines: [] });
      return rest.startsWith("[internal]") ? undefined : rest;
    }
    return this.#readStep(step, rest);
  }

  /** What failed, with the last lines that it printed. */
  failure(): PrintedFailure {
    const failed = [...this.#steps.values()].findLast((step) => step.error !== undefined);
    if (!failed) return { message: this.#lastOutside(), log: this.#outside.slice(-LINES_SHOWN) };
    const reason = (failed.error ?? "").replace(/^(executor failed running|process) [["].*["\]]:? /s, "");
    const log = failed.lines.length > 0 ? failed.lines : this.#outside;
    return { message: `${shorten(failed.title)}\n${reason}`, log: lastLines(log) };
  }

  #readStep(step: Step, rest: string): string | undefined {
    if (rest === step.title || rest === "" || NOISE.test(rest)) return undefined;
    if (rest.startsWith("ERROR: ")) {
      step.error = rest.slice("ERROR: ".length);
      return undefined;
    }
    const text = TIMED.exec(rest)?.[1] ?? rest;
    step.lines.push(text);
    return text;
  }

  #readOutside(line: string): string | undefined {
    if (line.trim() === "") return undefined;
    this.#outside.push(line);
    return undefined;
  }

  #lastOutside(): string {
    return this.#outside.at(-1) ?? "the build ended without a word";
  }
}

/** The last lines; where a full disk was behind it all, the line that said so first, however long ago. */
function lastLines(lines: readonly string[]): string[] {
  const last = lines.slice(-LINES_SHOWN);
  const full = lines.find(saysDiskFull);
  if (full === undefined || last.some(saysDiskFull)) return last;
  return [full, "…", ...last.slice(2)];
}

function shorten(command: string): string {
  return command.length <= LONGEST_COMMAND ? command : `${command.slice(0, LONGEST_COMMAND)} …`;
}
