import type { BuildEvent } from "#model";
import { formatSeconds, formatWhere } from "#support";
import type { BuildSummary, ImageResult } from "../build/index.ts";

export type FailedEvent = Extract<BuildEvent, { event: "failed" }>;

/** How much room there is to tell of failures. */
export interface Screen {
  rows: number;
  columns: number;
}

const SMALLEST = 24;
const LARGEST = 40;
/** Kept free below: the closing line and the prompt. */
const BELOW = 2;
const FEWEST_LOG_LINES = 4;
const MOST_LOG_LINES = 20;
const ROWS_OF_COMMAND = 3;
const ROWS_OF_LOG_LINE = 2;

/**
 * Why a build failed, on one screen: each cause once, with instruction, place, last lines and what to type next; then
 * what ended the build, and who was left because of it. Nothing when all went well.
 */
export function failureLines(
  summary: BuildSummary,
  failures: readonly FailedEvent[],
  screen: Screen,
): string[] {
  const { columns } = screen;
  const end = [...stopLines(summary, columns), ...leftLines(summary.images, columns)];
  let room = Math.min(Math.max(screen.rows, SMALLEST), LARGEST) - BELOW - end.length;
  const lines: string[] = [];
  const causes = causesOf(failures);
  for (const [index, cause] of causes.entries()) {
    const others = causes.length - index - 1;
    const frame = frameOf(cause, columns);
    const rows = frame.above.length + frame.below.length + (others > 0 ? 1 : 0);
    const isFirst = index === 0;
    if (!isFirst && room < rows + FEWEST_LOG_LINES) {
      lines.push(...wrap(`also failed: ${causes.slice(index).flatMap(namesOf).join(", ")}`, columns, 2));
      break;
    }
    const share = Math.max(FEWEST_LOG_LINES, Math.floor((room - rows) / (others > 0 ? 2 : 1)));
    const log = logLines(cause.event.log, Math.min(share, MOST_LOG_LINES), columns);
    lines.push(...frame.above, ...log, ...frame.below);
    room -= rows + log.length;
  }
  return [...lines, ...end];
}

/** "3 built, 12 present already, 1 failed, 20 left, in 14 s." */
export function closingLine({ images, seconds }: BuildSummary): string {
  const count = (...statuses: ImageResult["status"][]): number =>
    images.filter(({ status }) => statuses.includes(status)).length;
  const failed = count("error", "push_error");
  const left = count("parent_error", "unprocessed");
  return [
    `${count("built")} built`,
    `${count("present")} present already`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(left > 0 ? [`${left} left`] : []),
    `in ${formatSeconds(seconds)}.`,
  ].join(", ");
}

interface Cause {
  images: string[];
  event: FailedEvent;
}

/** The same failure of many images, a registry that is away, is one cause. */
function causesOf(failures: readonly FailedEvent[]): Cause[] {
  const causes = new Map<string, Cause>();
  for (const event of failures) {
    const key = [event.code, event.message, ...event.log].join("\n");
    const known = causes.get(key);
    if (known) known.images.push(event.image);
    else causes.set(key, { images: [event.image], event });
  }
  return [...causes.values()];
}

function namesOf({ images }: Cause): string[] {
  return images;
}

/** What stands above and below the log of a cause. */
function frameOf({ images, event }: Cause, columns: number): { above: string[]; below: string[] } {
  const [first = "", ...rest] = event.message.split("\n");
  const instruction =
    rest.length > 0 ? wrap(plainCommand(first), columns, 4, 2).slice(0, ROWS_OF_COMMAND) : [];
  const how = rest.length > 0 ? rest.join(" ") : first;
  const place = formatWhere(event.where);
  return {
    above: [
      ...wrap(`FAIL  ${images.join(", ")}: ${how} (${event.code})`, columns, 6),
      ...(place ? [`  ${place}`] : []),
      ...instruction,
    ],
    below: event.hint ? wrap(event.hint, columns, 2, 2) : [],
  };
}

/** "[stage-0 4/7] RUN --mount=… kolla_apt_install x" as it is read in the template. */
function plainCommand(title: string): string {
  return title.replace(/^\[[^\]]*\] /, "").replace(/ --mount=\S+/g, "");
}

/** The last lines of a log that fit, long ones cut. */
function logLines(log: readonly string[], rows: number, columns: number): string[] {
  const shown: string[] = [];
  for (const line of log.toReversed()) {
    const cut = chunks(line, columns - 4).slice(0, ROWS_OF_LOG_LINE);
    if (shown.length + cut.length > rows) break;
    shown.unshift(...cut.map((part) => `  | ${part}`));
  }
  return shown;
}

function stopLines({ stopped }: BuildSummary, columns: number): string[] {
  if (!stopped) return [];
  const hint = stopped.hint ? wrap(stopped.hint, columns, 2, 2) : [];
  return [...wrap(`STOP  ${stopped.message} (${stopped.code})`, columns, 6), ...hint];
}

function leftLines(images: readonly ImageResult[], columns: number): string[] {
  const reasons = new Map<string, string[]>();
  for (const { name, status } of images) {
    if (status !== "parent_error" && status !== "unprocessed") continue;
    const because = firstReason(name, images);
    reasons.set(because, [...(reasons.get(because) ?? []), name]);
  }
  return [...reasons].flatMap(([because, names]) => {
    const head = `left  ${names.length}, as ${because}: `;
    return wrap(`${head}${listed(names, ROWS_OF_COMMAND * (columns - 6) - head.length)}`, columns, 6);
  });
}

/** Where one was left because its parent was, the reason is the parent's. */
function firstReason(name: string, images: readonly ImageResult[]): string {
  const { because = "" } = images.find((image) => image.name === name) ?? {};
  const parent = images.find((image) => because === `${image.name} failed`);
  return parent?.status === "parent_error" ? firstReason(parent.name, images) : because;
}

/** Names up to so many letters, then how many more. */
function listed(names: readonly string[], letters: number): string {
  const shown: string[] = [];
  let left = letters - " and 99 more".length;
  for (const name of names) {
    left -= name.length + 2;
    if (left < 0) return `${shown.join(", ")} and ${names.length - shown.length} more`;
    shown.push(name);
  }
  return shown.join(", ");
}

/** Breaks a text between words; all lines but the first are indented, and that too if asked for. */
function wrap(text: string, columns: number, indent: number, first = 0): string[] {
  const lines: string[] = [];
  let line = " ".repeat(first);
  for (const word of text.split(" ").flatMap((each) => chunks(each, columns - indent))) {
    const isBegun = line.trim() !== "";
    if (isBegun && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = `${" ".repeat(indent)}${word}`;
    } else line += isBegun ? ` ${word}` : word;
  }
  return [...lines, line];
}

function chunks(text: string, length: number): string[] {
  const parts = text.match(new RegExp(`.{1,${length}}`, "gs"));
  return parts ?? [""];
}
