import { groupBy } from "#support";
import { alignColumns } from "../columns.ts";
import { type Figure, ratio, shown } from "./figure.ts";
import {
  type Asked,
  type Fared,
  fared,
  longestWaits,
  PHASES,
  type Phase,
  phaseOf,
  type Verdict,
} from "./load/findings.ts";
import type { Findings } from "./load/load.ts";
import type { Turn } from "./plot.ts";

/** How a container is replaced: by one that proves itself beside it, or where it is. */
export type Way = "beside" | "stop and start";
const WAYS: readonly Way[] = ["beside", "stop and start"];

/** Memory of containers at one moment of the process's clock: API → bytes of all its containers. */
export interface MemoryLook {
  at: number;
  bytes: Readonly<Record<string, number>>;
}

/** What was seen of a run that replaced all APIs in one of the ways. */
export interface Replacement {
  way: Way;
  /** Of the whole command. */
  seconds: number;
  findings: Findings;
  looks: readonly MemoryLook[];
  turns: readonly Turn[];
}

/** How clients of an API fared, and the most memory its containers had together, in MB. */
interface Cell extends Fared {
  memory: number;
}

interface Row {
  api: string;
  phase: Phase;
  cells: ReadonlyMap<Way, Cell>;
}

const COLUMNS: readonly { key: keyof Cell; title: string; unit: Figure["unit"] }[] = [
  { key: "requests", title: "ASKED", unit: "requests" },
  { key: "failed", title: "FAILED", unit: "requests" },
  { key: "p50", title: "P50", unit: "ms" },
  { key: "p99", title: "P99", unit: "ms" },
  { key: "longest", title: "LONGEST", unit: "ms" },
  { key: "memory", title: "MEMORY", unit: "MB" },
];

const TOTALS: readonly {
  name: string;
  unit: Figure["unit"];
  budget?: number;
  of: (run: Replacement) => number;
}[] = [
  { name: "replacement of every API", unit: "s", of: ({ seconds }) => seconds },
  {
    name: "  requests that failed",
    unit: "requests",
    budget: 0,
    of: ({ findings }) => failuresIn(findings).length,
  },
  { name: "  POSTs done twice", unit: "requests", budget: 0, of: told("twice") },
  { name: "  things made that are not there", unit: "requests", budget: 0, of: told("lost") },
  { name: "  things taken away that are there", unit: "requests", budget: 0, of: told("undead") },
  { name: "  things made by a POST that failed", unit: "requests", of: told("untold") },
  { name: "  longest wait", unit: "ms", of: ({ findings }) => fared(inPhase(findings, "during")).longest },
  {
    name: "  longest wait before it",
    unit: "ms",
    of: ({ findings }) => fared(inPhase(findings, "before")).longest,
  },
  {
    name: "  the most that one of an API's clients waited beyond the longest before",
    unit: "ms",
    budget: 1000,
    of: ({ findings: { asked, change } }) =>
      Math.max(0, ...longestWaits(asked, change).map(({ before, during }) => during - before)),
  },
  {
    name: "  uploads that failed",
    unit: "requests",
    budget: 0,
    of: ({ findings }) => findings.uploads.filter(({ failure }) => failure).length,
  },
  {
    name: "  pings and lines without an answer",
    unit: "requests",
    budget: 0,
    of: ({ findings }) => findings.sessions.reduce((sum, { lost }) => sum + lost, 0),
  },
  {
    name: "  longest silence of the server",
    unit: "ms",
    of: ({ findings }) => Math.max(0, ...findings.sessions.map(({ silence }) => silence)),
  },
  { name: "  memory of the APIs' containers", unit: "MB", of: (run) => memoryIn(run, "during") },
  { name: "  memory of them before it", unit: "MB", of: (run) => memoryIn(run, "before") },
];

/** Requests of a client that failed in the same way. */
export interface Failure {
  way: Way;
  phase: Phase;
  api: string;
  client: string;
  method: string;
  /** Ids in it are left out. */
  path: string;
  /** Absent: there was no answer. */
  status?: number;
  message: string;
  count: number;
  /** When the first began and the last ended, in seconds from the beginning of the run. */
  first: number;
  last: number;
  /** Of their waits, in milliseconds. */
  longest: number;
}

/** What the replacement of all APIs would tell. */
export function replaceMissing(missing: string): Figure[] {
  return WAYS.flatMap((way) => TOTALS.map(({ name, unit }) => ({ name: `${name}, ${way}`, unit, missing })));
}

/** Figures of both ways; those of single APIs are for a table of their own. A budget is that of the way beside. */
export function replaceFigures(runs: readonly Replacement[]): Figure[] {
  const totals = runs.flatMap((run) =>
    TOTALS.map(({ name, unit, budget, of }) => ({
      name: `${name}, ${run.way}`,
      unit,
      value: of(run),
      ...(budget !== undefined && run.way === "beside" && { budget }),
    })),
  );
  const single = rowsOf(runs).flatMap(({ api, phase, cells }) =>
    [...cells].flatMap(([way, cell]) =>
      COLUMNS.map(({ key, title, unit }) => ({
        name: `${api} ${phase} replacement, ${way}: ${title.toLowerCase()}`,
        unit,
        value: cell[key],
        api,
      })),
    ),
  );
  return [...totals, ...single];
}

