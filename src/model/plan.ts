import type { Item } from "./desired.ts";
import type { Outage } from "./swap.ts";

interface StepBase {
  /** From 1, unique in the plan, in an order that respects `needs`. */
  n: number;
  host: string;
  set: readonly string[];
  /** Numbers of the steps, on any host, that must have ended well before. */
  needs: readonly number[];
  /** Why: "image changed, keystone.conf changed". */
  cause: string;
  /** Barrier it belongs to, from 1: a need on another host is always of an earlier stage. */
  stage: number;
  /** Where hosts change a container in batches, the one that this is of. */
  batch?: Batch;
}

/** One of several groups of hosts on which a container is changed: it begins when the one before has ended on all its hosts. */
export interface Batch {
  container: string;
  /** The pass of the plan that changes it; absent: the last, where it comes to what is configured. */
  pass?: string;
  /** From 1. */
  number: number;
  of: number;
}

/** `expects` is what the plan saw; the agent stops when it finds something else. */
export type Step = StepBase &
  (
    | { kind: "image"; verb: "pull"; image: string }
    | { kind: "volume"; verb: "create"; name: string }
    | { kind: "file"; verb: "write" | "remove"; path: string; expects: string | null }
    | { kind: "container"; verb: "create"; name: string; generation: number; expects: null; port?: number }
    | {
        kind: "container";
        verb: "replace";
        name: string;
        generation: number;
        keeps: number;
        expects: string;
        /** Where its generations take turns: the port of this one. */
        port?: number;
        /** It proves itself beside the old one, which serves until then. Absent: the old one is stopped first. */
        beside?: true;
        /** It would prove itself beside the old one if the host had so much memory, in bytes. */
        crowded?: { wanted: number; free: number };
        /** Absent: none, or one of which nothing is known. */
        outage?: Outage;
      }
    | { kind: "container"; verb: "start" | "reload" | "stop" | "remove"; name: string; expects: string }
    | { kind: "job"; verb: "run-once"; id: string }
    | { kind: "resource"; verb: "ensure"; id: string }
    /** `restores`: generation that comes back when health does not; undefined for a first container, which is removed. */
    | { kind: "gate"; verb: "await"; container: string; seconds: number; restores?: number }
  );

export interface Plan {
  /** Host and service ("control01 keystone") → releases that its containers there are of now. */
  from: Readonly<Record<string, string>>;
  /** The same → releases that they are to be of. */
  to: Readonly<Record<string, string>>;
  verb: string;
  /** Services that come to another release, by host. */
  moves: readonly Move[];
  /** Services whose upgrade is finished. */
  finishes: readonly Finish[];
  steps: readonly Step[];
  /** The run ends for all hosts when more than so many percent of them have failed; absent: the usual limit. */
  maxFailPercentage?: number;
  /** Containers that the site no longer wants and this plan leaves as they are. */
  left: readonly Leftover[];
  /** Containers that a rollback had brought back to how they were, and this plan changes. */
  undoes: readonly Undone[];
  /** Hosts that did not answer and that nothing else waits for, each with why: they get nothing. Absent: none. */
  without?: Readonly<Record<string, string>>;
  /** Hosts that were of the site before and are not any more: nothing on them is touched. */
  former: readonly string[];
  /** What the run passes through before it comes to what is configured, in order. Absent: nothing. */
  passes?: readonly Pass[];
  /** Services that this run does not take out of the phase that they pass. Absent: none. */
  stays?: readonly Stay[];
}

/** A service that comes to another release on a host. */
export interface Move {
  service: string;
  host: string;
  from: string;
  to: string;
  /** Its databases are only expanded: the upgrade is to be finished. */
  opens?: true;
}

/** A service whose databases are brought wholly to a release: none before can work with them any more. */
export interface Finish {
  service: string;
  release: string;
  /** The release that they were of before; absent: not known. */
  from?: string;
}

/** A part of a plan at whose end hosts are in a state that they only pass. */
export interface Pass {
  /** Its phases in words: "pinned". */
  name: string;
  /** Its last stage: the next one begins only when all of it has gone well on every host. */
  until: number;
}

