import type { Mount } from "./desired.ts";
import type { UpgradeAct } from "./upgrade.ts";

/** `C`: the containers of the service. */
export interface JobPart<C extends string> {
  name: string;
  /** Container definition whose image, files, mounts and privileges it takes. */
  like: C;
  environment?: Readonly<Record<string, string>>;
  /** Instead of the container's own command. */
  command?: readonly string[];
  /** Mounts added to or instead of (same target) the container's. */
  mounts?: readonly Mount[];
  /** Due again when this changes; default: the image's id. "once" for a job that must never run twice on the same volumes. */
  key?: "image" | "once" | string;
  /** Default: on the first host of the container's group only. */
  on?: "first" | "each";
  /** Other jobs of this service first. */
  after?: readonly string[];
  /** Its place on the way from one release to another. Absent: none, it is due as `key` says. */
  act?: UpgradeAct;
  /** One of the service's `verbs`: done whenever an operator says it, and at no other time. */
  verb?: string;
  /** "database": starts once the service's databases are there, without awaiting the services it needs. Default: both. */
  waitsFor?: "services" | "database";
  timeoutSeconds?: number;
  user?: string;
}

/** A command in a running container after it became healthy; must be safe to repeat. `C`: the containers of the service. */
export interface ExecPart<C extends string> {
  name: string;
  container: C;
  command: readonly string[];
  environment?: Readonly<Record<string, string>>;
  user?: string;
  on?: "first" | "each";
  /** Containers of the service, and other such commands of it, that come first. */
  after?: readonly string[];
  timeoutSeconds?: number;
  /** Containers of the service that wait for it. */
  before?: readonly C[];
}
