import type { Plan, RunEvent, Step } from "#model";
import { formatSeconds } from "#support";
import { type CarrierEvent, isCarrierEvent } from "../ansible/index.ts";
import type { SiteFlags } from "./common-options.ts";
import { LiveLines } from "./live-lines.ts";
import { note, paint, printJson } from "./terminal.ts";

export interface Progress {
  event(event: RunEvent | CarrierEvent): void;
  end(): void;
}

/** Shows a run as it goes: a line for each step that ended, and, on a terminal, what is under way now. */
export function deployProgress(plan: Plan, flags: SiteFlags): Progress {
  if (flags.json) return { event: printJson, end: () => undefined };
  const steps = new Map(plan.steps.map((step) => [step.n, step]));
  const live = new LiveLines(plan.steps.length);
  return {
    event: (event) => showEvent(event, steps, live),
    end: () => live.end(),
  };
}

function showEvent(event: RunEvent | CarrierEvent, steps: ReadonlyMap<number, Step>, live: LiveLines): void {
  if (isCarrierEvent(event)) {
    const words = carrierWords(event);
    if (words) live.say(words);
    return;
  }
  const step = event.step === undefined ? undefined : steps.get(event.step);
  const words = `${event.host}  ${event.what ?? (step ? `${step.kind} ${step.verb}` : "")}`;
  const key = `${event.host}#${event.step}`;
  const took = formatSeconds(event.seconds ?? 0);
  switch (event.event) {
    case "step-started":
      live.begin(key, words);
      break;
    case "step-done":
      live.finish(key, `${mark("green", "done")}  ${words}  ${took}`);
      break;
    case "step-skipped":
      live.finish(key, `${mark("yellow", "left")}  ${words}  ${event.message ?? ""}`);
      break;
    case "step-failed":
      live.finish(key, `${mark("red", "FAIL")}  ${words}  ${took}`);
      showFailure(event, live);
      break;
    case "restored":
      live.say(`${mark("yellow", "back")}  ${words}  ${event.message ?? ""}`);
      break;
  }
}

const mark = (colour: "green" | "yellow" | "red", word: string): string =>
  paint(colour, word, process.stderr);

/** What of Ansible's own doings concerns an operator: what went wrong. Undefined for the rest. */
function carrierWords(event: CarrierEvent): string | undefined {
  switch (event.event) {
    case "task-failed":
      return `${mark("red", "FAIL")}  ${event.host}  ${event.task}: ${event.message}`;
    case "unreachable":
      return `${mark("red", "FAIL")}  ${event.host}  out of reach: ${event.message}`;
    case "warning":
      return `      ${event.line}`;
    default:
      return undefined;
  }
}

/** The cause on one screen: what went wrong, the container's last lines, what its health check said. */
function showFailure(event: RunEvent, live: LiveLines): void {
  if (event.message) live.say(`      ${event.message}`);
  for (const line of event.log?.slice(-20) ?? []) live.say(`      log | ${line}`);
  for (const line of event.health?.slice(-5) ?? []) live.say(`   health | ${line}`);
}

/** Tells a watcher which run could be followed; kept apart so that quiet verbs stay quiet. */
export function announce(text: string, flags: { json?: boolean }): void {
  if (!flags.json) note(text);
}
