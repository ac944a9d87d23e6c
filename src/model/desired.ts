import type { IdentityAdmin } from "./accounts.ts";
import type { Handover } from "./handover.ts";
import type { Entry, EntryPath } from "./rest.ts";
import type { Rollout, RunLimits } from "./rollout.ts";
import type { PlacedSwap } from "./swap.ts";
import type { Turns } from "./turns.ts";
import type { ActFor } from "./upgrade.ts";

/**
 * What each host should have: one document a host, written by compile, read by plan and (in part) by the agent.
 * Everything here is JSON; secrets stand in it revealed, so it is kept in files of mode 0600 and never printed.
 */

/** A place in the desired graph, unique on a site: "control01|container:keystone". */
export type ItemRef = string;

export interface Mount {
  /** A named volume ("keystone_fernet_tokens") or an absolute path of the host. */
  source: string;
  target: string;
  readOnly?: boolean;
  propagation?: "shared" | "rshared" | "slave" | "rslave" | "private" | "rprivate";
}

export interface HealthCheck {
  /** As Docker takes it: ["CMD-SHELL", "healthcheck_curl http://…"]. */
  test: readonly string[];
  /** All in seconds. */
  interval: number;
  timeout: number;
  startPeriod: number;
  retries: number;
}

/** Sizes in bytes; memorySwap is memory and swap together, -1: as much swap as there is. */
export interface ResourceLimits {
  memory?: number;
  memoryReservation?: number;
  memorySwap?: number;
  cpuShares?: number;
  cpuPeriod?: number;
  cpuQuota?: number;
  cpusetCpus?: string;
  cpusetMems?: string;
  blkioWeight?: number;
}

/** A container as it is created on the engine. Its network is always the host's. */
export interface ContainerSpec {
  name: string;
  image: string;
  command?: readonly string[];
  environment: Readonly<Record<string, string>>;
  mounts: readonly Mount[];
  /** Names without CAP_; ALL are dropped first. */
  capabilities: readonly string[];
  devices: readonly string[];
  deviceCgroupRules: readonly string[];
  securityOptions: readonly string[];
  user?: string;
  pidMode?: "host";
  ipcMode?: "host";
  cgroupnsMode?: "host" | "private";
  readOnlyRoot: boolean;
  tmpfs: readonly string[];
  ulimits: Readonly<Record<string, { soft: number; hard: number }>>;
  /** Absent: none. */
  limits?: ResourceLimits;
  restartPolicy: "unless-stopped" | "no";
  /** Seconds between SIGTERM and SIGKILL. */
  stopTimeout: number;
  labels: Readonly<Record<string, string>>;
  health?: HealthCheck;
}

interface ItemBase {
  /** "container:keystone", "file:/etc/kolla/keystone/keystone.conf", "job:keystone:bootstrap", "resource:database:keystone" … */
  id: string;
  /** Path in the tree of sets, from the service down: ["nova", "nova-compute-operation"]. */
  set: readonly string[];
  /** Other items, on any host, that must be there and ready before this one. */
  needs: readonly ItemRef[];
}

export interface FileItem extends ItemBase {
  kind: "file";
  path: string;
  content: string;
  /** How `content` stands for bytes that are no text; absent: it is the text. */
  encoding?: "base64";
  /** Octal: "0660". */
  mode: string;
  owner: string;
  group: string;
  /** True when the content must not be shown, not even as a diff. */
  sensitive: boolean;
}

/** What is in a file, byte for byte. */
export function fileBytes({ content, encoding }: Pick<FileItem, "content" | "encoding">): Uint8Array {
  return Buffer.from(content, encoding ?? "utf8");
}

export interface ContainerItem extends ItemBase {
  kind: "container";
  /** How it is changed where it serves on several hosts; absent: the usual way. */
  rollout?: Rollout;
  spec: ContainerSpec;
  /** Fingerprint of the spec. A container on the host with another one is replaced. */
  specHash: string;
  /** Path → SHA-256 of the files it reads; label kolla_files. A container that was made from others is replaced. */
  files: Readonly<Record<string, string>>;
  /** How long its gate waits for health, in seconds. */
  gateSeconds: number;
  /** Commands, run in it as root, by which it takes up changed files. Absent: it is replaced for them. */
  reload?: readonly (readonly string[])[];
  /** Absent: it has no more than one generation that runs. */
  turns?: Turns;
  /** Absent: its next generation takes nothing over from it while it runs. */
  handover?: Handover;
  /** What it means when it is stopped before the next one starts; absent: it serves nobody meanwhile, nobody knows how long. */
  swap?: PlacedSwap;
  /** Id of the image that it is made from, whatever its reference means by now. Absent: what the reference means. */
  imageId?: string;
  /** The run after which a rollback brings it back to how it was. Absent: it is as the configuration says. */
  returnsTo?: string;
}

