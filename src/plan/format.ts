import { basename, dirname } from "node:path";
import { baseName, type Leftover, type Plan, type Step, stepName } from "#model";
import { count, groupBy } from "#support";
import { rowsOf, sameHosts } from "./fold.ts";
import { outageWords } from "./outage-words.ts";
import { hostsInWords, some } from "./some.ts";
import { waysOf } from "./upgrade.ts";

/**
 * The plan as an operator reads it, in the order in which it happens: a line for each host and service, its steps in
 * columns `[needs] #n kind:name verb cause note`, and a summary. Hosts with the same steps are told once, with the
 * numbers of the first of them, and so are many new files in a row. Where hosts wait for each other the stages have heads;
 * what is taken away, and what is left though nobody wants it any more, stands above all else.
 * Ends with a newline; shows no secrets.
 */
export function formatPlan(plan: Plan): string {
  const names = stepNames(plan);
  const alike = sameHosts(plan.steps, (step) => tellable(plan, step, names));
  const told = plan.steps.filter(({ host }) => alike.has(host));
  const stages = groupBy(told, ({ stage }) => String(stage));
  const parts = [...stages].flatMap(([stage, steps]) => {
    const groups = groupBy(steps, (step) => `${step.host} ${step.set[0] ?? ""}`);
    const head = stages.size > 1 ? [stageHead(plan, Number(stage), stages.size)] : [];
    return [...head, ...[...groups.values()].map((group) => block(plan, group, names, alike))];
  });
  const head = [
    ...undoneRollbacks(plan),
    ...upgrading(plan),
    ...staying(plan),
    ...takenAway(plan.steps),
    ...leftAlone(plan),
    ...foldedLines(told, alike),
  ].join("\n");
  return `${[...(head ? [head] : []), ...parts, summary(plan)].join("\n\n")}\n`;
}

/** A line for each rollback that the plan takes back, since when its containers are not as configured. */
function undoneRollbacks({ undoes }: Plan): string[] {
  return [...groupBy(undoes, ({ run }) => run).values()].map((own) => {
    const [first] = own;
    const places = [...groupBy(own, ({ name }) => name)].map(
      ([name, on]) => `${name} on ${hostsInWords(on.map(({ host }) => host))}`,
    );
    return `Undoes a rollback: ${some(places)}, since ${first?.at} as after run ${first?.to}.`;
  });
}

/** A line for each service that comes to another release, with the way back, and for each from which there is none. */
function upgrading({ moves, finishes }: Plan): string[] {
  return [
    ...waysOf(moves).map(({ service, hosts, from, to, opens }) => {
      const later = opens
        ? ` To finish it, when it has proved itself: kolla upgrade ${service} --finish.`
        : "";
      return `Upgrades ${service} on ${hosts} from ${from} to ${to}. The way back: kolla rollback ${service}.${later}`;
    }),
    ...finishes.map(
      ({ service, release, from }) =>
        `Finishes the upgrade of ${service} to ${release}: there is no way back to ${from ?? "what was before"} after it.`,
    ),
  ];
}

/** One line, whatever it is that goes: an operator must not find it at the end of a long plan. */
function takenAway(steps: readonly Step[]): string[] {
  const gone = steps.filter((step) => step.kind === "container" && step.verb === "remove");
  const named = gone.flatMap((step) => (step.kind === "container" ? [step] : []));
  return named.length === 0 ? [] : [`Takes away: ${byService(named)}; their volumes stay.`];
}

/** What a plan leaves as it is, a line each: hosts that do not answer, containers nobody wants, hosts of the past. */
export function leftAlone({ left, former, without = {} }: Plan): string[] {
  const away = groupBy(Object.keys(without), (host) => without[host] ?? "");
  return [
    ...[...away].map(([reason, hosts]) => `Does without ${hostsInWords(hosts)}: ${reason.split("\n")[0]}`),
    ...(left.length > 0
      ? [
          `No longer wanted, and left as they are: ${byService(left)}. To take them away, add --remove to the command.`,
        ]
      : []),
    ...(former.length > 0
      ? [
          `No longer in the inventory, and left as they are: ${hostsInWords(former)}. To take away what Kolla made there, put the hosts into the group baremetal alone and run kolla deploy --remove --limit ${former.join(",")}.`,
        ]
      : []),
  ];
}

/** "nova: nova_api, nova_conductor on control01; placement: placement_api on control01" */
function byService(things: readonly Leftover[]): string {
  return [...groupBy(things, ({ set }) => set[0] ?? "of no service")]
    .map(([service, own]) => {
      const names = some(own.map(({ name }) => baseName(name)));
      return `${service}: ${names} on ${hostsInWords(own.map(({ host }) => host))}`;
    })
    .join("; ");
}

function stageHead({ passes = [] }: Plan, stage: number, all: number): string {
  const pass = passes.find(({ until }) => stage <= until);
  const isNext = passes.some(({ until }) => stage === until + 1);
  const ended = isNext ? "has gone well on all hosts" : "has ended on all hosts";
  const after = stage > 1 ? `, when stage ${stage - 1} ${ended}` : "";
  return `== Stage ${stage} of ${all}${pass ? `, ${pass.name}` : ""}${after} ==`;
}

/** A line for each service that does not come to what is configured, and for which hosts it waits. */
function staying({ stays = [] }: Plan): string[] {
  return stays.map(
    ({ service, phase, hosts }) =>
      `Stays ${phase}: ${service}, until it is of one release on ${hostsInWords(hosts)} as well.`,
  );
}

