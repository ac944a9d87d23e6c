import { bind, REQUIRED } from "./arguments.ts";
import { equals } from "./compare.ts";
import { dictEntries, dictKeys, dictSet, dictValues } from "./dict.ts";
import { fail } from "./errors.ts";
import { repr } from "./repr.ts";
import {
  type CallArguments,
  type Dict,
  isDict,
  isFloat,
  isInt,
  iterate,
  MISSING,
  PyFunction,
  PyObject,
  PyTuple,
  toIndex,
  typeName,
} from "./values.ts";

const MAX_RANGE = 100_000;

/** Python's range: lazy, indexable, with a length. */
export class Range extends PyObject {
  readonly typeName = "range";
  readonly start: number;
  readonly stop: number;
  readonly step: number;

  constructor(start: number, stop: number, step: number) {
    super();
    this.start = start;
    this.stop = stop;
    this.step = step;
  }

  static from({ args }: CallArguments): Range {
    const numbers = args.map((arg) => {
      if (!isInt(arg) && typeof arg !== "boolean")
        fail(`'${typeName(arg)}' object cannot be interpreted as an integer`);
      return Number(arg);
    });
    const [first, second, step = 1] = numbers;
    if (first === undefined || numbers.length > 3)
      return fail(`range expected 1 to 3 arguments, got ${numbers.length}`);
    if (step === 0) fail("range() arg 3 must not be zero");
    const range = second === undefined ? new Range(0, first, 1) : new Range(first, second, step);
    if (range.size > MAX_RANGE) fail(`Range too big. The sandbox blocks ranges larger than ${MAX_RANGE}.`);
    return range;
  }

  override get size(): number {
    return Math.max(0, Math.ceil((this.stop - this.start) / this.step));
  }

  override iterate(): Iterable<unknown> {
    return Array.from({ length: this.size }, (_, index) => this.start + index * this.step);
  }

  override item(key: unknown): unknown {
    const index = toIndex(key);
    if (index === undefined) return MISSING;
    const at = index < 0 ? index + this.size : index;
    return at >= 0 && at < this.size ? this.start + at * this.step : MISSING;
  }

  override repr(): string {
    const step = this.step === 1 ? "" : `, ${this.step}`;
    return `range(${this.start}, ${this.stop}${step})`;
  }
}

/** What dict.keys(), .values() and .items() give: a live view. */
export class DictView extends PyObject {
  readonly typeName: string;
  readonly #dict: Dict;
  readonly #kind: "keys" | "values" | "items";

  constructor(dict: Dict, kind: "keys" | "values" | "items") {
    super();
    this.#dict = dict;
    this.#kind = kind;
    this.typeName = `dict_${kind}`;
  }

