import type { Carrying, Tell } from "../app/index.ts";
import type { SiteFlags } from "./common-options.ts";
import { lostLines } from "./copy-text.ts";
import { deployProgress, type Progress } from "./run-progress.ts";
import { note, printJson, printWarning } from "./terminal.ts";

/** Whom it is said to: a person, or a program. */
type Reader = Pick<SiteFlags, "json">;

/** Says what the application tells before a run begins: warnings of the site, and who is waited for. */
export function beforehand(flags: Reader): Tell {
  return (event) => {
    if (event.event === "waiting") note(`${event.words}; waiting for it to end. ${event.hint}`);
    if (event.event === "fetching") for (const line of lostLines(event.lost)) note(line);
    if (event.event === "loaded" && !flags.json)
      for (const warning of event.loaded.warnings) printWarning(warning);
  };
}

/** Shows a run as it is told. */
export interface RunWatch {
  tell: Tell;
  /** To be called whatever became of the run. */
  end(): void;
}

/**
 * Shows what is told before a run and while it goes, with live progress on standard error (JSON lines on standard
 * output with --json). Once hosts change, the first Ctrl-C makes `stop` end it at the next step, the second leaves it.
 */
export function runWatch(flags: Reader, stop: AbortController): RunWatch {
  let progress: Progress | undefined;
  const before = beforehand(flags);
  const interrupt = (): void => {
    note("Stopping at the next step; press Ctrl-C again to leave at once.");
    stop.abort();
    process.once("SIGINT", () => process.exit(1));
  };
  const tell: Tell = (event) => {
    before(event);
    if (event.event === "dead-run") {
      const { run, holder, since } = event.lock;
      note(`Run ${run} of ${holder}, which began ${since}, is dead; its hosts are taken over.`);
    }
    if (event.event === "applying") {
      progress = deployProgress(event.plan, flags);
      process.once("SIGINT", interrupt);
    }
    if (event.event === "progress") progress?.event(event.of);
    if (event.event === "not-copied")
      note(
        `${event.host}: what it remembers of this run could not be copied to this machine, the next run tries again: ${event.reason}`,
      );
    if (event.event === "run-failed" && flags.json) printJson(event);
  };
  const end = (): void => {
    progress?.end();
    process.off("SIGINT", interrupt);
  };
  return { tell, end };
}

/** Does work that carries a run out, shown as it goes. */
export async function watched<T>(flags: SiteFlags, work: (carrying: Carrying) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const watch = runWatch(flags, stop);
  try {
    return await work({ tell: watch.tell, signal: stop.signal, takeOver: flags.takeOver });
  } finally {
    watch.end();
  }
}

/** Says something to a person; machines are told otherwise. */
export function announce(text: string, flags: { json?: boolean }): void {
  if (!flags.json) note(text);
}
