/** Where a problem is: a place in an operator's file, or a place in a run. */
export interface Where {
  file?: string;
  line?: number;
  column?: number;
  key?: string;
  host?: string;
  container?: string;
  step?: string;
}

export interface KollaErrorParts {
  /** Stable, upper-case, documented: KOLLA_OPTION_UNKNOWN. */
  code: string;
  /** What failed, in an operator's words. */
  message: string;
  /** What to type or look at next. */
  hint?: string;
  where?: Where;
  cause?: unknown;
}

/** The one error that reaches an operator. Anything else that is thrown is a bug in Kolla. */
export class KollaError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly where: Where | undefined;

  constructor(parts: KollaErrorParts) {
    super(parts.message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.name = "KollaError";
    this.code = parts.code;
    this.hint = parts.hint;
    this.where = parts.where;
  }
}

/** Several problems reported together, so that an operator mends all of them in one go. */
export class KollaErrors extends KollaError {
  readonly problems: readonly KollaError[];

  constructor(code: string, problems: readonly KollaError[]) {
    super({ code, message: problems.map(formatError).join("\n") });
    this.problems = problems;
  }
}

/** "globals.yml:14", "globals.yml:14 on control01", "control01 nova_compute", or an empty string. */
export function formatWhere(where: Where | undefined): string {
  if (!where) return "";
  if (where.file) {
    const place = [where.file, where.line, where.column].filter((part) => part !== undefined).join(":");
    return where.host ? `${place} on ${where.host}` : place;
  }
  return [where.host, where.container, where.step].filter(Boolean).join(" ");
}

/** One problem as a person reads it: place, message, code, and the hint on its own line. */
export function formatError(error: KollaError): string {
  if (error instanceof KollaErrors) return error.message;
  const place = formatWhere(error.where);
  const first = `${place ? `${place}: ` : ""}${error.message} (${error.code})`;
  return error.hint ? `${first}\n  ${error.hint}` : first;
}

/** Throws nothing when the list is empty, the single problem when there is one, all of them otherwise. */
export function throwProblems(code: string, problems: readonly KollaError[]): void {
  const [first] = problems;
  if (!first) return;
  throw problems.length === 1 ? first : new KollaErrors(code, problems);
}

/** For broken invariants: the message says that Kolla is at fault, not the operator. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`This is a bug in Kolla: ${message}`);
}
