import type { BinaryOperator } from "./ast.ts";
import { fail } from "./errors.ts";
import { escapeHtml } from "./escape.ts";
import { percentFormat } from "./percent-format.ts";
import { str } from "./repr.ts";
import {
  isFloat,
  isInt,
  isList,
  isString,
  isTuple,
  Markup,
  makeFloat,
  makeInt,
  numeric,
  PyTuple,
  toIndex,
  typeName,
  Undefined,
} from "./values.ts";

const MAX_REPEAT = 10_000_000;

function unsupported(operator: string, a: unknown, b: unknown): never {
  if (a instanceof Undefined) a.raise();
  if (b instanceof Undefined) b.raise();
  fail(`unsupported operand type(s) for ${operator}: '${typeName(a)}' and '${typeName(b)}'`);
}

function floorModulo(a: number, b: number): number {
  const rest = a % b;
  if (rest === 0) return Object.is(b, -0) || b < 0 ? -0 : 0;
  return rest < 0 !== b < 0 ? rest + b : rest;
}

function floatOperation(operator: BinaryOperator, a: number, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "**":
      return floatPower(a, b);
  }
  if (b === 0) fail(operator === "/" ? "division by zero" : "float floor division by zero");
  if (operator === "/") return a / b;
  return operator === "%" ? floorModulo(a, b) : floorQuotient(a, b);
}

