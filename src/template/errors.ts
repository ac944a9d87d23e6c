import { KollaError, type Where } from "#support";

export type TemplateErrorCode =
  | "KOLLA_TEMPLATE_SYNTAX"
  | "KOLLA_TEMPLATE_UNDEFINED"
  | "KOLLA_TEMPLATE_RUNTIME"
  | "KOLLA_TEMPLATE_NOT_FOUND"
  | "KOLLA_TEMPLATE_FORBIDDEN";

/** A template that cannot be parsed or rendered; `where` names the template's file and line. */
export class TemplateError extends KollaError {
  constructor(code: TemplateErrorCode, message: string, where?: Where, cause?: unknown) {
    super({
      code,
      message,
      ...(where === undefined ? {} : { where }),
      ...(cause === undefined ? {} : { cause }),
      ...(cause instanceof KollaError && cause.hint !== undefined ? { hint: cause.hint } : {}),
    });
    this.name = "TemplateError";
  }
}

/** Stops rendering with what Python would raise as TypeError, ValueError and the like. */
export function fail(message: string): never {
  throw new TemplateError("KOLLA_TEMPLATE_RUNTIME", message);
}

/** Throws KOLLA_TEMPLATE_SYNTAX at a line of a file. */
export function failSyntax(message: string, file: string, line: number): never {
  throw new TemplateError("KOLLA_TEMPLATE_SYNTAX", message, { file, line });
}

/**
 * Adds the place to an error that has none yet (the innermost statement wins), and turns errors thrown by
 * filters and functions of the embedding program into template errors.
 */
export function located(error: unknown, file: string, line: number, construct: () => string): TemplateError {
  if (error instanceof TemplateError && error.where !== undefined) return error;
  const where = { file, line };
  const text = construct();
  const suffix = text === "" ? "" : `, in ${text}`;
  if (error instanceof TemplateError) {
    return new TemplateError(error.code as TemplateErrorCode, error.message + suffix, where, error.cause);
  }
  if (error instanceof RangeError && error.message.includes("call stack")) {
    return new TemplateError("KOLLA_TEMPLATE_RUNTIME", `The template recurses too deeply${suffix}`, where);
  }
  const message = error instanceof Error ? error.message : String(error);
  return new TemplateError("KOLLA_TEMPLATE_RUNTIME", message + suffix, where, error);
}