/** "compute[001-997]: the same 47 steps on each of 997 hosts, numbered as on compute001." */
function foldedLines(told: readonly Step[], alike: ReadonlyMap<string, readonly string[]>): string[] {
  const own = groupBy(told, ({ host }) => host);
  return [...alike].flatMap(([first, hosts]) => {
    if (hosts.length < 2) return [];
    const steps = own.get(first)?.length ?? 0;
    const same = steps === 1 ? "the same step" : `the same ${steps} steps`;
    return [`${hostsInWords(hosts)}: ${same} on each of ${hosts.length} hosts, numbered as on ${first}.`];
  });
}

/** What is told of a step beside its number and its needs. */
function tellable(plan: Plan, step: Step, names: ReadonlyMap<number, string>): string[] {
  const { name, verb, cause, note } = row(step, names);
  return [step.set[0] ?? "", releaseOf(plan, step), name, verb, cause, note];
}

function block(
  plan: Plan,
  steps: readonly Step[],
  names: ReadonlyMap<number, string>,
  alike: ReadonlyMap<string, readonly string[]>,
): string {
  const rows = rowsOf(steps).flatMap(([first, ...more]) => (first ? [rowOfSome(first, more, names)] : []));
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
  return [header(plan, steps, alike), ...lines].join("\n");
}

function header(plan: Plan, steps: readonly Step[], alike: ReadonlyMap<string, readonly string[]>): string {
  const [first] = steps;
  if (!first) return "";
  const hosts = hostsInWords(alike.get(first.host) ?? [first.host]);
  return [hosts, first.set[0], releaseOf(plan, first)].filter(Boolean).join("  ");
}

/** The release of the service there, and the one before where it changes. */
function releaseOf({ from, to }: Plan, { host, set }: Step): string {
  const place = `${host} ${set[0]}`;
  const [before, after] = [from[place], to[place]];
  return before !== undefined && after !== undefined && before !== after
    ? `${before} → ${after}`
    : (after ?? before ?? "");
}

function row(step: Step, names: ReadonlyMap<number, string>) {
  return {
    needs: `[${ranges(step.needs)}]`,
    number: `#${step.n}`,
    name: names.get(step.n) ?? stepName(step),
    verb: step.verb,
    cause: step.cause,
    note: noteOf(step),
  };
}

/** A step, and those after it that are told in its row. */
function rowOfSome(first: Step, more: readonly Step[], names: ReadonlyMap<number, string>) {
  const cells = row(first, names);
  const last = more.at(-1);
  if (!last) return cells;
  return { ...cells, number: `${cells.number}-${last.n}`, name: `${cells.name} and ${more.length} more` };
}

/** What stays of a container that changes, and in which of its batches. */
function noteOf(step: Step): string {
  if (step.kind !== "container") return "";
  const { verb, batch } = step;
  return [
    ...(verb === "replace" ? [`keep generation ${step.keeps}`] : []),
    ...(verb === "replace" && step.beside ? [besideWords(step.port)] : []),
    ...(verb === "replace" && step.crowded ? [crowdedWords(step.crowded)] : []),
    ...(verb === "reload" ? ["it runs on"] : []),
    ...(batch ? [`batch ${batch.number} of ${batch.of}`] : []),
  ].join(", ");
}

/** Where a generation proves itself while the one before serves. */
function besideWords(port: number | undefined): string {
  return port === undefined ? "beside it" : `beside it on port ${port}`;
}

/** Why what could wait beside the old one takes its place instead. */
function crowdedWords({ wanted, free }: { wanted: number; free: number }): string {
  const megabytes = (bytes: number): number => Math.round(bytes / 1e6);
  return `not beside it: ${megabytes(free)} MB of memory are free where ${megabytes(wanted)} are wanted`;
}

/** So many numbers, or rows of them, are shown; the others are counted. */
const SHOWN_RUNS = 20;

/** "2,3" as it is; three and more in a row as "4-9"; of very many the first. */
function ranges(numbers: readonly number[]): string {
  const runs: number[][] = [];
  for (const n of numbers) {
    const run = runs.at(-1);
    if (run?.at(-1) === n - 1) run.push(n);
    else runs.push([n]);
  }
  const texts = runs.map((run) => (run.length > 2 ? `${run[0]}-${run.at(-1)}` : run.join(",")));
  const more = runs.slice(SHOWN_RUNS).flat().length;
  return texts.slice(0, SHOWN_RUNS).join(",") + (more > 0 ? ` and ${more} more` : "");
}

/**
 * What each step of a plan is called in it, by its number: "file:nova-api/nova.conf". A file has its directory with its
 * name where another file of the same host and service is called the same.
 */
export function stepNames(plan: Plan): Map<number, string> {
  const paths = new Map<string, Set<string>>();
  for (const step of plan.steps)
    if (step.kind === "file") {
      const same = paths.get(namesake(step)) ?? new Set<string>();
      paths.set(namesake(step), same.add(step.path));
    }
  return new Map(
    plan.steps.map((step) => {
      const isShared = step.kind === "file" && (paths.get(namesake(step))?.size ?? 0) > 1;
      return [step.n, isShared ? `file:${longName(step.path)}` : stepName(step)];
    }),
  );
}

function namesake(step: Extract<Step, { kind: "file" }>): string {
  return `${step.host} ${step.set[0] ?? ""} ${basename(step.path)}`;
}

function longName(path: string): string {
  return `${basename(dirname(path))}/${basename(path)}`;
}

function summary(plan: Plan): string {
  if (plan.steps.length === 0) return "Nothing to do: the site is as configured.";
  const hosts = new Set(plan.steps.map((step) => step.host)).size;
  const stages = plan.steps.reduce((last, { stage }) => Math.max(last, stage), 0);
  const shape = [
    count(plan.steps.length, "step"),
    `on ${count(hosts, "host")}`,
    `in ${count(stages, "stage")}`,
  ];
  return `${shape.join(" ")}: ${actions(plan.steps).join(", ")}.\n${outageWords(plan)}`;
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
