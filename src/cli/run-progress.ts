import type { Plan, RunEvent } from "#model";
import { formatSeconds } from "#support";
import { type CarrierEvent, isCarrierEvent } from "../ansible/index.ts";
import { stepNames } from "../plan/index.ts";
import type { SiteFlags } from "./common-options.ts";
import { LiveLines } from "./live-lines.ts";
import { note, paint, printJson } from "./terminal.ts";

export interface Progress {
  event(event: RunEvent | CarrierEvent): void;
  end(): void;
}

/** Shows a run as it goes: a line for each step that ended, and, on a terminal, what is under way now. */
export function deployProgress(plan: Plan, flags: Pick<SiteFlags, "json">): Progress {
  if (flags.json) return { event: printJson, end: () => undefined };
  const things = stepNames(plan);
  const names = new Map(plan.steps.map(({ n, verb }) => [n, `${things.get(n) ?? ""} ${verb}`]));
  const live = new LiveLines(plan.steps.length);
  const left = new Left();
  return {
    event: (event) => {
      if (event.event === "step-skipped") left.add(event as RunEvent);
      showEvent(event, names, live);
    },
    end: () => {
      live.end();
      for (const line of left.lines()) note(line);
    },
  };
}

/** Steps that were not begun: a line for each would push the cause off the screen. */
class Left {
  readonly #counts = new Map<string, number>();

  add({ host, message = "" }: RunEvent): void {
    const key = `${host}  ${message}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** Once each. */
  lines(): string[] {
    const lines = [...this.#counts].map(
      ([key, count]) => `${mark("yellow", "left")}  ${key}: ${count} ${count === 1 ? "step" : "steps"}`,
    );
    this.#counts.clear();
    return lines;
  }
}

function showEvent(
  event: RunEvent | CarrierEvent,
  names: ReadonlyMap<number, string>,
  live: LiveLines,
): void {
  if (isCarrierEvent(event)) {
    const words = carrierWords(event);
    if (words) live.say(words);
    return;
  }
  const name = event.step === undefined ? undefined : names.get(event.step);
  const words = `${event.host}  ${name ?? event.what ?? ""}`;
  const key = `${event.host}#${event.step}`;
  const took = formatSeconds(event.seconds ?? 0);
  switch (event.event) {
    case "step-started":
      live.begin(key, words);
      break;
    case "step-done":
      live.finish(key, `${mark("green", "done")}  ${words}  ${took}`);
      if (event.message !== undefined) live.say(`      ${event.message}`);
      break;
    case "step-skipped":
      live.pass(key);
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
  for (const line of event.message?.split("\n") ?? []) live.say(`      ${line}`);
  for (const line of event.log?.slice(-logLines()) ?? []) live.say(`      log | ${line}`);
  for (const line of event.health?.slice(-5) ?? []) live.say(`   health | ${line}`);
}

/** What a screen has room for, beside the rest of a failure and the end of the run. */
function logLines(): number {
  const { rows = 40 } = process.stderr;
  return Math.min(20, Math.max(5, rows - 16));
}