function floorQuotient(a: number, b: number): number {
  const quotient = (a - floorModulo(a, b)) / b;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

function floatPower(a: number, b: number): number {
  if (a === 0 && b < 0) fail("0.0 cannot be raised to a negative power");
  if (a < 0 && Number.isFinite(b) && !Number.isInteger(b)) fail("a complex result is not supported");
  const power = a ** b;
  if (power === Number.POSITIVE_INFINITY && Number.isFinite(a) && Number.isFinite(b))
    fail("Numerical result out of range");
  return power;
}

function bigFloorDivision(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

function bigPower(a: bigint, b: bigint): unknown {
  if (b < 0n) return makeFloat(floatPower(Number(a), Number(b)));
  if (b > 100_000n && a !== 0n && a !== 1n && a !== -1n) fail("The exponent is too big");
  return makeInt(a ** b);
}

function intOperation(operator: BinaryOperator, a: bigint, b: bigint): unknown {
  switch (operator) {
    case "+":
      return makeInt(a + b);
    case "-":
      return makeInt(a - b);
    case "*":
      return makeInt(a * b);
    case "**":
      return bigPower(a, b);
  }
  if (b === 0n) fail(operator === "%" ? "integer modulo by zero" : "division by zero");
  if (operator === "/") return makeFloat(Number(a) / Number(b));
  const quotient = bigFloorDivision(a, b);
  return makeInt(operator === "//" ? quotient : a - quotient * b);
}

function arithmetic(operator: BinaryOperator, a: unknown, b: unknown): unknown {
  const left = numeric(a);
  const right = numeric(b);
  if (left === undefined || right === undefined) return unsupported(operator, a, b);
  if (isFloat(a) || isFloat(b)) return makeFloat(floatOperation(operator, Number(left), Number(right)));
  return intOperation(operator, BigInt(left), BigInt(right));
}

function repeat(a: unknown, b: unknown): unknown {
  const [sequence, count] = toIndex(a) === undefined ? [a, toIndex(b)] : [b, toIndex(a)];
  if (count === undefined) return unsupported("*", a, b);
  const times = Math.max(0, count);
  if (isString(sequence)) {
    if (String(sequence).length * times > MAX_REPEAT) fail("The repeated string is too long");
    return sameText(sequence, String(sequence).repeat(times));
  }
  if (!Array.isArray(sequence)) return unsupported("*", a, b);
  if (sequence.length * times > MAX_REPEAT) fail("The repeated list is too long");
  const items = Array.from({ length: times }, () => [...sequence]).flat(1);
  return isTuple(sequence) ? PyTuple.make(items) : items;
}

function sameText(like: string | Markup, text: string): string | Markup {
  return like instanceof Markup ? new Markup(text) : text;
}

/** Joins strings; as soon as one is Markup, the others are escaped. */
function concatenate(a: string | Markup, b: string | Markup): string | Markup {
  if (typeof a === "string" && typeof b === "string") return a + b;
  return new Markup(escapeHtml(a).text + escapeHtml(b).text);
}

function add(a: unknown, b: unknown): unknown {
  if (isString(a) && isString(b)) return concatenate(a, b);
  if (isList(a) && isList(b)) return [...a, ...b];
  if (isTuple(a) && isTuple(b)) return PyTuple.make([...a, ...b]);
  if (b instanceof Undefined) b.raise();
  if (isString(a)) fail(`can only concatenate str (not "${typeName(b)}") to str`);
  if (isList(a)) fail(`can only concatenate list (not "${typeName(b)}") to list`);
  return arithmetic("+", a, b);
}

function plainInts(a: unknown, b: unknown): boolean {
  return typeof a === "number" && typeof b === "number" && Number.isInteger(a) && Number.isInteger(b);
}

/** Applies one of Python's arithmetic operators. */
export function binary(operator: BinaryOperator, a: unknown, b: unknown): unknown {
  if (operator === "+") {
    if (typeof a === "string" && typeof b === "string") return a + b;
    if (plainInts(a, b)) {
      const sum = (a as number) + (b as number);
      if (Number.isSafeInteger(sum)) return sum;
    }
    return add(a, b);
  }
  if (operator === "*" && (numeric(a) === undefined || numeric(b) === undefined)) return repeat(a, b);
  if (operator === "%" && isString(a)) return sameText(a, percentFormat(a, b));
  return arithmetic(operator, a, b);
}

/** Unary + and -. */
export function signed(negative: boolean, value: unknown): unknown {
  const number = numeric(value);
  if (number === undefined) {
    if (value instanceof Undefined) value.raise();
    return fail(`bad operand type for unary ${negative ? "-" : "+"}: '${typeName(value)}'`);
  }
  if (isFloat(value)) return makeFloat(negative ? -Number(number) : Number(number));
  return negative ? makeInt(-BigInt(number)) : number;
}

/** Jinja's `~`: everything becomes text; markup only where output is escaped by itself. */
export function concatAll(values: unknown[], autoescape: boolean): string | Markup {
  if (!autoescape || !values.some((value) => value instanceof Markup)) return values.map(str).join("");
  return new Markup(values.map((value) => escapeHtml(value).text).join(""));
}

interface SliceBounds {
  start: unknown;
  stop: unknown;
  step: unknown;
}

function sliceIndex(value: unknown): number | undefined {
  if (value === null || value === undefined) return undefined;
  if (!isInt(value) && typeof value !== "boolean") fail("slice indices must be integers or None");
  return Number(value);
}

function clamp(index: number, size: number, lowest: number, highest: number): number {
  const absolute = index < 0 ? index + size : index;
  return Math.min(Math.max(absolute, lowest), highest);
}

/** The indices that [start:stop:step] picks from a sequence of a length. */
export function sliceIndices(size: number, bounds: SliceBounds): number[] {
  const step = sliceIndex(bounds.step) ?? 1;
  if (step === 0) fail("slice step cannot be zero");
  const forward = step > 0;
  const [lowest, highest] = forward ? [0, size] : [-1, size - 1];
  const from = sliceIndex(bounds.start);
  const to = sliceIndex(bounds.stop);
  const first = from === undefined ? (forward ? lowest : highest) : clamp(from, size, lowest, highest);
  const last = to === undefined ? (forward ? highest : lowest) : clamp(to, size, lowest, highest);
  const indices: number[] = [];
  for (let at = first; forward ? at < last : at > last; at += step) indices.push(at);
  return indices;
}
