import type { IdentityAdmin } from "./accounts.ts";

/**
 * Two ports of a host on which the generations of a container take turns: the next one starts on the port that is free
 * and proves itself there while the one before serves. specs/0016.
 */
export interface Turns {
  /** Where the first generation listens, and the spare one. */
  ports: readonly [number, number];
  /** Those that carry requests to both ports; without any the first port is the only one that anything leads to. */
  balancers: readonly Balancer[];
  /** The next generation starts beside the one before; else in its place, once that is stopped. */
  beside: boolean;
  /** How long the requests of the one before may take to end, in seconds, before it is told to stop. */
  drainSeconds: number;
  /** What it has to answer before it gets its turn, and where it listens. */
  trial?: Trial & { address: string };
}

/** A real request that says more than a health check does: any answer to it will do but an error of the server's own. */
export interface Trial {
  /** "/v2/images?limit=1" */
  path: string;
  /** Sent by POST; absent: a GET. */
  json?: unknown;
  /** Whose token it carries; absent: none. */
  account?: IdentityAdmin;
}

/** A load balancer's table of the members that it sends requests to. */
export interface Balancer {
  /** Answers with comma-separated values below a line of their names. */
  url: string;
  basic: { user: string; password: string };
  /** By its place in `ports`: the fields that tell its row from the others. */
  rows: readonly [Row, Row];
  /** A member gets requests where this field begins so. */
  serves: { field: string; begins: string };
  /** The field with how many requests of a member have not ended yet. */
  busy: string;
  /** The field that tells why a member gets none. */
  why: string;
}

/** Name of a field → its value. */
export type Row = Readonly<Record<string, string>>;

/** Environment variable of a container whose generations take turns: the port that this one listens on. */
export const TURN_PORT = "KOLLA_PORT";

/** In a container whose generations take turns: where it is there, its own check tells load balancers to send requests. */
export const READY_FILE = "/var/lib/kolla/ready";

/** Header of a load balancer's check: with it a generation answers whether it wants requests, not whether it works. */
export const CHECK_HEADER = "X-Kolla-Check";

/**
 * How long a generation may take to answer its trial without an error, how long load balancers may take to see that it
 * wants requests, and how long the last ones may take to end where an API does not say, in seconds.
 */
export const TURN_SECONDS = { tried: 30, seen: 30, drained: 120 } as const;
