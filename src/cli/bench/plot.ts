import type { RunEvent } from "#model";
import { groupBy } from "#support";
import type { Asked } from "./load/findings.ts";
import type { Findings } from "./load/load.ts";

/** When a container of an API was replaced; times in milliseconds of the process's clock. */
export interface Turn {
  api: string;
  begun: number;
  ended: number;
}

/** The turns of a run that ended, from what it printed with --json; the clocks of its hosts count as this machine's. */
export function turnsIn(stdout: string): Turn[] {
  const events = stdout
    .split("\n")
    .flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as RunEvent] : []));
  const at = (event: RunEvent): number => Date.parse(event.at) - performance.timeOrigin;
  return events.flatMap((event) => {
    const api = /^container:(\S+) replace/.exec(event.what ?? "")?.[1];
    if (event.event !== "step-started" || api === undefined) return [];
    const end = events.find(
      ({ event: how, host, step }) =>
        /^step-(done|failed)$/.test(how) && host === event.host && step === event.step,
    );
    return end ? [{ api, begun: at(event), ended: at(end) }] : [];
  });
}

/** Pixels: of the picture, and of the frame within it. */
const WIDTH = 1200;
const HEIGHT = 640;
const FRAME = { left: 60, right: 1190, top: 100, bottom: 590 } as const;
/** Waits from the bottom to the top of the frame, in milliseconds; the scale is logarithmic. */
const SHORTEST = 3;
const LONGEST = 100_000;
const WAITS = [
  [10, "10 ms"],
  [100, "0.1 s"],
  [1000, "1 s"],
  [10_000, "10 s"],
  [60_000, "60 s"],
] as const;
/** More dots than these are thinned out. */
const MOST = 12_000;
/** Told apart also by those who do not see all colours. */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#666666", "#000000"];

interface Dot {
  x: number;
  y: number;
  wait: number;
}

/**
 * The waits of all requests over time, as SVG: each request a dot, at the moment when it was sent and as high as its
 * client waited; a colour an API, with its longest wait during the change; the change between two lines, each
 * container's turn a bar of its API's colour above; what failed is a red cross. Dots that would cover each other are one, and
 * of more than can be told apart the longest waits of each spot are left; no failure is ever left out.
 */
