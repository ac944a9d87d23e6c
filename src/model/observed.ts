import { fingerprint } from "#support";
import type { ContainerSpec } from "./desired.ts";
import type { Control, Returned } from "./plan.ts";
import type { MeasuredSwap } from "./swap.ts";
import type { ActFor } from "./upgrade.ts";

/** What the agent found on a host, in one look. JSON; holds no secrets. */
export interface ObservedContainer {
  id: string;
  name: string;
  /** Reference it was created from and the id that this was then. */
  image: string;
  imageId: string;
  state: "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";
  /** none: the container has no health check. */
  health: "none" | "starting" | "healthy" | "unhealthy";
  startedAt: string;
  restarts: number;
  /** How long the container has run since it was started last; absent where it does not run. */
  upSeconds?: number;
  /** How it ended last, while it waits for its next start. */
  exitCode?: number;
  /** What it uses of the host's memory, where it runs and its generations take turns. */
  memoryBytes?: number;
  /** How many of the last health checks failed, one after the other; engines keep five. */
  failedChecks?: number;
  labels: Readonly<Record<string, string>>;
}

export interface ObservedFile {
  sha256: string;
  /** Octal, four digits. */
  mode: string;
  uid: number;
  gid: number;
  /** The host's names for them, where it has any and they are not root's. */
  owner?: string;
  group?: string;
}

/** What the host's journal says was done, by item id. */
export interface ObservedJournal {
  jobs: Readonly<Record<string, { key: string; at: string; upgrade?: ActFor }>>;
  resources: Readonly<Record<string, { key: string; at: string }>>;
  /** Highest generation that a container ever had; it only grows. */
  generations: Readonly<Record<string, number>>;
  /** Containers that were started and have not yet proved healthy (a run was cut off in their gate), and their generation. */
  unproved?: Readonly<Record<string, number>>;
  /** Id of a container → the files that it took up after it was made, as the label kolla_files tells them. */
  reloads?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Container → how long its last replacement by a stop and a start took; absent: none was measured here. */
  swaps?: Readonly<Record<string, MeasuredSwap>>;
  /** Container → generation that a rollback made → when, by which run, and after which run the container was so. */
  returned?: Readonly<Record<string, Readonly<Record<string, Returned>>>>;
  /** Files the agent wrote → set they belong to ("nova/nova-compute-operation"). */
  files?: Readonly<Record<string, string>>;
  lastRun?: {
    run: string;
    verb: string;
    outcome: "done" | "failed" | "restored" | "interrupted";
    at: string;
  };
}

export interface ObservedHost {
  host: string;
  engine: { name: "docker" | "podman"; version: string; cgroupVersion: 1 | 2 };
  facts: {
    nodename: string;
    /** Hard limit of open files that containers can get. */
    nofileHard: number;
    cpus: number;
    memoryBytes: number;
    /** What new processes can have of it without taking from others; absent: not known. */
    memoryAvailableBytes?: number;
    /** Free bytes where the engine keeps images. */
    diskFreeBytes: number;
    /** Of each module that was asked for: whether the kernel has it or can load it. */
    kernelModules: Readonly<Record<string, boolean>>;
    /** Interface name → addresses without prefix length. */
    interfaces: Readonly<Record<string, { up: boolean; addresses: readonly string[] }>>;
    /** Ports that something on the host listens on: "10.0.0.5:3306" → name of the process or "". */
    listening: Readonly<Record<string, string>>;
  };
  /** Containers of ours: those with the label kolla_managed, their older generations, and those with a name in the desired state. */
  containers: readonly ObservedContainer[];
  /** Reference → id of the local image, only of references that were asked for or are in use, and all with our labels. */
  images: Readonly<Record<string, string>>;
  volumes: readonly string[];
  /** Files below the directories that services own in /etc/kolla. */
  files: Readonly<Record<string, ObservedFile>>;
  journal: ObservedJournal;
  /** The run that has the host. */
  lock?: HostLock;
}

/** Who has a host, since when. */
export interface HostLock {
  run: string;
  holder: string;
  /** ISO 8601, like `until`. */
  since: string;
  /** Nothing of the run works here now: it waits for its next stage, until then at most. */
  until?: string;
  /** The process on the control host. */
  control?: Control;
}

/** Labels on what Kolla makes. */
export const LABEL = {
  managed: "kolla_managed",
  generation: "kolla_generation",
  spec: "kolla_spec",
  files: "kolla_files",
  /** Fingerprint of each part of the spec, so that a plan can say what changed. */
  parts: "kolla_parts",
  set: "kolla_set",
  release: "kolla_release",
  /** The phase of its service that a container was made for; absent: none that only passes. */
  phase: "kolla_phase",
  /** The container's health check, as JSON: an older generation is asked its own question when it comes back. */
  health: "kolla_health",
  /** The port that it listens on, where its generations take turns. */
  port: "kolla_port",
  /** How it lets go, as JSON, where its next generation can take over what it holds of the host. */
  handover: "kolla_handover",
  /** On a job's container, which is not one of `managed`: the item's id. */
  job: "kolla_job",
  /** The command of a container that can take up files as it runs: another one wants a new container. */
  command: "kolla_command",
  /** On images. */
  digest: "kolla_digest",
} as const;

/** Name under which an older generation of a container waits, stopped: "keystone.g7". */
export function generationName(container: string, generation: number): string {
  return `${container}.g${generation}`;
}

/** Name that a new container has beside the old one until they are swapped. */
export function besideName(container: string): string {
  return `${container}.new`;
}

/** The name under which a container serves: without the suffix of an older generation or of one that is being made. */
export function baseName(container: string): string {
  return container.replace(/\.(g\d+|new)$/, "");
}

/** Generation in the name of an older container ("keystone.g7" → 7); undefined for any other name. */
export function generationInName(container: string): number | undefined {
  const digits = /\.g(\d+)$/.exec(container)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** What the label kolla_files says of a file's content: the first 16 digits of its SHA-256. */
export function shortHash(sha256: string): string {
  return sha256.slice(0, 16);
}

/** Path → short hash of the files that a container runs with: those it was made from, unless it took up others since. */
export function filesOf(
  found: Pick<ObservedContainer, "id" | "labels">,
  reloads: ObservedJournal["reloads"],
): Readonly<Record<string, string>> {
  return reloads?.[found.id] ?? readLabel(found.labels[LABEL.files]);
}

/** Text of the label kolla_files: JSON, path → short hash. */
export function filesLabel(files: Readonly<Record<string, string>>): string {
  return JSON.stringify(
    Object.fromEntries(
      Object.keys(files)
        .sort()
        .map((path) => [path, shortHash(files[path] ?? "")]),
    ),
  );
}

/** Text of the label kolla_parts: JSON, key of the spec → fingerprint of its value. */
export function partsLabel(spec: ContainerSpec): string {
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(spec)
        .filter(([, value]) => value !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => [key, fingerprint(value).slice(0, 8)]),
    ),
  );
}

/** Reads either label back; text that is not such JSON gives an empty record. */
export function readLabel(text: string | undefined): Readonly<Record<string, string>> {
  if (!text) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, string>) : {};
  } catch {
    return {};
  }
}