/** A service that stays in a phase, because not all of it has come so far. */
export interface Stay {
  service: string;
  phase: string;
  /** Hosts that are of another release, or were not looked at. */
  hosts: readonly string[];
}

/** A container that Kolla made on a host and the site no longer wants. */
export interface Leftover {
  host: string;
  /** The set that it was made for; empty when its labels do not say. */
  set: readonly string[];
  name: string;
}

/** What is remembered of a generation that a rollback made. */
export interface Returned {
  run: string;
  /** ISO 8601. */
  at: string;
  /** The run after which the container was so. */
  to: string;
}

/** A container as a rollback left it. */
export interface Undone extends Returned {
  host: string;
  name: string;
}

/** What a host's agent gets for one run: its steps of all stages, and the desired items they speak of. */
export interface Bundle {
  run: string;
  verb: string;
  /** When the run began, by the control host's clock: ISO 8601. */
  began: string;
  /** How many earlier states the host keeps after the run. */
  generationsKept: number;
  host: string;
  /** Who runs it, from where: shown by the lock. */
  holder: string;
  /** The process that runs it, so that its own machine can tell whether it still lives. */
  control?: Control;
  /** Runs that are known to be dead: what they hold may be taken. */
  takeOver?: readonly string[];
  /** Hashes of what the control host's copy of this host's past has already; absent where it keeps no copy. */
  known?: readonly string[];
  steps: readonly Step[];
  /** What the steps of the last pass speak of, or all steps when there is but one. */
  items: readonly Item[];
  /** What those before speak of: up to a stage each, in order. Absent: there are none before. */
  earlier?: readonly { until: number; items: readonly Item[] }[];
  /** Last stage of the whole plan: after it the journal's outcome is written. */
  stages: number;
  /** The longest that each stage may take on any host, in seconds: so long the host is kept for the run in between. */
  stageSeconds: readonly number[];
}

/** What is needed of other hosts before a host begins a stage; where one of them has failed by then, it ends its part. */
export interface Course {
  /** How many there are. */
  stages: number;
  /** Host → stage in which it has steps → hosts and batches that they wait for. */
  hosts: Readonly<Record<string, Readonly<Record<string, Part>>>>;
  /** Name of a batch, in words → its hosts, each with the stage in which its part of the batch ends. */
  batches: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Stages after which the run goes on only when no host has failed: the ends of its passes. */
  passes: readonly number[];
  /** How many hosts of the run were away when it was planned: they count as failed. */
  away: number;
  /** So many percent of the hosts, of the run or of a batch, may fail; where all of a batch do, what waits for it never goes on. */
  maxFailPercentage: number;
}

/** The steps of one host in one stage, as others are concerned. */
export interface Part {
  /** Other host → the stage in which it does the last of what is needed of it. */
  needs: Readonly<Record<string, number>>;
  /** Names of batches that come before. */
  batches: readonly string[];
}

/** A process on a control host. Both texts are opaque: they are equal or not. */
export interface Control {
  machine: string;
  process: string;
}

/** The items that the steps of a stage speak of. */
export function itemsAt(
  { earlier = [], items }: Pick<Bundle, "earlier" | "items">,
  stage: number,
): readonly Item[] {
  return earlier.find(({ until }) => stage <= until)?.items ?? items;
}

/** The key a job has once the id of its image is known. */
export function jobKey(key: string, imageId: string): string {
  return key.replaceAll("{image}", imageId);
}

/** A step's thing in a few words: "image:keystone", "file:keystone.conf", "container:keystone", "job:keystone:expand". */
export function stepName(step: Step): string {
  switch (step.kind) {
    case "image":
      return `image:${step.image.slice(step.image.lastIndexOf("/") + 1).replace(/[:@].*$/, "")}`;
    case "volume":
    case "container":
      return `${step.kind}:${step.name}`;
    case "file":
      return `file:${step.path.slice(step.path.lastIndexOf("/") + 1)}`;
    case "gate":
      return `gate:${step.container}`;
    case "job":
    case "resource":
      return step.id;
  }
}

/** The thing and what is done to it, as events say it: "container:keystone replace". */
export function stepWords(step: Step): string {
  return `${stepName(step)} ${step.verb}`;
}
