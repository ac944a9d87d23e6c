import { diffLines } from "diff";
import type { Plan, Step } from "#model";
import { count, groupBy, sha256 } from "#support";
import { type IniDocument, parseIni } from "../config/index.ts";

/** One file of a plan as it is and as it will be; null: not there. */
export interface FileChange {
  host: string;
  path: string;
  before: string | null;
  after: string | null;
}

/**
 * The plan with the cause of each changed file told by its keys: "2 keys changed: token.expiration, cache.enabled".
 * A file that is not what the plan saw keeps its cause. Pure; shows no values, so no secrets.
 */
export function withFileChanges(plan: Plan, changes: readonly FileChange[]): Plan {
  const byFile = groupBy(changes, ({ host, path }) => `${host} ${path}`);
  const steps = plan.steps.map((step) =>
    step.kind === "file" ? told(step, byFile.get(`${step.host} ${step.path}`) ?? []) : step,
  );
  return { ...plan, steps };
}

/** `changes`: of its file, one for each pass that writes it. */
function told(step: Extract<Step, { kind: "file" }>, changes: readonly FileChange[]): Step {
  for (const { before, after } of changes)
    if (before !== null && after !== null && before !== after && sha256(before) === step.expects)
      return { ...step, cause: changeInWords(step.path, before, after) };
  return step;
}

/** What changes between two texts of a file: its keys where it is INI or JSON, else how many lines. */
export function changeInWords(path: string, before: string, after: string): string {
  const keys = path.endsWith(".json") ? jsonKeys : iniKeys;
  const [had, has] = [keys(before, path), keys(after, path)];
  return (had && has && keyChanges(had, has)) || lineChanges(before, after);
}

/** Key → its value as text. */
type Keys = ReadonlyMap<string, string>;

/** Section and key of an INI text; undefined when it is not one, and most other formats are not. */
function iniKeys(text: string, path: string): Keys | undefined {
  const document = unlessRefused(() => parseIni(text, path));
  return document && new Map(flatIni(document));
}

function flatIni({ sections }: IniDocument): [string, string][] {
  return [...sections].flatMap(([section, keys]) =>
    [...keys].map(([key, values]): [string, string] => [
      section ? `${section}.${key}` : key,
      JSON.stringify(values.map(({ lines }) => lines)),
    ]),
  );
}

/** The first level of a JSON object. */
function jsonKeys(text: string): Keys | undefined {
  const value = unlessRefused<unknown>(() => JSON.parse(text));
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return new Map(Object.entries(value).map(([key, inner]) => [key, JSON.stringify(inner)]));
}

/** A text that does not parse is only told in another way: why it does not parse is nobody's question here. */
function unlessRefused<Value>(parse: () => Value): Value | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

/** "" when no key differs: then blanks, comments or the order do. */
function keyChanges(had: Keys, has: Keys): string {
  const kinds: [string, string[]][] = [
    ["changed", [...has.keys()].filter((key) => had.has(key) && had.get(key) !== has.get(key))],
    ["added", [...has.keys()].filter((key) => !had.has(key))],
    ["removed", [...had.keys()].filter((key) => !has.has(key))],
  ];
  return kinds
    .filter(([, keys]) => keys.length > 0)
    .map(([done, keys]) => `${count(keys.length, "key")} ${done}: ${named(keys)}`)
    .join("; ");
}

const NAMED = 4;

function named(keys: readonly string[]): string {
  const first = keys.slice(0, NAMED).join(", ");
  return keys.length > NAMED ? `${first} and ${keys.length - NAMED} more` : first;
}

function lineChanges(before: string, after: string): string {
  const parts = diffLines(before, after);
  const lines = (which: "added" | "removed") =>
    parts.filter((part) => part[which]).reduce((sum, part) => sum + part.count, 0);
  return (["added", "removed"] as const)
    .filter((which) => lines(which) > 0)
    .map((which) => `${count(lines(which), "line")} ${which}`)
    .join(", ");
}
