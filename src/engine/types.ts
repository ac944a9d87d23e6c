import type { ContainerSpec } from "#model";

export interface EngineVersion {
  name: "docker" | "podman";
  version: string;
  cgroupVersion: 1 | 2;
  /** Where the engine keeps images and volumes: "/var/lib/docker". */
  rootDirectory: string;
}

export type ContainerState = "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";

export interface ContainerSummary {
  id: string;
  /** The first of its names. */
  name: string;
  labels: Readonly<Record<string, string>>;
  state: ContainerState;
  /** The reference it was created from, or an id when that reference has moved on. */
  image: string;
  imageId: string;
}

export interface HealthResult {
  /** ISO 8601. */
  at: string;
  exitCode: number;
  output: string;
}

export interface ContainerDetails {
  id: string;
  name: string;
  /** The reference it was created from. */
  image: string;
  imageId: string;
  state: ContainerState;
  exitCode: number;
  oomKilled: boolean;
  /** The engine's own words when it could not start it; mostly empty. */
  error: string;
  /** ISO 8601, like the two below. */
  createdAt: string;
  startedAt: string;
  /** When it ended last, also where it runs again; the year 1 when it never did. */
  finishedAt: string;
  restarts: number;
  /** none: it has no health check. */
  health: "none" | "starting" | "healthy" | "unhealthy";
  /** The last results of the health check, oldest first (engines keep five). */
  healthLog: readonly HealthResult[];
  labels: Readonly<Record<string, string>>;
  environment: Readonly<Record<string, string>>;
  command: readonly string[];
  user: string;
  mounts: readonly { source: string; target: string; volume?: string; readOnly: boolean }[];
}

export interface ImageSummary {
  id: string;
  /** "kolla/base:2025.1"; empty for an image that lost its name. */
  references: readonly string[];
  labels: Readonly<Record<string, string>>;
  /** Bytes, all layers. */
  size: number;
}

export interface ImageDetails extends ImageSummary {
  user: string;
  environment: Readonly<Record<string, string>>;
  entrypoint: readonly string[];
  command: readonly string[];
  layers: number;
}

export interface RegistryAuth {
  username: string;
  password: string;
  serverAddress?: string;
}

/** One line of an engine's progress stream: what is read of it. */
export interface EngineEvent {
  status?: string;
  aux?: { Digest?: string };
}

export interface TransferOptions {
  auth?: RegistryAuth;
  signal?: AbortSignal;
  onEvent?: (event: EngineEvent) => void;
}

export interface ExecOptions {
  user?: string;
  env?: Readonly<Record<string, string>>;
  /** Without it the command may take for ever. */
  timeoutSeconds?: number;
  /** Written to the command's standard input, which is then closed. */
  stdin?: string | Uint8Array;
}

export interface ExecResult {
  /** -1 when it timed out. */
  exitCode: number;
  stdout: string;
  stderr: string;
  timedOut: boolean;
}

export interface LogOptions {
  /** How many lines from the end; without it all. */
  tail?: number;
  /** ISO 8601 text or a Date. */
  since?: string | Date;
  /** The same; lines from then on are left out. */
  until?: string | Date;
}

export interface Volume {
  name: string;
  mountpoint: string;
  labels: Readonly<Record<string, string>>;
}

/**
 * Docker's HTTP API over its unix socket; Podman's compatible socket answers it as well.
 * Every function throws KollaError: KOLLA_ENGINE_UNREACHABLE (nobody listens), KOLLA_ENGINE_GONE (it stopped
 * while it was answering), KOLLA_ENGINE_SILENT (no answer in time), KOLLA_ENGINE_NOT_FOUND, KOLLA_ENGINE_CONFLICT,
 * KOLLA_ENGINE_NO_SPACE, and KOLLA_ENGINE_REQUEST for everything else that it refused, in its own words.
 */
export interface Engine {
  readonly socketPath: string;
  version(): Promise<EngineVersion>;

  /** Running containers, or with `all` the stopped ones too. */
  containers(all?: boolean): Promise<ContainerSummary[]>;
  /** Undefined when there is no such container. */
  inspect(idOrName: string): Promise<ContainerDetails | undefined>;
  /** Creates, but does not start; the id. `name` wins over the spec's own. The image must be there. */
  create(spec: ContainerSpec, name?: string): Promise<string>;
  /** Also when it runs already. */
  start(name: string): Promise<void>;
  /** SIGTERM, then SIGKILL after so many seconds (default: the container's own). Also when it stands already. */
  stop(name: string, timeoutSeconds?: number): Promise<void>;
  /** Sends its main process a signal. One that ends then stays ended, whatever it was made for. */
  signal(name: string, signal: string): Promise<void>;
  /** How much of busy processors a running container gets beside others, who have 1024 where nobody said otherwise. */
  share(name: string, cpuShares: number): Promise<void>;
  rename(name: string, newName: string): Promise<void>;
  /** Removes it with its anonymous volumes, never a named one; one that is absent is fine. */
  remove(name: string, options?: { force?: boolean }): Promise<void>;
  /** The exit code of a started container, once it stops. */
  wait(name: string, options?: { signal?: AbortSignal }): Promise<number>;
  /** Lines of standard output and error as they were written. */
  logs(name: string, options?: LogOptions): Promise<string[]>;
  /** Runs a command in a running container. After a timeout the command may still run inside. */
  exec(name: string, command: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Bytes that a running container uses, without files that could be read again; undefined when there is none. */
  memory(idOrName: string): Promise<number | undefined>;

  images(): Promise<ImageSummary[]>;
  /** "sha256:…", or undefined when there is no such image. */
  imageId(reference: string): Promise<string | undefined>;
  inspectImage(reference: string): Promise<ImageDetails | undefined>;
  /** Fetches one image; an error anywhere in the stream of events is thrown. */
  pull(reference: string, options?: TransferOptions): Promise<void>;
  tag(source: string, reference: string): Promise<void>;
  /** Sends one image to the registry in its name; the digest ("sha256:…") it has there, when the engine tells it. */
  push(reference: string, options?: TransferOptions): Promise<string | undefined>;
  /** One that is absent is fine. */
  removeImage(reference: string, options?: { force?: boolean }): Promise<void>;
  /** Makes an image of one layer from a tar archive (a path or a stream); `changes` are Dockerfile instructions. */
  importImage(
    tar: string | NodeJS.ReadableStream,
    reference: string,
    changes?: readonly string[],
  ): Promise<string>;

  readonly volumes: {
    list(): Promise<Volume[]>;
    /** Also when it is there already. */
    create(name: string, labels?: Readonly<Record<string, string>>): Promise<void>;
    /** One that is absent is fine. */
    remove(name: string): Promise<void>;
    inspect(name: string): Promise<Volume | undefined>;
  };
}
