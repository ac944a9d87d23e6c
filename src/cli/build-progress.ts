import type { BuildEvent } from "#model";
import { count, formatBytes, formatSeconds } from "#support";
import type { BuildSettings } from "../build/index.ts";
import { LiveLines } from "./live-lines.ts";
import { note, paint, printJson } from "./terminal.ts";

export interface BuildProgress {
  event(event: BuildEvent): void;
  end(): void;
}

const LONGEST = 120;

const mark = (colour: "green" | "yellow" | "red", word: string): string =>
  paint(colour, word, process.stderr);

/**
 * Shows a build as it goes: what runs now with its latest line on a terminal, plain lines without one, JSON if asked.
 * Of a failure only that it is one: the cause stands at the end, where it is read.
 */
export function buildProgress(
  settings: Pick<BuildSettings, "debug" | "quiet">,
  json: boolean,
): BuildProgress {
  if (json) return { event: (event) => event.event !== "output" && printJson(event), end: () => undefined };
  let live: LiveLines | undefined;
  return {
    event: (event) => {
      if (event.event === "planned") {
        if (event.build.length > 0 && !settings.quiet)
          note(`  ${count(event.build.length, "image")} to build, ${event.present.length} present`);
        live = new LiveLines(event.build.length);
      } else show(event, live, settings);
    },
    end: () => live?.end(),
  };
}

function show(
  event: Exclude<BuildEvent, { event: "planned" }>,
  live: LiveLines | undefined,
  settings: Pick<BuildSettings, "debug" | "quiet">,
): void {
  const say = (line: string): void => (live ? live.say(line) : note(line));
  switch (event.event) {
    case "started":
      live?.begin(event.image, event.attempt > 1 ? `${event.image} (attempt ${event.attempt})` : event.image);
      break;
    case "output":
      live?.tail(event.image, event.line);
      if (settings.debug) say(`${event.image} | ${event.line}`);
      else if (!live) say(`  ${event.line}`);
      break;
    case "built":
      live?.finish(
        event.image,
        `${mark("green", "built")}  ${event.image}  ${formatSeconds(event.seconds)}  ${formatBytes(event.bytes)}`,
      );
      break;
    case "retry":
      say(
        `${mark("yellow", "again")}  ${event.image} in ${formatSeconds(event.afterSeconds)}: ${event.because}`,
      );
      break;
    case "skipped":
      live?.pass(event.image);
      break;
    case "failed":
      live?.finish(event.image, `${mark("red", "FAIL ")}  ${event.image}: ${inShort(event)}`);
      break;
  }
}

/** How it ended, and the last thing that it said, on a line. */
function inShort({ message, log }: Extract<BuildEvent, { event: "failed" }>): string {
  const words = [message.split("\n").at(-1), log.at(-1)].filter(Boolean).join("; ");
  return words.length <= LONGEST ? words : `${words.slice(0, LONGEST)} …`;
}
