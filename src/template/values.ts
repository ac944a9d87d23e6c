import { fail, TemplateError, type TemplateErrorCode } from "./errors.ts";

/*
 * How Python's values are held: str = string, int = integral number or bigint, float = any other number or
 * PyFloat, None = null, list = Array, tuple = PyTuple, dict = Map or any other object, the rest = PyObject.
 */

export const MISSING: unique symbol = Symbol("missing");

/** Arguments of a call, as Python passes them. */
export interface CallArguments {
  args: unknown[];
  kwargs: Record<string, unknown>;
}

/** A float whose value is integral (1.0), which a plain number could not tell from an int. */
export class PyFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
  valueOf(): number {
    return this.value;
  }
  toJSON(): number {
    return this.value;
  }
}

/** A tuple; an array for everything but str(), equality and mutation. */
export class PyTuple extends Array<unknown> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
  static make(items: Iterable<unknown>): PyTuple {
    const tuple = new PyTuple();
    for (const item of items) tuple.push(item);
    return tuple;
  }
}

/** A tuple whose items also have names, as attributes. */
export class PyNamedTuple extends PyTuple {
  names: string[] = [];
  static named(fields: Record<string, unknown>): PyNamedTuple {
    const tuple = new PyNamedTuple();
    tuple.push(...Object.values(fields));
    tuple.names = Object.keys(fields);
    return tuple;
  }
}

/** A string that is already safe for HTML: `escape` leaves it alone. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

/** An object of the engine itself: what templates may see of it goes through these methods only. */
export abstract class PyObject {
  /** As in Python's type(x).__name__. */
  abstract readonly typeName: string;
  attribute(_name: string): unknown {
    return MISSING;
  }
  item(_key: unknown): unknown {
    return MISSING;
  }
  repr(): string {
    return `<${this.typeName} object>`;
  }
  /** The items when it can be iterated, else undefined. */
  iterate(): Iterable<unknown> | undefined {
    return undefined;
  }
  get size(): number | undefined {
    return undefined;
  }
  get callable(): boolean {
    return false;
  }
  call(_call: CallArguments): unknown {
    return fail(`'${this.typeName}' object is not callable`);
  }
}

export type UndefinedMode = "default" | "strict" | "chainable";

/** What a missing variable, attribute or item evaluates to. */
export class Undefined {
  readonly message: string;
  readonly mode: UndefinedMode;
  readonly code: TemplateErrorCode;
  constructor(message: string, mode: UndefinedMode, code: TemplateErrorCode = "KOLLA_TEMPLATE_UNDEFINED") {
    this.message = message;
    this.mode = mode;
    this.code = code;
  }
  raise(): never {
    throw new TemplateError(this.code, this.message);
  }
  /** Strict undefined values may only be tested for being defined. */
  touch(): void {
    if (this.mode !== "default") this.raise();
  }
}

/** A one-shot iterator, what `map`, `select` and their like give in Python. */
export class PyIterator extends PyObject {
  readonly typeName: string;
  readonly #items: Iterator<unknown>;
  constructor(items: Iterable<unknown>, typeName = "generator") {
    super();
    this.#items = items[Symbol.iterator]();
    this.typeName = typeName;
  }
  /** A fresh wrapper on the same items, so that a loop left early does not close them. */
  override iterate(): Iterable<unknown> {
    const items = this.#items;
    return { [Symbol.iterator]: () => ({ next: () => items.next() }) };
  }
}

/** A function of the engine: a method bound to its value, or a global such as range. */
export class PyFunction extends PyObject {
  readonly typeName: string;
  readonly name: string;
  readonly #body: (call: CallArguments) => unknown;
  constructor(name: string, body: (call: CallArguments) => unknown, typeName = "builtin_function_or_method") {
    super();
    this.name = name;
    this.#body = body;
    this.typeName = typeName;
  }
  override get callable(): boolean {
    return true;
  }
  override repr(): string {
    return `<built-in method ${this.name}>`;
  }
  override call(call: CallArguments): unknown {
    return this.#body(call);
  }
}

/** A float of the engine; one that is integral must be told from an int. */
export function makeFloat(value: number): unknown {
  return Number.isInteger(value) ? new PyFloat(value) : value;
}

/** Python's isinstance(value, float). */
export function isFloat(value: unknown): boolean {
  return value instanceof PyFloat || (typeof value === "number" && !Number.isInteger(value));
}

