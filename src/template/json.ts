import { compare } from "./compare.ts";
import { dictEntries } from "./dict.ts";
import { fail } from "./errors.ts";
import { floatRepr } from "./repr.ts";
import { isDict, isFloat, isInt, isString, typeName, Undefined } from "./values.ts";

export interface JsonOptions {
  sortKeys?: boolean;
  indent?: number;
  /** Separators of items and of keys; Python's defaults otherwise. */
  separators?: [string, string];
  /** Escape everything outside ASCII; Python's default. */
  asciiOnly?: boolean;
}

function quoteJson(text: string, asciiOnly: boolean): string {
  const quoted = JSON.stringify(text);
  if (!asciiOnly) return quoted;
  return quoted.replace(
    /[\u0080-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function jsonFloat(value: number): string {
  if (Number.isFinite(value)) return floatRepr(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

function scalar(value: unknown, options: JsonOptions): string | undefined {
  if (value === null || value === undefined) return "null";
  if (typeof value === "boolean") return String(value);
  if (isString(value)) return quoteJson(String(value), options.asciiOnly ?? true);
  if (isFloat(value)) return jsonFloat(Number(value));
  return isInt(value) ? String(value) : undefined;
}

function keyText(key: unknown, options: JsonOptions): string {
  if (isString(key)) return quoteJson(String(key), options.asciiOnly ?? true);
  const text = scalar(key, options);
  return text === undefined
    ? fail(`keys must be str, int, float, bool or None, not ${typeName(key)}`)
    : `"${text}"`;
}

function wrap(open: string, close: string, parts: string[], options: JsonOptions, depth: number): string {
  if (parts.length === 0) return open + close;
  const { indent } = options;
  const [comma] = options.separators ?? [indent === undefined ? ", " : ",", ": "];
  if (indent === undefined) return open + parts.join(comma) + close;
  const inner = `\n${" ".repeat(indent * (depth + 1))}`;
  return `${open}${inner}${parts.join(comma + inner)}\n${" ".repeat(indent * depth)}${close}`;
}

/** Python's json.dumps(value). Throws for what JSON has no form of. */
export function dumpJson(value: unknown, options: JsonOptions = {}, depth = 0): string {
  const text = scalar(value, options);
  if (text !== undefined) return text;
  if (value instanceof Undefined) fail(`Object of type Undefined is not JSON serializable: ${value.message}`);
  if (Array.isArray(value)) {
    return wrap(
      "[",
      "]",
      value.map((item) => dumpJson(item, options, depth + 1)),
      options,
      depth,
    );
  }
  if (!isDict(value)) return fail(`Object of type ${typeName(value)} is not JSON serializable`);
  const entries = dictEntries(value);
  if (options.sortKeys) entries.sort(([a], [b]) => compare(a, b, "<"));
  const [, colon] = options.separators ?? [", ", ": "];
  const parts = entries.map(
    ([key, item]) => keyText(key, options) + colon + dumpJson(item, options, depth + 1),
  );
  return wrap("{", "}", parts, options, depth);
}