/** Each API's phases, the ways side by side; ratios are the first way's to the other's, of the longest wait and p99. */
export function replaceTable(runs: readonly Replacement[]): string {
  const ways = runs.map(({ way }) => way);
  const heads = ways.flatMap((way) =>
    COLUMNS.map(({ title }, at) => (at === 0 ? `${way.toUpperCase()}: ${title}` : title)),
  );
  const rows = rowsOf(runs).map(({ api, phase, cells }) => {
    const [one, other] = ways.map((way) => cells.get(way));
    return [
      api,
      phase,
      ...ways.flatMap((way) => COLUMNS.map(({ key, unit }) => cellText(cells.get(way)?.[key], unit))),
      ratio(one?.p99, other?.p99),
      ratio(one?.longest, other?.longest),
      ratio(one?.memory, other?.memory),
    ];
  });
  return alignColumns([["API", "PHASE", ...heads, "RATIO P99", "LONGEST", "MEMORY"], ...rows]);
}

/** Requests that failed, those that failed alike together, in the order in which the first ones ended. */
export function failuresOf(runs: readonly Replacement[]): Failure[] {
  return runs.flatMap(({ way, findings }) => {
    const alike = groupBy(failuresIn(findings), (asked) =>
      JSON.stringify([keyOf(asked), phaseOf(asked, findings.change)]),
    );
    return [...alike.values()].flatMap((group) => folded(way, group, findings));
  });
}

function keyOf({ api, client, method, path, failure }: Asked): readonly unknown[] {
  return [api, client, method, withoutIds(path), failure?.status, failure?.message];
}

function folded(way: Way, group: readonly Asked[], { change }: Findings): Failure[] {
  const [asked] = group;
  if (!asked?.failure) return [];
  const { api, client, method, path, failure } = asked;
  const seconds = (at: number): number => Math.round((at - change.begun) / 100) / 10;
  return [
    {
      ...{ way, phase: phaseOf(asked, change), api, client, method, path: withoutIds(path), ...failure },
      count: group.length,
      first: seconds(Math.min(...group.map(({ begun }) => begun))),
      last: seconds(Math.max(...group.map(({ ended }) => ended))),
      longest: fared(group).longest,
    },
  ];
}

/** Ids are 32 hexadecimal digits, with hyphens between some or without. */
function withoutIds(path: string): string {
  return path.replace(/[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}/g, "ID");
}

/** The same in words, a line each. */
export function failureLines(failures: readonly Failure[]): string[] {
  return failures.map((failure) => {
    const {
      way,
      phase,
      api,
      client,
      method,
      path,
      status = "no answer",
      message,
      count,
      first,
      last,
    } = failure;
    const when = `from ${first} to ${last} s of the run, longest ${shown(failure.longest, "ms")}`;
    const words = message.replace(/<[^>]*>|\s+/g, " ").trim();
    return `FAILED ${count}: ${way}, ${phase}: ${api}, ${client}: ${method} ${path}: ${status}, ${when}: ${words}`;
  });
}

/** What came of uploads and of what went on beside, in words, a line each. */
export function besideLines(runs: readonly Replacement[]): string[] {
  return runs.flatMap(({ way, findings: { uploads, sessions } }) => {
    const failures = uploads.flatMap(({ failure }) => failure ?? []);
    const longest = Math.max(0, ...uploads.map(({ begun, ended }) => ended - begun));
    return [
      `${way}: ${uploads.length} uploads, ${failures.length} failed, longest ${shown(longest, "ms")}`,
      ...failures.map((failure) => `FAILED: ${way}: an upload: ${failure}`),
      ...sessions.map(
        ({ name, sent, lost, silence, ended }) =>
          `${way}: ${name}: ${sent} sent, ${lost} lost, longest silence ${shown(silence, "ms")}${ended ? `, ENDED: ${ended}` : ""}`,
      ),
    ];
  });
}

function failuresIn({ asked }: Findings): Asked[] {
  return asked.filter(({ failure }) => failure !== undefined);
}

function cellText(value: number | undefined, unit: Figure["unit"]): string {
  return unit === "requests" ? String(value ?? "") : shown(value, unit);
}

function rowsOf(runs: readonly Replacement[]): Row[] {
  const apis = new Set(runs.flatMap(({ findings }) => findings.asked.map(({ api }) => api)));
  return [...apis].flatMap((api) =>
    PHASES.map((phase) => ({
      api,
      phase,
      cells: new Map(runs.map((run) => [run.way, cellOf(run, api, phase)])),
    })),
  );
}

function cellOf(run: Replacement, api: string, phase: Phase): Cell {
  const asked = inPhase(run.findings, phase).filter((each) => each.api === api);
  return { ...fared(asked), memory: memoryIn(run, phase, api) };
}

function inPhase({ asked, change }: Findings, phase: Phase): Asked[] {
  return asked.filter((each) => phaseOf(each, change) === phase);
}

/** The most that was seen at once, of one API or of all, in MB. */
function memoryIn({ looks, findings }: Replacement, phase: Phase, api?: string): number {
  const sums = looks
    .filter(({ at }) => phaseOf({ begun: at, ended: at }, findings.change) === phase)
    .map(({ bytes }) =>
      Object.entries(bytes).reduce(
        (sum, [name, value]) => (api === undefined || name === api ? sum + value : sum),
        0,
      ),
    );
  return Math.max(0, ...sums) / 1e6;
}

function told(kind: keyof Verdict): (run: Replacement) => number {
  return ({ findings }) =>
    Object.values(findings.verdicts).reduce((sum, verdict) => sum + verdict[kind].length, 0);
}
