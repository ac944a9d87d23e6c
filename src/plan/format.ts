import { basename, dirname } from "node:path";
import { type Plan, type Step, stepName } from "#model";
import { count, groupBy } from "#support";

/**
 * The plan as an operator reads it: a line for each host and service, its steps in columns
 * `[needs] #n kind:name verb cause note`, and a summary. Ends with a newline; shows no secrets.
 */
export function formatPlan(plan: Plan): string {
  const groups = groupBy(plan.steps, (step) => `${step.host} ${step.set[0] ?? ""}`);
  const blocks = [...groups.values()].map((steps) => block(plan, steps));
  return `${[...blocks, summary(plan)].join("\n\n")}\n`;
}

function block(plan: Plan, steps: readonly Step[]): string {
  const rows = steps.map((step) => row(step, steps));
  const width = (column: "needs" | "number" | "name" | "verb") =>
    Math.max(...rows.map((cells) => cells[column].length));
  const causes = rows.flatMap((cells) => (cells.note ? [cells.cause.length] : []));
  const lines = rows.map((cells) =>
    [
      cells.needs.padEnd(width("needs") + 2),
      cells.number.padEnd(width("number") + 1),
      cells.name.padEnd(width("name") + 3),
      cells.verb.padEnd(width("verb") + 2),
      cells.note ? cells.cause.padEnd(Math.max(...causes) + 6) + cells.note : cells.cause,
    ].join(""),
  );
  return [header(plan, steps), ...lines].join("\n");
}

function header(plan: Plan, steps: readonly Step[]): string {
  const [first] = steps;
  const from = first && plan.from[first.host];
  const release = from !== undefined && from !== plan.release ? `${from} → ${plan.release}` : plan.release;
  return [first?.host, first?.set[0], release].filter(Boolean).join("  ");
}

function row(step: Step, group: readonly Step[]) {
  return {
    needs: `[${ranges(step.needs)}]`,
    number: `#${step.n}`,
    name: nameIn(step, group),
    verb: step.verb,
    cause: step.cause,
    note: noteOf(step),
  };
}

/** What stays of a container that changes. */
function noteOf(step: Step): string {
  if (step.kind !== "container") return "";
  if (step.verb === "replace") return `keep generation ${step.keeps}`;
  return step.verb === "reload" ? "it runs on" : "";
}

/** "2,3" as it is; three and more in a row as "4-9". */
function ranges(numbers: readonly number[]): string {
  const runs: number[][] = [];
  for (const n of numbers) {
    const run = runs.at(-1);
    if (run?.at(-1) === n - 1) run.push(n);
    else runs.push([n]);
  }
  return runs.map((run) => (run.length > 2 ? `${run[0]}-${run.at(-1)}` : run.join(","))).join(",");
}

/** A step in the words of its plan, for progress: "file:nova-api/nova.conf write". */
export function stepInPlan(step: Step, plan: Plan): string {
  const group = plan.steps.filter(({ host, set }) => host === step.host && set[0] === step.set[0]);
  return `${nameIn(step, group)} ${step.verb}`;
}

function nameIn(step: Step, group: readonly Step[]): string {
  return step.kind === "file" ? `file:${fileName(step.path, group)}` : stepName(step);
}

/** The file's name, with its directory when another file of the group has the same name. */
function fileName(path: string, group: readonly Step[]): string {
  const name = basename(path);
  const isShared = group.some(
    (other) => other.kind === "file" && other.path !== path && basename(other.path) === name,
  );
  return isShared ? `${basename(dirname(path))}/${name}` : name;
}

function summary(plan: Plan): string {
  if (plan.steps.length === 0) return "Nothing to do: everything is as it should be.";
  const hosts = new Set(plan.steps.map((step) => step.host)).size;
  const stages = Math.max(...plan.steps.map((step) => step.stage));
  const shape = [
    count(plan.steps.length, "step"),
    `on ${count(hosts, "host")}`,
    `in ${count(stages, "stage")}`,
  ];
  return `${shape.join(" ")}: ${actions(plan.steps).join(", ")}.\n${outage(plan.steps)}`;
}

const ACTIONS: readonly (readonly [(step: Step) => boolean, string, string])[] = [
  [(step) => step.kind === "image", "image", "pulled"],
  [(step) => step.kind === "volume", "volume", "created"],
  [(step) => step.kind === "file" && step.verb === "write", "file", "written"],
  [(step) => step.kind === "file" && step.verb === "remove", "file", "removed"],
  [(step) => step.kind === "job", "job", "run"],
  [(step) => step.kind === "resource", "resource", "ensured"],
  [(step) => step.kind === "container" && step.verb === "create", "container", "created"],
  [(step) => step.kind === "container" && step.verb === "replace", "container", "replaced"],
  [(step) => step.kind === "container" && step.verb === "reload", "container", "reloaded"],
  [(step) => step.kind === "container" && step.verb === "start", "container", "started"],
  [(step) => step.kind === "container" && step.verb === "stop", "container", "stopped"],
  [(step) => step.kind === "container" && step.verb === "remove", "container", "removed"],
];

function actions(steps: readonly Step[]): string[] {
  return ACTIONS.flatMap(([is, noun, done]) => {
    const number = steps.filter(is).length;
    return number === 0 ? [] : [`${count(number, noun)} ${done}`];
  });
}

/** Which containers that serve now will not for a while, and on which hosts. */
function outage(steps: readonly Step[]): string {
  const lines = [outageOf(steps, "replace", "while replaced"), outageOf(steps, "stop", "stopped")];
  const gone = outageOf(steps, "remove", "removed");
  const told = [...lines, gone].filter((line) => line !== "");
  return told.length === 0 ? "No outage expected." : `Outage expected: ${told.join("; ")}.`;
}

function outageOf(steps: readonly Step[], verb: string, word: string): string {
  const hostsOf = new Map<string, string[]>();
  for (const step of steps)
    if (step.kind === "container" && step.verb === verb)
      hostsOf.set(step.name, [...(hostsOf.get(step.name) ?? []), step.host]);
  if (hostsOf.size === 0) return "";
  const names = [...hostsOf].map(([name, hosts]) => `${name} (${hosts.join(", ")})`);
  return `${names.join(", ")} ${word}`;
}
