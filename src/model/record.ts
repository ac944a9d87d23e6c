import type { ContainerItem, JobItem, ResourceItem } from "./desired.ts";
import type { ObservedJournal } from "./observed.ts";
import type { ActFor } from "./upgrade.ts";

/**
 * What a host remembers of its own past, so that a state it was in can be made again. Everything is kept by the hash of
 * its content, on the host itself; what holds secrets stays in files of mode 0600.
 */

/** A file as a generation of a container has it. */
export interface RecordedFile {
  sha256: string;
  /** Octal, four digits. */
  mode: string;
  uid: number;
  gid: number;
  /** Names of its set, from the service down, with slashes between them. */
  set: string;
}

/** A generation of a container: how it is made, with the id of its image and the files that it has on the host. */
export interface GenerationRecord {
  generation: number;
  item: ContainerItem & { imageId: string };
  /** By path of the host. */
  files: Readonly<Record<string, RecordedFile>>;
}

/** What a host serves with, each thing by the hash of its record; without one where it was made before there were any. */
export interface HostState {
  /** By name. */
  containers: Readonly<Record<string, { set: string; generation: number; record?: string }>>;
  /** By the id of the item. */
  jobs: Readonly<Record<string, Done & { upgrade?: ActFor }>>;
  resources: Readonly<Record<string, Done>>;
}

interface Done {
  set: string;
  record: string;
}

/** A run as those that come later know it. */
export interface RunName {
  run: string;
  verb: string;
  /** By the control host's clock, ISO 8601: hosts are compared by it. */
  began: string;
}

/**
 * How a run left a host; unfinished: it was cut off, or still has the host. lost: no run, but the loss of all that the
 * host remembered.
 */
export interface RunRecord extends RunName {
  outcome: NonNullable<ObservedJournal["lastRun"]>["outcome"] | "unfinished" | "lost";
  state: HostState;
}

/** All that a host can return to. */
export interface HostRecords {
  /** As it is now; the run is the last one that changed something. Absent on a host where none ever did. */
  now?: RunRecord;
  /** Other states, the newest first. */
  earlier: readonly RunRecord[];
  /** Container → generation → its record and the run that made it, of all that are kept. */
  generations: Readonly<Record<string, Readonly<Record<string, { record: string; run: string }>>>>;
  generationsKept: number;
  /** Only where they were asked for, and of what was asked for. */
  contents?: RecordedContents;
}

/** What the states are made of, by hash, and what the files of its generations hold, in base64. */
export interface RecordedContents {
  records: Readonly<Record<string, Recorded>>;
  files: Readonly<Record<string, string>>;
}

/** What a host tells the control host of its past, for a copy of it. Holds secrets. */
export interface HostPast {
  /** The last run that ended there; absent where none did. */
  lastRun?: string;
  /** Without contents. */
  records: HostRecords;
  /** Container → the highest number that a generation of it ever had. */
  counters: Readonly<Record<string, number>>;
  /** By hash, in base64, those contents of its records that the control host has not yet. */
  contents: Readonly<Record<string, string>>;
}

/** What an image is on a host that was to pull it, or why it cannot be had. */
export type FetchedImage = { id: string } | { problem: string };

/** What is kept under a hash; `problem`: why it cannot be had. A generation can be had only with all its files. */
export type Recorded = GenerationRecord | JobItem | ResourceItem | { problem: "gone" | "damaged" };