/** A container that runs once to its end; anything but exit 0 is a failure. */
export interface JobItem extends ItemBase {
  kind: "job";
  spec: ContainerSpec;
  /** The job is due when the journal holds another key for it; `{image}` in it stands for the image's id. */
  key: string;
  timeoutSeconds: number;
  /** What to do with the plan when it is due: the words of its cause. */
  dueBecause: string;
  /** Its place on the way to a release; absent: none. */
  upgrade?: ActFor;
  /** The verb of its service that it is done for, each time; absent: it is part of a deployment. */
  verb?: string;
}

export interface ResourceItem extends ItemBase {
  kind: "resource";
  resource: Resource;
  /** Fingerprint of the resource: due when the journal of the host that acts holds another. */
  key: string;
}

export interface VolumeItem extends ItemBase {
  kind: "volume";
  name: string;
}

export type Item = FileItem | ContainerItem | JobItem | ResourceItem | VolumeItem;

export interface DatabaseAdmin {
  host: string;
  port: number;
  user: string;
  password: string;
}

/** Something that is neither file nor container; ensured by the agent, always safe to ensure again. */
export type Resource =
  /** Statements, in this order, each of them safe to repeat. */
  | { kind: "sql"; admin: DatabaseAdmin; statements: readonly string[] }
  /** Entries behind an API, in this order, and then what is put there by PUT, which is safe to repeat. */
  | {
      kind: "rest";
      account: IdentityAdmin;
      /** What all paths come behind: http://vip:5000/v3 */
      url: string;
      entries: readonly Entry[];
      puts: readonly EntryPath[];
    }
  /** A command in a running container, as root unless told otherwise; must be safe to repeat. */
  | {
      kind: "exec";
      container: string;
      command: readonly string[];
      user?: string;
      environment?: Readonly<Record<string, string>>;
      timeoutSeconds: number;
    }
  /** Kernel settings of the host: name → value. */
  | { kind: "sysctl"; values: Readonly<Record<string, string>> }
  /** A directory of the host that must be a mount of its own, shared with containers ("/run/netns"). */
  | { kind: "shared-mount"; path: string };

/** All kinds there are. What hosts kept of earlier runs may be of another. */
export const RESOURCE_KINDS: Readonly<Record<Resource["kind"], true>> = {
  sql: true,
  rest: true,
  exec: true,
  sysctl: true,
  "shared-mount": true,
};

/** A question put to a service itself by `status`: how it is asked, and how the service judges the answer. */
export type Probe =
  /** A request, by POST where it carries JSON, answered with one of the statuses. */
  | {
      kind: "http";
      url: string;
      expect: readonly number[];
      json?: unknown;
      /** The name and password that it is asked with, or the account of the cloud whose token is. */
      basic?: { user: string; password: string };
      account?: IdentityAdmin;
      /** Path of a CA bundle on the host, when the API is served by TLS; an account brings its own. */
      caFile?: string;
      /** Who answers, when it is not what the probe is of: "the management API". */
      subject?: string;
      /** What a good answer is called, `{ms}` being how long it took. Absent: "answers in {ms} ms". */
      words?: string;
      /** Of the JSON that is answered; absent: the status says enough. */
      judgement?: Judgement;
    }
  /** A query; its rows are judged, their fields being the names of the columns. */
  | { kind: "sql"; admin: DatabaseAdmin; query: string; judgement: Judgement }
  | { kind: "tcp"; host: string; port: number }
  /** A command in a container that ends with 0; its last line is what `status` shows. */
  | { kind: "exec"; container: string; command: readonly string[] };

/** What fields of a record are to be, all of them: a value, another than a value, or (not) empty, absent or false. */
export type Match = Readonly<Record<string, Plain | { not: Plain } | { empty: boolean }>>;
type Plain = string | number | boolean;

/**
 * When an answer that is a list of records is good, and what is said of it. In `words` a field of the record stands as
 * `{field}`.
 */
export interface Judgement {
  /** Field of the answer that holds the records. Absent: the answer is the list. */
  list?: string;
  /** Records that do not count. */
  ignored?: Match;
  /** What a record that is well has. */
  well: Match;
  /** How many must be well. Absent: all that count, and at least one. */
  members?: number;
  /** Said of all: `{well}`, `{counted}`, and the fields of the first record that counts. */
  words: string;
  /** What a record must not have, and what is said when it does. */
  troubles?: readonly { when: Match; words: string }[];
}

export interface SetProbe {
  set: readonly string[];
  probe: Probe;
}

export interface HostDesired {
  host: string;
  /** Reference of the agent's image. */
  agentImage: string;
  items: readonly Item[];
  /** References of all images that items use, once each. */
  images: readonly string[];
  /** Asked from one host of the site: compile puts each probe on one host only. */
  probes: readonly SetProbe[];
  /** Host paths below which a file not in `items` is ours to remove ("/etc/kolla/keystone"). */
  ownedDirectories: readonly string[];
  /** How many earlier states the host keeps, and of each container how many earlier generations. */
  generationsKept: number;
}

export interface Desired {
  /** Absent: the usual ones. */
  limits?: RunLimits;
  hosts: readonly HostDesired[];
}
