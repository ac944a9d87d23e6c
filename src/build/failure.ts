/** What to do about a failed build or push. */
export type FailureKind =
  /** May be gone in a while: try again. */
  | "heals"
  /** The same again would fail the same way. */
  | "stays"
  /** No build can succeed until someone makes room. */
  | "disk-full"
  /** The engine does not answer. */
  | "engine-gone";

const DISK_FULL = /no space left on device|disk quota exceeded|don't have enough free space in/i;
const ENGINE_GONE =
  /cannot connect to the docker daemon|error during connect|is the docker daemon running|transport is closing|docker\.sock: (connect|read)/i;

/** Networks, busy servers, and locks. A plain 404 or a checksum that is wrong stays wrong. */
const HEALS = [
  /temporary failure (in name )?resolv/i,
  /could not resolve (host|')/i,
  /name or service not known|no such host/i,
  /connection (timed out|reset|refused|aborted|broken)/i,
  /could not connect to|unable to connect to|failed to establish a new connection/i,
  /(tls|ssl).{0,20}(handshake )?timeout|read timed out|i\/o timeout|operation timed out|timeout awaiting|timeouterror/i,
  /network is unreachable|no route to host/i,
  /unexpected eof|incompleteread|incomplete read|remote end closed connection|remotedisconnected/i,
  /hash sum mismatch|file has unexpected size/i,
  /\b(429|500|502|503|504)\b.{0,40}(error|bad gateway|unavailable|timeout|too many|server)/i,
  /(bad gateway|service unavailable|gateway time-?out|too many requests|internal server error)/i,
  /could not get lock|resource temporarily unavailable|database is locked/i,
];

/** Whether a line that was printed tells of a full disk. */
export function saysDiskFull(line: string): boolean {
  return DISK_FULL.test(line);
}

/** Judges a failure by the last lines that it printed. */
export function classifyFailure(lines: readonly string[]): FailureKind {
  const text = lines.join("\n");
  if (saysDiskFull(text)) return "disk-full";
  if (ENGINE_GONE.test(text)) return "engine-gone";
  return HEALS.some((pattern) => pattern.test(text)) ? "heals" : "stays";
}

const KIND_BY_CODE: Readonly<Record<string, FailureKind>> = {
  KOLLA_DISK_FULL: "disk-full",
  KOLLA_ENGINE_NO_SPACE: "disk-full",
  KOLLA_ENGINE_GONE: "engine-gone",
  KOLLA_ENGINE_SILENT: "engine-gone",
  KOLLA_ENGINE_UNREACHABLE: "engine-gone",
};

/** Judges an error of our own by its code; undefined where only its words can tell. */
export function kindOfCode(code: string): FailureKind | undefined {
  return KIND_BY_CODE[code];
}

/** Seconds to wait before attempt number 2, 3, … : 5, 15, 45, then at most a minute. */
export function secondsBefore(attempt: number): number {
  return Math.min(60, 5 * 3 ** Math.max(0, attempt - 2));
}