export function plotOf({ asked, change, uploads }: Findings, turns: readonly Turn[], title: string): string {
  const moments = [...asked, ...uploads].flatMap(({ begun, ended }) => [begun, ended]);
  const first = moments.reduce((one, other) => Math.min(one, other), change.begun);
  const last = moments.reduce((one, other) => Math.max(one, other), first + 1);
  const x = (at: number): number =>
    Math.round(FRAME.left + ((at - first) / (last - first)) * (FRAME.right - FRAME.left));
  const byApi = [...groupBy(asked, ({ api }) => api)];
  const colours = new Map(byApi.map(([api], at) => [api, COLOURS[at % COLOURS.length] ?? ""]));
  const dots = new Map(
    byApi.map(([api, own]) => [api, own.filter(({ failure }) => !failure).map((each) => dotOf(each, x))]),
  );
  const grid = gridFor([...dots.values()]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<title>${plain(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    textAt(FRAME.left, 18, title, 'font-size="15"'),
    ...scale(),
    ...seconds(change.begun, last, x),
    ...[change.begun, change.ended].filter(Number.isFinite).map((at) => upright(x(at), 'stroke="#000"')),
    ...turns.map((turn) =>
      bar(turn, [...colours.keys()].indexOf(turn.api), colours.get(turn.api) ?? "#000", x),
    ),
    ...byApi.map(([api]) => path(thinned(dots.get(api) ?? [], grid), colours.get(api) ?? "")),
    ...asked.filter(({ failure }) => failure).map((each) => cross(each, x)),
    ...byApi.map(([api, own], at) => legend(api, colours.get(api) ?? "", at, longestIn(own, change))),
    "</svg>",
    "",
  ].join("\n");
}

function dotOf({ begun, ended }: Asked, x: (at: number) => number): Dot {
  const wait = ended - begun;
  return { x: x(begun), y: yOf(wait), wait };
}

function yOf(wait: number): number {
  const part =
    Math.log(Math.min(LONGEST, Math.max(SHORTEST, wait)) / SHORTEST) / Math.log(LONGEST / SHORTEST);
  return Math.round(FRAME.bottom - part * (FRAME.bottom - FRAME.top));
}

/** Size of the spots, in pixels, of which each shows one dot, so that there are not too many. */
function gridFor(all: readonly (readonly Dot[])[]): number {
  for (let grid = 1; ; grid++) {
    const left = all.reduce((sum, dots) => sum + thinned(dots, grid).length, 0);
    if (left <= MOST) return grid;
  }
}

/** Of the dots in a spot the one that waited longest. */
function thinned(dots: readonly Dot[], grid: number): Dot[] {
  const bySpot = new Map<string, Dot>();
  for (const dot of dots) {
    const spot = `${Math.floor(dot.x / grid)} ${Math.floor(dot.y / grid)}`;
    const there = bySpot.get(spot);
    if (there === undefined || there.wait < dot.wait) bySpot.set(spot, dot);
  }
  return [...bySpot.values()];
}

/** Lines without a length and with round ends: the shortest way to write many dots down. */
function path(dots: readonly Dot[], colour: string): string {
  const moves = dots.map(({ x, y }) => `M${x} ${y}h0`).join("");
  return `<path d="${moves}" stroke="${colour}" stroke-width="3" stroke-linecap="round" fill="none"/>`;
}

function cross(asked: Asked, x: (at: number) => number): string {
  const { x: left, y: top } = dotOf(asked, x);
  const { api, client, method, failure } = asked;
  const words = plain(`${api}, ${client}: ${method}: ${failure?.status ?? "no answer"}: ${failure?.message}`);
  const lines = `M${left - 4} ${top - 4}l8 8m0-8l-8 8`;
  return `<path d="${lines}" stroke="#f00" stroke-width="2"><title>${words}</title></path>`;
}

function longestIn(own: readonly Asked[], change: Findings["change"]): number {
  return own
    .filter(({ begun, ended }) => ended >= change.begun && begun <= change.ended)
    .reduce((longest, { begun, ended }) => Math.max(longest, ended - begun), 0);
}

function legend(api: string, colour: string, at: number, longest: number): string {
  const left = FRAME.left + at * 185;
  const words = `${api}: ${(longest / 1000).toFixed(1)} s`;
  return `<circle cx="${left + 5}" cy="34" r="4" fill="${colour}"/>${textAt(left + 14, 38, words)}`;
}

/** Above the frame, each API at a height of its own: several have their turns at once. */
function bar({ begun, ended }: Turn, at: number, colour: string, x: (at: number) => number): string {
  const width = Math.max(2, x(ended) - x(begun));
  return `<rect x="${x(begun)}" y="${FRAME.top - 48 + at * 8}" width="${width}" height="6" fill="${colour}"/>`;
}

function scale(): string[] {
  return WAITS.flatMap(([wait, words]) => {
    const y = yOf(wait);
    const line = `<path d="M${FRAME.left} ${y}H${FRAME.right}" stroke="#ddd"/>`;
    return [line, textAt(FRAME.left - 6, y + 4, words, 'text-anchor="end"')];
  });
}

/** The time from the beginning of the change on, a word each half a minute. */
function seconds(begun: number, last: number, x: (at: number) => number): string[] {
  const words: string[] = [];
  for (let at = begun; at <= last; at += 30_000)
    words.push(
      textAt(x(at), FRAME.bottom + 18, `${Math.round((at - begun) / 1000)} s`, 'text-anchor="middle"'),
    );
  return words;
}

function upright(at: number, how: string): string {
  return `<path d="M${at} ${FRAME.top - 50}V${FRAME.bottom}" ${how}/>`;
}

function textAt(left: number, top: number, words: string, how = ""): string {
  return `<text x="${left}" y="${top}"${how && ` ${how}`}>${plain(words)}</text>`;
}

function plain(words: string): string {
  return words.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