/** Python's isinstance(value, int), but that True and False are none. */
export function isInt(value: unknown): value is number | bigint {
  return typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value));
}

/** An int from a bigint, as a plain number whenever that is exact. */
export function makeInt(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** The number of an int, float or bool; undefined for everything else. */
export function numeric(value: unknown): number | bigint | undefined {
  if (typeof value === "number" || typeof value === "bigint") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  return value instanceof PyFloat ? value.value : undefined;
}

/** An int or bool as a JavaScript number, for indices and counts. */
export function toIndex(value: unknown): number | undefined {
  if (typeof value === "boolean") return value ? 1 : 0;
  return isInt(value) ? Number(value) : undefined;
}

/** Text, plain or marked as safe. */
export function isString(value: unknown): value is string | Markup {
  return typeof value === "string" || value instanceof Markup;
}

/** Python's isinstance(value, tuple). */
export function isTuple(value: unknown): value is PyTuple {
  return value instanceof PyTuple;
}

/** Python's isinstance(value, list). */
export function isList(value: unknown): value is unknown[] {
  return Array.isArray(value) && !(value instanceof PyTuple);
}

export type Dict = Map<unknown, unknown> | Record<string, unknown>;

/** A dict: any object that is nothing else of the engine. */
export function isDict(value: unknown): value is Dict {
  if (typeof value !== "object" || value === null) return false;
  if (value instanceof Map) return true;
  return !(
    Array.isArray(value) ||
    value instanceof PyObject ||
    value instanceof PyFloat ||
    value instanceof Markup ||
    value instanceof Undefined ||
    value instanceof Set
  );
}

const TYPE_CHECKS: [string, (value: unknown) => boolean][] = [
  ["NoneType", (v) => v === null || v === undefined],
  ["bool", (v) => typeof v === "boolean"],
  ["str", (v) => typeof v === "string"],
  ["float", isFloat],
  ["int", isInt],
  ["tuple", isTuple],
  ["list", isList],
  ["Markup", (v) => v instanceof Markup],
  ["Undefined", (v) => v instanceof Undefined],
  ["set", (v) => v instanceof Set],
  ["function", (v) => typeof v === "function"],
];

/** As Python's type(value).__name__. */
export function typeName(value: unknown): string {
  for (const [name, matches] of TYPE_CHECKS) if (matches(value)) return name;
  return value instanceof PyObject ? value.typeName : "dict";
}

/** Splits into code points, as Python counts; plain strings take the short way. */
export function characters(text: string): string[] {
  return /[\ud800-\udfff]/.test(text) ? Array.from(text) : text.split("");
}

function emptiness(value: object): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map || value instanceof Set) return value.size > 0;
  if (value instanceof Undefined) {
    value.touch();
    return false;
  }
  if (value instanceof PyFloat) return value.value !== 0;
  if (value instanceof Markup) return value.text !== "";
  if (value instanceof PyObject) return value.size !== 0;
  return Object.keys(value).length > 0;
}

/** Python's bool(value). */
export function truthy(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return emptiness(value);
  return Number.isNaN(value) ? true : Boolean(value);
}

/** Python's iter(value) for values that have one, else undefined. */
export function iterableOf(value: unknown): Iterable<unknown> | undefined {
  if (typeof value === "string") return characters(value);
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value) || value instanceof Set) return value;
  if (value instanceof Undefined) {
    value.touch();
    return [];
  }
  if (value instanceof Markup) return characters(value.text);
  if (value instanceof PyObject) return value.iterate();
  if (value instanceof Map) return [...value.keys()];
  return isDict(value) ? Object.keys(value) : undefined;
}

/** Python's iter(value); throws when the value cannot be iterated. */
export function iterate(value: unknown): Iterable<unknown> {
  return iterableOf(value) ?? fail(`'${typeName(value)}' object is not iterable`);
}

/** Python's len(value), or undefined when it has none. */
export function sizeOf(value: unknown): number | undefined {
  if (isString(value)) return characters(String(value)).length;
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map || value instanceof Set) return value.size;
  if (value instanceof PyObject) return value.size;
  if (value instanceof Undefined) {
    value.touch();
    return 0;
  }
  return isDict(value) ? Object.keys(value).length : undefined;
}

/** Python's len(value). */
export function length(value: unknown): number {
  return sizeOf(value) ?? fail(`object of type '${typeName(value)}' has no len()`);
}
