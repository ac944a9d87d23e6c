import { fail } from "./errors.ts";
import { formatFloat } from "./number-format.ts";
import { floatRepr, str } from "./repr.ts";
import { characters, isFloat, isString, numeric, typeName, Undefined } from "./values.ts";

interface Spec {
  fill: string;
  align: string;
  sign: string;
  alternate: boolean;
  width: number;
  grouping: string;
  precision: number | undefined;
  type: string;
}

const SPEC = /^(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su;
const RADIX: Record<string, number> = { b: 2, o: 8, x: 16, X: 16 };

function parseSpec(text: string): Spec {
  const match = SPEC.exec(text);
  if (!match) return fail(`Invalid format specifier '${text}'`);
  const [, fill, align, sign = "-", alternate, zero, width = "0", grouping = "", precision, type = ""] =
    match;
  return {
    fill: fill ?? (zero && !align ? "0" : " "),
    align: align ?? (zero ? "=" : ""),
    sign,
    alternate: alternate !== undefined,
    width: Number(width),
    grouping,
    precision: precision === undefined ? undefined : Number(precision),
    type,
  };
}

function aligned(sign: string, body: string, spec: Spec, natural: string): string {
  const text = sign + body;
  const size = characters(text).length;
  const missing = spec.width - size;
  if (missing <= 0) return text;
  switch (spec.align || natural) {
    case "<":
      return text + spec.fill.repeat(missing);
    case "^":
      return spec.fill.repeat(Math.floor(missing / 2)) + text + spec.fill.repeat(Math.ceil(missing / 2));
    case "=":
      return sign + spec.fill.repeat(missing) + body;
    default:
      return spec.fill.repeat(missing) + text;
  }
}

function grouped(digits: string, spec: Spec, every: number): string {
  if (spec.grouping === "") return digits;
  const [whole = "", ...rest] = digits.split(/(?=[.e])/);
  return whole.replace(new RegExp(`\\B(?=(?:.{${every}})+$)`, "g"), spec.grouping) + rest.join("");
}

function signText(negative: boolean, spec: Spec): string {
  if (negative) return "-";
  return spec.sign === "-" ? "" : spec.sign;
}

function formatInteger(number: number | bigint, spec: Spec): string {
  if (spec.precision !== undefined) fail("Precision not allowed in integer format specifier");
  const value = BigInt(number);
  if (spec.type === "c") return aligned("", String.fromCodePoint(Number(value)), spec, "<");
  const radix = RADIX[spec.type] ?? 10;
  const digits = (value < 0n ? -value : value).toString(radix);
  const prefix = spec.alternate && radix !== 10 ? `0${spec.type}` : "";
  const cased = spec.type === "X" ? digits.toUpperCase() : digits;
  const body = grouped(cased, spec, radix === 10 ? 3 : 4);
  return aligned(signText(value < 0n, spec) + prefix, body, spec, ">");
}

function floatBody(size: number, spec: Spec): string {
  const { type, precision, alternate } = spec;
  if (type === "%") return `${formatFloat(size * 100, "f", precision ?? 6, alternate)}%`;
  if (type === "" && precision === undefined) return floatRepr(size);
  if (type !== "") return formatFloat(size, type === "n" ? "g" : type, precision ?? 6, alternate);
  const text = formatFloat(size, "g", precision ?? 6, alternate);
  return /[.en]/.test(text) ? text : `${text}.0`;
}

function formatReal(number: number, spec: Spec): string {
  const negative = number < 0 || Object.is(number, -0);
  return aligned(signText(negative, spec), grouped(floatBody(Math.abs(number), spec), spec, 3), spec, ">");
}

function formatText(text: string, spec: Spec): string {
  if (spec.align === "=" && spec.fill !== "0") fail("'=' alignment not allowed in string format specifier");
  const cut = spec.precision === undefined ? text : characters(text).slice(0, spec.precision).join("");
  return aligned("", cut, spec.align === "=" ? { ...spec, align: "<" } : spec, "<");
}

function formatNumber(value: unknown, number: number | bigint, spec: Spec): string {
  if (spec.type !== "" && !"bcdeEfFgGnoxX%".includes(spec.type)) {
    fail(`Unknown format code '${spec.type}' for object of type '${typeName(value)}'`);
  }
  const real = isFloat(value) || "eEfFgG%".includes(spec.type || "d");
  if (!real) return formatInteger(number, spec);
  if (spec.type !== "" && "bcdoxX".includes(spec.type)) {
    fail(`Unknown format code '${spec.type}' for object of type 'float'`);
  }
  return formatReal(Number(number), spec);
}

/** Python's format(value, spec). */
export function formatValue(value: unknown, specText: string): string {
  if (specText === "") return str(value);
  if (value instanceof Undefined) value.raise();
  const spec = parseSpec(specText);
  if (isString(value)) {
    if (spec.type !== "" && spec.type !== "s")
      fail(`Unknown format code '${spec.type}' for object of type 'str'`);
    return formatText(String(value), spec);
  }
  const number = numeric(value);
  if (number === undefined) return fail(`unsupported format string passed to ${typeName(value)}.__format__`);
  return formatNumber(value, number, spec);
}
