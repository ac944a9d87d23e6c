import type { Effect, Outage, Plan, Step } from "#model";
import { groupBy } from "#support";
import { passOf } from "./bundle.ts";
import { hostsInWords } from "./some.ts";

type ContainerStep = Extract<Step, { kind: "container" }>;

/** Steps on one container, on some hosts. */
type OneContainer = readonly ContainerStep[];

/** How it is replaced where one host does not wait for another, and where it does. */
type Way = "at once" | "host by host" | "some hosts at a time";

/** What users notice that a container is gone meanwhile, or that others serve. */
type Notice = Effect | Exclude<Way, "at once">;

/** What is told, in the order in which it concerns users. What nobody notices is not told. */
const NOTICES: readonly (readonly [Notice, head: string])[] = [
  ["traffic-stops", "Servers' traffic stops"],
  ["acts-fail", "Servers run on, what is asked of them may fail"],
  ["requests-wait", "Requests wait, those under way may fail"],
  ["servers-wait", "Servers that start wait for addresses and metadata"],
  ["work-waits", "Work waits, none is lost"],
];
const WAYS = ["host by host", "some hosts at a time"] as const;

/** Of these the time of each container is told; of others, that of the longest on the same hosts. */
const TOLD_ONE_BY_ONE: readonly Notice[] = ["requests-fail", "traffic-stops", "requests-wait"];

/** What users notice of a plan: which containers that serve now will not for a while, on which hosts, and for how long. */
export function outageWords(plan: Plan): string {
  const passes = [...groupBy(plan.steps, ({ stage }) => String(passOf(plan, stage))).values()];
  const replaced = passes.flatMap((steps) => containersBy(steps, "replace"));
  const noticed = (notice: Notice): OneContainer[] =>
    replaced.flatMap((steps) => {
      const gone = steps.filter(isNoticed);
      return gone.length > 0 && noticeOf(gone, wayOf(steps)) === notice ? [gone] : [];
    });
  const line = (head: string, words: string): string[] => (words === "" ? [] : [`${head}: ${words}.`]);
  const gone = [
    timed(noticed("requests-fail"), "requests-fail"),
    inWords(containersBy(plan.steps, "stop"), "stopped"),
    inWords(containersBy(plan.steps, "remove"), "removed"),
  ].filter((words) => words !== "");
  const lines = [
    ...line(
      "Replaced beside what serves, which goes when it is proved",
      inWords(replaced.map((steps) => steps.filter(isBeside)).filter(({ length }) => length > 0)),
    ),
    ...line("Outage expected", gone.join("; ")),
    ...NOTICES.flatMap(([notice, head]) => line(head, timed(noticed(notice), notice))),
    ...WAYS.flatMap((way) => line(`Replaced ${way}, while the others serve`, inWords(noticed(way)))),
  ];
  return lines.length === 0 ? "No outage expected." : lines.join("\n");
}

/** The steps of each container that this is done to, on all hosts. */
function containersBy(steps: readonly Step[], verb: ContainerStep["verb"]): ContainerStep[][] {
  const done = steps.flatMap((step) => (step.kind === "container" && step.verb === verb ? [step] : []));
  return [...groupBy(done, ({ name }) => name).values()];
}

function isBeside(step: ContainerStep): boolean {
  return step.verb === "replace" && step.beside === true;
}

/** One that takes over from another that serves says what it means, or nobody notices. */
function isNoticed(step: ContainerStep): boolean {
  return !isBeside(step) || (step.verb === "replace" && step.outage !== undefined);
}

function wayOf(steps: OneContainer): Way {
  if (new Set(steps.map(({ stage }) => stage)).size < 2) return "at once";
  const batches = new Set(steps.map(({ batch }) => batch?.number));
  return batches.size === steps.length ? "host by host" : "some hosts at a time";
}

/** Where hosts wait for each other the others stand in for it, unless it serves its own host alone. */
function noticeOf(gone: OneContainer, way: Way): Notice {
  const { effect, serves } = longest(gone) ?? { effect: "requests-fail" };
  return serves === "host" || effect === "nothing" || way === "at once" ? effect : way;
}

/** The outage that lasts longest; undefined where nothing is known of any. */
function longest(steps: OneContainer): Outage | undefined {
  const outages = steps.flatMap((step) => (step.verb === "replace" && step.outage ? [step.outage] : []));
  return outages.toSorted((a, b) => b.seconds - a.seconds)[0];
}

/** "haproxy (control01) about 2 s, as measured on 2026-11-27; keepalived (control01) about 3 s (estimate); cron (c2) while replaced" */
function timed(containers: readonly OneContainer[], notice: Notice): string {
  const byHosts = groupBy(containers, hostsOf);
  const groups = groupBy(containers, (steps) => {
    const row = TOLD_ONE_BY_ONE.includes(notice) ? steps : (byHosts.get(hostsOf(steps)) ?? []).flat();
    return lastsInWords(longest(row));
  });
  return [...groups].map(([words, own]) => inWords(own, words)).join("; ");
}

function lastsInWords(outage: Outage | undefined): string {
  if (!outage) return "while replaced";
  const { seconds, measured } = outage;
  const basis = measured === undefined ? " (estimate)" : `, as measured on ${measured.slice(0, 10)}`;
  return `about ${Math.ceil(seconds)} s${basis}`;
}

function hostsOf(steps: OneContainer): string {
  return hostsInWords(steps.map(({ host }) => host));
}

/** "nova_libvirt, nova_compute (compute01, compute02), cron (control01) while replaced" */
function inWords(containers: readonly OneContainer[], word = ""): string {
  const groups = [...groupBy(containers, hostsOf)].map(([hosts, own]) => {
    const names = new Set(own.map(([step]) => step?.name));
    return `${[...names].join(", ")} (${hosts})`;
  });
  return groups.length === 0 ? "" : `${groups.join(", ")} ${word}`.trimEnd();
}
