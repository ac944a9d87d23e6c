import { bind } from "./arguments.ts";
import { getItem } from "./attributes.ts";
import { str } from "./repr.ts";
import type { Filter, FilterCall } from "./runtime.ts";
import { isInt, isString, Undefined } from "./values.ts";

/**
 * A filter with named parameters, which may be given by position or by name.
 * `defaults` lists them in order; REQUIRED marks those that must be given.
 */
export function filterOf<P extends Record<string, unknown>>(
  defaults: P,
  body: (value: unknown, args: { [K in keyof P]: unknown }, call: FilterCall) => unknown,
): Filter {
  return function (value, ...args) {
    return body(value, bind("filter", defaults, { args, kwargs: this.kwargs }), this);
  };
}

/** A filter of text without parameters. */
export function textFilter(body: (text: string) => unknown): Filter {
  return filterOf({}, (value) => body(str(value)));
}

/** A getter for `attribute` parameters: a name, an index, or a path of them with dots; none gives the item. */
export function getterOf(
  attribute: unknown,
  call: FilterCall,
  fallback: unknown = null,
): (item: unknown) => unknown {
  if (attribute === null || attribute === undefined) return (item) => item;
  const mode = call.environment.undefinedMode;
  const path = isInt(attribute) ? [attribute] : str(attribute).split(".").map(pathPart);
  return (start) => {
    let value = start;
    for (const part of path) {
      value = getItem(value, part, mode);
      if (value instanceof Undefined && fallback !== null) value = fallback;
    }
    return value;
  };
}

function pathPart(part: string): string | number {
  return /^\d+$/.test(part) ? Number(part) : part;
}

/** Text in small letters; anything else as it is. */
export function lowered(value: unknown): unknown {
  return isString(value) ? String(value).toLowerCase() : value;
}
