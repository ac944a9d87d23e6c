/**
 * What those who use the cloud notice while a container is stopped and the next one starts in its place:
 * "nothing": nobody notices;
 * "work-waits": work that comes meanwhile waits, in a queue or with those who ask again, and is done after;
 * "requests-wait": requests wait for their answers, but one that it was at work on, or had in its own queue, may fail;
 * "servers-wait": servers that start wait for an address or for what they are told about themselves;
 * "acts-fail": servers run on, but what is asked of them may fail;
 * "requests-fail": requests fail, or find nobody;
 * "traffic-stops": nothing goes to servers of the host, or from them.
 */
export type Effect =
  | "nothing"
  | "work-waits"
  | "requests-wait"
  | "servers-wait"
  | "acts-fail"
  | "requests-fail"
  | "traffic-stops";

/** How a container is replaced that does not run twice. */
export interface Swap {
  effect: Effect;
  /**
   * From the moment that the old one is told to stop until the new one has proved itself: an estimate, in seconds. Where
   * those of our services come from stands in doc/measured.md.
   */
  seconds: number;
  /** For so long after that the effect may last, in seconds: others have to find out. Absent: it ends with it. */
  lingers?: number;
  /**
   * For so long users notice the same where its next generation takes over from it (handover), in seconds: an estimate.
   * Absent: nobody notices.
   */
  takeover?: number;
}

/** How a container on a host is, and whether those on others do for its users what it does. */
export interface PlacedSwap extends Swap {
  /** Nobody on another host stands in for it. Absent: all that run do. */
  serves?: "host";
}

/** How long a replacement took when it was measured on a host. */
export interface MeasuredSwap {
  /** From the moment that the old one was told to stop until the new one had passed its gate. */
  seconds: number;
  /** When it had: ISO 8601. */
  at: string;
}

/** What a plan expects of a replacement by a stop and a start. */
export interface Outage extends Pick<PlacedSwap, "effect" | "serves"> {
  /** How long it lasts. */
  seconds: number;
  /** When the container was replaced last on that host, which took so long: ISO 8601. Absent: an estimate. */
  measured?: string;
}
