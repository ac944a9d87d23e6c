import { dictEntries } from "./dict.ts";
import { isDict, isFloat, isTuple, Markup, PyObject, Undefined } from "./values.ts";

function floatDigits(value: number): string {
  const [mantissa = "0", power = "0"] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    return `${digits[0]}${fraction}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  const padded = digits.padEnd(exponent + 1, "0");
  return `${padded.slice(0, exponent + 1)}.${padded.slice(exponent + 1) || "0"}`;
}

/** Python's repr of a float: shortest digits that read back the same, always with a point or exponent. */
export function floatRepr(value: number): string {
  if (Number.isNaN(value)) return "nan";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  return sign + (Number.isFinite(value) ? floatDigits(value) : "inf");
}

const SHORT_ESCAPES: Record<string, string> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escapeCharacter(char: string): string {
  const short = SHORT_ESCAPES[char];
  if (short !== undefined) return short;
  const code = char.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code <= 0xffff
    ? `\\u${code.toString(16).padStart(4, "0")}`
    : `\\U${code.toString(16).padStart(8, "0")}`;
}

function stringRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/\\|(?! )[\p{C}\p{Z}]/gu, escapeCharacter);
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
}

function tupleRepr(items: unknown[]): string {
  return items.length === 1 ? `(${repr(items[0])},)` : `(${items.map(repr).join(", ")})`;
}

function objectRepr(value: object): string {
  if (isTuple(value)) return tupleRepr(value);
  if (Array.isArray(value)) return `[${value.map(repr).join(", ")}]`;
  if (value instanceof Markup) return `Markup(${stringRepr(value.text)})`;
  if (value instanceof Undefined) {
    value.touch();
    return "Undefined";
  }
  if (value instanceof Set) return value.size === 0 ? "set()" : `{${[...value].map(repr).join(", ")}}`;
  if (value instanceof PyObject) return value.repr();
  if (!isDict(value)) return floatRepr(Number(value));
  return `{${dictEntries(value)
    .map(([key, item]) => `${repr(key)}: ${repr(item)}`)
    .join(", ")}}`;
}

/** Python's repr(value). */
export function repr(value: unknown): string {
  if (typeof value === "string") return stringRepr(value);
  if (typeof value === "object" && value !== null) return objectRepr(value);
  return str(value);
}

/** Python's str(value): what a template prints. */
export function str(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "True" : "False";
  if (value === null || value === undefined) return "None";
  if (value instanceof Markup) return value.text;
  if (value instanceof Undefined) {
    value.touch();
    return "";
  }
  if (isFloat(value)) return floatRepr(Number(value));
  if (typeof value === "object") return objectRepr(value);
  return typeof value === "function" ? "<function>" : String(value);
}
