import { REQUIRED } from "./arguments.ts";
import { plainAttribute } from "./attributes.ts";
import { fail } from "./errors.ts";
import { filterOf } from "./filter-kit.ts";
import { formatFloat, toFixed } from "./number-format.ts";
import { str } from "./repr.ts";
import type { Filter } from "./runtime.ts";
import {
  isFloat,
  isInt,
  isString,
  makeFloat,
  makeInt,
  numeric,
  toIndex,
  truthy,
  typeName,
  Undefined,
} from "./values.ts";

/** Python's float(value), or undefined when it is not one. */
export function parseFloatStrictly(value: unknown): number | undefined {
  const number = numeric(value);
  if (number !== undefined) return Number(number);
  if (!isString(value)) return undefined;
  const text = String(value).trim().toLowerCase();
  if (/^[-+]?(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:e[-+]?\d(?:_?\d)*)?$/.test(text)) {
    return Number(text.replaceAll("_", ""));
  }
  const special = /^([-+]?)(inf|infinity|nan)$/.exec(text);
  if (!special) return undefined;
  if (special[2] === "nan") return Number.NaN;
  return special[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

const PREFIXES: Record<number, string> = { 2: "0b", 8: "0o", 16: "0x" };

function digitsIn(text: string, base: number): bigint | undefined {
  const digits = "0123456789abcdefghijklmnopqrstuvwxyz".slice(0, base);
  let total = 0n;
  for (const char of text) {
    const digit = digits.indexOf(char);
    if (digit === -1) return undefined;
    total = total * BigInt(base) + BigInt(digit);
  }
  return total;
}

/** Python's int(text, base), or undefined when it is not one. */
export function parseIntStrictly(source: string, base: number): bigint | undefined {
  const match = /^([-+]?)(\w+)$/.exec(source.trim().toLowerCase());
  if (!match) return undefined;
  const [, sign, body = ""] = match;
  const prefix = PREFIXES[base];
  const bare = prefix !== undefined && body.startsWith(prefix) ? body.slice(2) : body;
  if (/^_|__|_$/.test(bare) || bare === "") return undefined;
  const value = digitsIn(bare.replaceAll("_", ""), base);
  return value === undefined || sign !== "-" ? value : -value;
}

function truncated(value: number): unknown {
  return Number.isFinite(value) ? makeInt(BigInt(Math.trunc(value))) : undefined;
}

const int = filterOf({ default: 0, base: 10 }, (value, { default: fallback, base }) => {
  if (value instanceof Undefined) value.raise();
  if (isInt(value)) return value;
  if (isString(value)) {
    const parsed = parseIntStrictly(String(value), toIndex(base) ?? 10);
    if (parsed !== undefined) return makeInt(parsed);
  }
  const number = parseFloatStrictly(value);
  if (number === undefined || Number.isNaN(number)) return fallback;
  return truncated(number) ?? fail("cannot convert float infinity to integer");
});

const float = filterOf({ default: makeFloat(0) }, (value, { default: fallback }) => {
  if (value instanceof Undefined) value.raise();
  const number = parseFloatStrictly(value);
  return number === undefined ? fallback : makeFloat(number);
});

/** Python's round(value, digits): half goes to the even neighbour, judged on the exact binary value. */
export function roundHalfEven(value: number, digits: number): number {
  if (!Number.isFinite(value)) return value;
  if (digits >= 0) return Number(toFixed(value, Math.min(digits, 100)));
  const unit = 10 ** -digits;
  const down = Math.floor(value / unit) * unit;
  const rest = value - down;
  const odd = (down / unit) % 2 !== 0;
  return rest > unit / 2 || (rest === unit / 2 && odd) ? down + unit : down;
}

const round = filterOf({ precision: 0, method: "common" }, (value, { precision, method }) => {
  const digits = toIndex(precision) ?? fail("the precision must be an integer");
  if (!["common", "ceil", "floor"].includes(str(method))) fail("method must be common, ceil or floor");
  const number = numeric(value);
  if (number === undefined) return notANumber(value);
  if (method === "common") {
    if (!isFloat(value)) return digits >= 0 ? number : roundedInt(number, digits);
    return makeFloat(roundHalfEven(Number(number), digits));
  }
  const scale = 10 ** digits;
  const scaled = Number(number) * scale;
  return makeFloat((method === "ceil" ? Math.ceil(scaled) : Math.floor(scaled)) / scale);
});

function roundedInt(number: number | bigint, digits: number): unknown {
  return makeInt(BigInt(roundHalfEven(Number(number), digits)));
}

function notANumber(value: unknown): never {
  if (value instanceof Undefined) value.raise();
  return fail(`type ${typeName(value)} doesn't define a number`);
}

const abs = filterOf({}, (value) => {
  const number = numeric(value);
  if (number === undefined) return notANumber(value);
  if (isFloat(value)) return makeFloat(Math.abs(Number(number)));
  return number < 0 ? makeInt(-BigInt(number)) : number;
});

const UNITS = ["B", "k", "M", "G", "T", "P", "E", "Z", "Y"];

const filesizeformat = filterOf({ binary: false }, (value, { binary }) => {
  const size = parseFloatStrictly(value);
  if (size === undefined) return notANumber(value);
  const base = truthy(binary) ? 1024 : 1000;
  if (size === 1) return "1 Byte";
  if (size < base) return `${Math.trunc(size)} Bytes`;
  let power = 1;
  while (power < UNITS.length - 1 && size >= base ** (power + 1)) power++;
  const unit = truthy(binary) ? `${(UNITS[power] ?? "").toUpperCase()}iB` : `${UNITS[power]}B`;
  return `${formatFloat(size / base ** power, "f", 1, false)} ${unit}`;
});

const defaultFilter = filterOf({ default_value: "", boolean: false }, (value, { default_value, boolean }) => {
  if (value instanceof Undefined) return default_value;
  return truthy(boolean) && !truthy(value) ? default_value : value;
});

export const NUMBER_FILTERS: Record<string, Filter> = {
  abs,
  attr: filterOf({ name: REQUIRED }, (value, { name }, call) =>
    plainAttribute(value, str(name), call.environment.undefinedMode),
  ),
  d: defaultFilter,
  default: defaultFilter,
  filesizeformat,
  float,
  int,
  random: filterOf({}, () =>
    fail(
      "the filter random would give another file at each run; use a value from passwords.yml or globals.yml",
    ),
  ),
  round,
};
