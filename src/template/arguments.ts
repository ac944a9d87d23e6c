import { fail } from "./errors.ts";
import type { CallArguments } from "./values.ts";

/** Marks a parameter that must be given; unknown, as what is given may be anything. */
export const REQUIRED: unknown = Symbol("required");

/**
 * Binds positional and keyword arguments to named parameters, as Python does.
 * `defaults` lists the parameters in order; throws when one is missing, unknown or given twice.
 */
export function bind<P extends Record<string, unknown>>(
  name: string,
  defaults: P,
  { args, kwargs }: CallArguments,
): { [K in keyof P]: unknown } {
  const names = Object.keys(defaults);
  if (args.length > names.length)
    fail(`${name} takes at most ${names.length} arguments (${args.length} given)`);
  const bound: Record<string, unknown> = { ...defaults };
  for (const [index, value] of args.entries()) bound[names[index] ?? ""] = value;
  for (const [key, value] of Object.entries(kwargs)) {
    const position = names.indexOf(key);
    if (position === -1) fail(`${name} got an unexpected keyword argument '${key}'`);
    if (position < args.length) fail(`${name} got multiple values for argument '${key}'`);
    bound[key] = value;
  }
  const missing = names.find((key) => bound[key] === REQUIRED);
  if (missing !== undefined) fail(`${name} missing required argument: '${missing}'`);
  return bound as { [K in keyof P]: unknown };
}
