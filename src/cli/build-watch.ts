import { formatBytes, formatSeconds } from "#support";
import { type BuildSettings, type BuildSummary, type BuildTold, kollaSummary } from "../build/index.ts";
import { type BuildProgress, buildProgress } from "./build-progress.ts";
import { closingLine, type FailedEvent, failureLines } from "./build-report.ts";
import { alignColumns } from "./columns.ts";
import { complain, note, paint, print, printJson } from "./terminal.ts";

/** Shows a build as it is told. */
export interface BuildWatch {
  tell(told: BuildTold): void;
  /** To be called whatever became of the build. */
  end(): void;
}

/** Shows a build as it goes, then what was built and what failed. While it goes, Ctrl-C makes `stop` end it. */
export function buildWatch(json: boolean, stop: AbortController): BuildWatch {
  const failures: FailedEvent[] = [];
  let shown: { settings: BuildSettings; progress: BuildProgress } | undefined;
  const interrupt = (): void => stop.abort();
  const end = (): void => {
    shown?.progress.end();
    process.off("SIGINT", interrupt);
  };
  return {
    end,
    tell: (told) => {
      if (told.event === "building") {
        shown = { settings: told.settings, progress: buildProgress(told.settings, json) };
        process.once("SIGINT", interrupt);
      }
      if (told.event === "build") {
        if (told.of.event === "failed") failures.push(told.of);
        shown?.progress.event(told.of);
      }
      if (told.event === "build-ended" && shown) {
        end();
        if (json) printJson(told.summary);
        else report(told.summary, failures, shown.settings);
      }
    },
  };
}

/**
 * What was built, then what failed: that is told however quiet the build is, and it is what stays on the screen. As
 * with kolla-build, what reads standard output without a terminal finds the summary there as JSON.
 */
function report(summary: BuildSummary, failures: readonly FailedEvent[], settings: BuildSettings): void {
  const forMachine = settings.format === "json" && !settings.summary_json_file && !process.stdout.isTTY;
  const tell = forMachine ? note : print;
  const isShown = settings.summary && !settings.quiet;
  if (isShown) for (const line of builtLines(summary)) tell(line);
  const { rows = 40, columns = 120 } = process.stderr;
  for (const line of failureLines(summary, failures, { rows, columns }))
    complain(line.replace(/^(FAIL|STOP)/, (word) => paint("red", word, process.stderr)));
  if (isShown) tell(closingLine(summary));
  if (settings.summary && forMachine) printJson(kollaSummary(summary));
}

function builtLines({ images }: BuildSummary): string[] {
  const rows = images
    .filter(({ status }) => status === "built")
    .map(({ name, seconds = 0, bytes = 0 }) => [name, formatSeconds(seconds), formatBytes(bytes)]);
  return [
    ...(rows.length > 0 ? [alignColumns([["IMAGE", "TOOK", "SIZE"], ...rows])] : []),
    ...images
      .filter(({ status }) => status === "unbuildable")
      .map(({ name, because }) => `${name}: unbuildable: ${because}`),
  ];
}
