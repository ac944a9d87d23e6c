import {
  applySaved,
  type Carrying,
  carryOut,
  type PreparedRun,
  type SavedRun,
  type Tell,
} from "../app/index.ts";
import type { SiteFlags } from "./common-options.ts";
import { lostLines } from "./copy-text.ts";
import { deployProgress, type Progress } from "./run-progress.ts";
import { note, printJson, printWarning } from "./terminal.ts";

/** Says what the application tells before a run begins: warnings of the site, and who is waited for. */
export function beforehand(flags: SiteFlags): Tell {
  return (event) => {
    if (event.event === "waiting") note(`${event.words}; waiting for it to end. ${event.hint}`);
    if (event.event === "fetching") for (const line of lostLines(event.lost)) note(line);
    if (event.event === "loaded" && !flags.json)
      for (const warning of event.loaded.warnings) printWarning(warning);
  };
}

/** Carries a prepared run out, told as it goes. */
export async function carryOutWatched(prepared: PreparedRun, flags: SiteFlags): Promise<void> {
  await watched(flags, (carrying) => carryOut(prepared, carrying));
}

/** Does what a saved plan says, told as it goes. */
export async function applyWatched(run: SavedRun, flags: SiteFlags): Promise<void> {
  await watched(flags, (carrying) => applySaved(run, carrying));
}

/**
 * Carries a run out, with live progress on standard error (JSON lines on standard output with --json).
 * The first Ctrl-C stops it at the next step, the second leaves it.
 */
export async function watched(flags: SiteFlags, work: (carrying: Carrying) => Promise<void>): Promise<void> {
  let progress: Progress | undefined;
  const tell: Tell = (event) => {
    if (event.event === "dead-run") {
      const { run, holder, since } = event.lock;
      note(`Run ${run} of ${holder}, which began ${since}, is dead; its hosts are taken over.`);
    }
    if (event.event === "applying") progress = deployProgress(event.plan, flags);
    if (event.event === "progress") progress?.event(event.of);
    if (event.event === "not-copied")
      note(
        `${event.host}: what it remembers of this run could not be copied to this machine, the next run tries again: ${event.reason}`,
      );
    if (event.event === "run-failed" && flags.json) printJson(event);
  };
  const stop = new AbortController();
  const interrupt = (): void => {
    note("Stopping at the next step; press Ctrl-C again to leave at once.");
    stop.abort();
    process.once("SIGINT", () => process.exit(1));
  };
  process.once("SIGINT", interrupt);
  try {
    await work({ tell, signal: stop.signal, takeOver: flags.takeOver });
  } finally {
    progress?.end();
    process.off("SIGINT", interrupt);
  }
}

/** Says something to a person; machines are told otherwise. */
export function announce(text: string, flags: { json?: boolean }): void {
  if (!flags.json) note(text);
}
