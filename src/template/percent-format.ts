import { dictGet } from "./dict.ts";
import { fail } from "./errors.ts";
import { escapeHtml } from "./escape.ts";
import { formatFloat } from "./number-format.ts";
import { repr, str } from "./repr.ts";
import { isDict, isFloat, isTuple, Markup, MISSING, numeric, typeName, Undefined } from "./values.ts";

const CONVERSION = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?[hlL]?(.)?/gs;

interface Spec {
  flags: string;
  width: number;
  precision: number | undefined;
  type: string;
}

function pad(text: string, spec: Spec, numericValue: boolean): string {
  if (spec.flags.includes("-")) return text.padEnd(spec.width);
  if (!numericValue || !spec.flags.includes("0")) return text.padStart(spec.width);
  const sign = /^[-+ ]?(?:0[xo])?/i.exec(text)?.[0] ?? "";
  return sign + text.slice(sign.length).padStart(spec.width - sign.length, "0");
}

function withSign(text: string, flags: string): string {
  if (text.startsWith("-")) return text;
  if (flags.includes("+")) return `+${text}`;
  return flags.includes(" ") ? ` ${text}` : text;
}

function requireNumber(value: unknown, type: string): number | bigint {
  if (value instanceof Undefined) value.raise();
  const number = numeric(value);
  if (number === undefined) return fail(`%${type} format: a real number is required, not ${typeName(value)}`);
  return number;
}

function integerText(value: unknown, spec: Spec): string {
  const number = requireNumber(value, spec.type);
  if (isFloat(value) && !"diu".includes(spec.type))
    fail(`%${spec.type} format: an integer is required, not float`);
  if (typeof number === "number" && !Number.isFinite(number))
    fail("cannot convert float infinity or NaN to integer");
  const whole = typeof number === "bigint" ? number : BigInt(Math.trunc(number));
  const radix = { x: 16, X: 16, o: 8 }[spec.type] ?? 10;
  const digits = (whole < 0n ? -whole : whole).toString(radix).padStart(spec.precision ?? 0, "0");
  const prefix = spec.flags.includes("#") && radix !== 10 ? (radix === 8 ? "0o" : "0x") : "";
  const text = `${whole < 0n ? "-" : ""}${prefix}${digits}`;
  return withSign(spec.type === "X" ? text.toUpperCase() : text, spec.flags);
}

function characterText(value: unknown): string {
  if (typeof value === "string" && value.length === 1) return value;
  const number = numeric(value);
  if (number === undefined) fail("%c requires int or char");
  return String.fromCodePoint(Number(number));
}

function asciiRepr(value: unknown): string {
  return repr(value).replace(/[^\0-\x7f]/gu, (char) => {
    const code = char.codePointAt(0) ?? 0;
    const [letter, size] = code <= 0xff ? ["x", 2] : code <= 0xffff ? ["u", 4] : ["U", 8];
    return `\\${letter}${code.toString(16).padStart(Number(size), "0")}`;
  });
}

function textual(value: unknown, spec: Spec): string {
  const convert = { r: repr, a: asciiRepr }[spec.type] ?? str;
  const text = convert(value);
  return spec.precision === undefined ? text : text.slice(0, spec.precision);
}

function convert(value: unknown, spec: Spec): string {
  if ("sra".includes(spec.type)) return pad(textual(value, spec), spec, false);
  if (spec.type === "c") return pad(characterText(value), spec, false);
  if ("diuxXo".includes(spec.type)) return pad(integerText(value, spec), spec, true);
  const number = Number(requireNumber(value, spec.type));
  const text = formatFloat(number, spec.type, spec.precision ?? 6, spec.flags.includes("#"));
  return pad(withSign(text, spec.flags), spec, true);
}

/** Hands out the values of the right side one by one. */
class Operands {
  readonly #source: unknown;
  readonly #items: unknown[];
  #used = 0;
  #named = false;

  constructor(source: unknown) {
    this.#source = source;
    this.#items = isTuple(source) ? source : [source];
  }

  next(): unknown {
    if (this.#used >= this.#items.length) fail("not enough arguments for format string");
    return this.#items[this.#used++];
  }

  named(key: string): unknown {
    this.#named = true;
    if (!isDict(this.#source)) return fail("format requires a mapping");
    const value = dictGet(this.#source, key);
    return value === MISSING ? fail(`format string names '${key}', which is missing`) : value;
  }

  finish(): void {
    const spare = this.#used < this.#items.length && !this.#named && !isDict(this.#source);
    if (spare && !Array.isArray(this.#source)) fail("not all arguments converted during string formatting");
    if (spare && isTuple(this.#source)) fail("not all arguments converted during string formatting");
  }
}

function size(text: string | undefined, operands: Operands): number | undefined {
  if (text === undefined) return undefined;
  return text === "*" ? Number(requireNumber(operands.next(), "*")) : Number(text);
}

/** Python's `template % values`. Throws KOLLA_TEMPLATE_RUNTIME when they do not fit. */
export function percentFormat(template: string | Markup, values: unknown): string {
  const operands = new Operands(values);
  const escaping = template instanceof Markup;
  const text = String(template).replace(
    CONVERSION,
    (_whole, key: string | undefined, flags: string, width?: string, precision?: string, type?: string) => {
      if (type === "%") return "%";
      if (type === undefined) fail("incomplete format");
      if (!"diouxXeEfFgGcrsa".includes(type)) fail(`unsupported format character '${type}'`);
      const wide = size(width, operands) ?? 0;
      const spec: Spec = {
        flags: wide < 0 ? `${flags}-` : flags,
        width: Math.abs(wide),
        precision: size(precision, operands),
        type,
      };
      const value = key === undefined ? operands.next() : operands.named(key);
      return convert(escaping && type === "s" ? escapeHtml(value) : value, spec);
    },
  );
  operands.finish();
  return text;
}