  override iterate(): unknown[] {
    if (this.#kind === "keys") return dictKeys(this.#dict);
    if (this.#kind === "values") return dictValues(this.#dict);
    return dictEntries(this.#dict).map((entry) => PyTuple.make(entry));
  }

  override get size(): number {
    return dictKeys(this.#dict).length;
  }

  override repr(): string {
    return `${this.typeName}([${this.iterate().map(repr).join(", ")}])`;
  }
}

/** Entries for a new dict out of a mapping or an iterable of pairs, and keyword arguments. */
export function dictEntriesFrom({ args, kwargs }: CallArguments): [unknown, unknown][] {
  const [source] = args;
  if (args.length > 1) fail(`dict expected at most 1 argument, got ${args.length}`);
  const entries =
    source === undefined ? [] : isDict(source) ? dictEntries(source) : [...iterate(source)].map(toPair);
  return [...entries, ...Object.entries(kwargs)];
}

function toPair(item: unknown, index: number): [unknown, unknown] {
  const pair = [...iterate(item)];
  if (pair.length !== 2)
    fail(`dictionary update sequence element #${index} has length ${pair.length}; 2 is required`);
  return [pair[0], pair[1]];
}

function makeDict(call: CallArguments): Map<unknown, unknown> {
  const dict = new Map<unknown, unknown>();
  for (const [key, value] of dictEntriesFrom(call)) dictSet(dict, key, value);
  return dict;
}

/** Jinja's namespace(): attributes that a template may set from inside a loop. */
export class Namespace extends PyObject {
  readonly typeName = "Namespace";
  readonly #values: Map<unknown, unknown>;

  constructor(call: CallArguments) {
    super();
    this.#values = makeDict(call);
  }

  override attribute(name: string): unknown {
    return this.#values.has(name) ? this.#values.get(name) : MISSING;
  }

  override item(key: unknown): unknown {
    return this.attribute(String(key));
  }

  set(name: string, value: unknown): void {
    this.#values.set(name, value);
  }

  override repr(): string {
    return `<Namespace ${repr(this.#values)}>`;
  }
}

/** Jinja's cycler(): next() walks round and round the items. */
class Cycler extends PyObject {
  readonly typeName = "Cycler";
  readonly #items: unknown[];
  #position = 0;

  constructor({ args }: CallArguments) {
    super();
    if (args.length === 0) fail("at least one item has to be provided");
    this.#items = args;
  }

  override attribute(name: string): unknown {
    if (name === "current") return this.#items[this.#position];
    if (name === "pos") return this.#position;
    if (name === "items") return PyTuple.make(this.#items);
    if (name === "next") return new PyFunction("next", () => this.#next(), "method");
    if (name === "reset") return new PyFunction("reset", () => this.#reset(), "method");
    return MISSING;
  }

  #next(): unknown {
    const item = this.#items[this.#position];
    this.#position = (this.#position + 1) % this.#items.length;
    return item;
  }

  #reset(): null {
    this.#position = 0;
    return null;
  }
}

/** Jinja's joiner(): nothing on the first call, the separator ever after. */
class Joiner extends PyObject {
  readonly typeName = "Joiner";
  readonly #separator: unknown;
  #used = false;

  constructor(call: CallArguments) {
    super();
    this.#separator = bind("joiner()", { sep: ", " }, call).sep;
  }

  override get callable(): boolean {
    return true;
  }

  override call(): unknown {
    if (this.#used) return this.#separator;
    this.#used = true;
    return "";
  }
}

/** `loop` inside a for. */
export class LoopState extends PyObject {
  readonly typeName = "LoopContext";
  readonly items: unknown[];
  readonly depth0: number;
  readonly #recurse: ((items: unknown) => unknown) | undefined;
  index0 = -1;
  #changed: unknown = MISSING;

  constructor(items: unknown[], depth0: number, recurse?: (items: unknown) => unknown) {
    super();
    this.items = items;
    this.depth0 = depth0;
    this.#recurse = recurse;
  }

  override get size(): number {
    return this.items.length;
  }

  override attribute(name: string): unknown {
    const position = this.#position(name);
    if (position !== MISSING) return position;
    switch (name) {
      case "previtem":
        return this.index0 > 0 ? this.items[this.index0 - 1] : MISSING;
      case "nextitem":
        return this.index0 + 1 < this.items.length ? this.items[this.index0 + 1] : MISSING;
      case "cycle":
        return new PyFunction("cycle", ({ args }) => this.#cycle(args), "method");
      case "changed":
        return new PyFunction("changed", ({ args }) => this.#hasChanged(args), "method");
      default:
        return MISSING;
    }
  }

  #position(name: string): unknown {
    const { length } = this.items;
    switch (name) {
      case "index":
        return this.index0 + 1;
      case "index0":
        return this.index0;
      case "revindex":
        return length - this.index0;
      case "revindex0":
        return length - this.index0 - 1;
      case "first":
        return this.index0 === 0;
      case "last":
        return this.index0 === length - 1;
      case "length":
        return length;
      case "depth":
        return this.depth0 + 1;
      case "depth0":
        return this.depth0;
      default:
        return MISSING;
    }
  }

  #cycle(args: unknown[]): unknown {
    if (args.length === 0) fail("no items for cycling given");
    return args[this.index0 % args.length];
  }

  #hasChanged(args: unknown[]): boolean {
    const now = PyTuple.make(args);
    if (this.#changed !== MISSING && equals(this.#changed, now)) return false;
    this.#changed = now;
    return true;
  }

  override get callable(): boolean {
    return true;
  }

  override call(call: CallArguments): unknown {
    if (!this.#recurse) {
      fail("The loop must have the 'recursive' marker to be called recursively.");
    }
    return this.#recurse(bind("loop()", { iterable: REQUIRED }, call).iterable);
  }

  override repr(): string {
    return `<LoopContext ${this.index0 + 1}/${this.items.length}>`;
  }
}

const LOREM =
  "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua";

/** Filler text. Always the same, unlike Python's, so that rendering stays repeatable. */
function lipsum(call: CallArguments): string {
  const { n, html } = bind("lipsum()", { n: 5, html: true, min: 20, max: 100 }, call);
  const sentence = `${LOREM.charAt(0).toUpperCase()}${LOREM.slice(1)}.`;
  const paragraphs = Array.from({ length: isFloat(n) ? 0 : Number(n) }, () => sentence);
  return html === false ? paragraphs.join("\n\n") : paragraphs.map((text) => `<p>${text}</p>`).join("\n");
}

function globalFunction(name: string, body: (call: CallArguments) => unknown): [string, PyFunction] {
  return [name, new PyFunction(name, body, "type")];
}

/** The functions that every template may call. */
export const DEFAULT_GLOBALS: ReadonlyMap<string, unknown> = new Map([
  globalFunction("range", (call) => Range.from(call)),
  globalFunction("dict", makeDict),
  globalFunction("lipsum", lipsum),
  globalFunction("cycler", (call) => new Cycler(call)),
  globalFunction("joiner", (call) => new Joiner(call)),
  globalFunction("namespace", (call) => new Namespace(call)),
]);
