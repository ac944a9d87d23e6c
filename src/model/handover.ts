/**
 * How a generation lets go once the next one, started beside it, has taken over what it holds of the host: the sockets
 * that it listens on, of which both accept what comes until then, or an address; or how it ends where the next one is
 * ready for what only one can hold at a time. specs/0017.
 */
export interface Handover {
  /** Tells its main process to take nothing more and to end once what it has has ended: "SIGUSR1". */
  signal: string;
  /** How long that may take; what is left then is cut off. */
  seconds: number;
}

/** The handover that a container was made for, from its label; undefined where nobody can take over from it. */
export function handoverIn(label: string | undefined): Handover | undefined {
  return label === undefined ? undefined : (JSON.parse(label) as Handover);
}
