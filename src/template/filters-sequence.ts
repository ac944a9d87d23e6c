import { REQUIRED } from "./arguments.ts";
import { compare, equals } from "./compare.ts";
import { dictEntries, requireHashable } from "./dict.ts";
import { fail } from "./errors.ts";
import { filterOf, getterOf, lowered } from "./filter-kit.ts";
import { binary } from "./operators.ts";
import { str } from "./repr.ts";
import type { Filter, FilterCall } from "./runtime.ts";
import { sortValues } from "./sequence-methods.ts";
import {
  characters,
  isDict,
  isString,
  iterate,
  length,
  PyIterator,
  PyNamedTuple,
  PyTuple,
  toIndex,
  truthy,
  typeName,
  Undefined,
} from "./values.ts";

/** The items of a value for sorting and grouping: strings compare without case unless asked. */
function sortKey(attribute: unknown, caseSensitive: unknown, call: FilterCall): (item: unknown) => unknown {
  const paths = isString(attribute) ? String(attribute).split(",") : [attribute];
  const getters = paths.map((path) =>
    getterOf(isString(path) && /^\d+$/.test(String(path)) ? Number(path) : path, call),
  );
  const fold = truthy(caseSensitive) ? (value: unknown) => value : lowered;
  return (item) => getters.map((get) => fold(get(item)));
}

const sort = filterOf(
  { reverse: false, case_sensitive: false, attribute: null },
  (value, { reverse, case_sensitive, attribute }, call) =>
    sortValues([...iterate(value)], sortKey(attribute, case_sensitive, call), truthy(reverse)),
);

const dictsort = filterOf(
  { case_sensitive: false, by: "key", reverse: false },
  (value, { case_sensitive, by, reverse }) => {
    if (!isDict(value)) return value instanceof Undefined ? value.raise() : fail("dictsort needs a mapping");
    if (by !== "key" && by !== "value") fail('You can only sort by either "key" or "value"');
    const fold = truthy(case_sensitive) ? (item: unknown) => item : lowered;
    const entries = sortValues(
      dictEntries(value),
      (entry) => fold(entry[by === "key" ? 0 : 1]),
      truthy(reverse),
    );
    return entries.map((entry) => PyTuple.make(entry));
  },
);

const join = filterOf({ d: "", attribute: null }, (value, { d, attribute }, call) =>
  [...iterate(value)].map(getterOf(attribute, call)).map(str).join(str(d)),
);

function first(value: unknown, _args: unknown, call: FilterCall): unknown {
  for (const item of iterate(value)) return item;
  return new Undefined("No first item, sequence was empty.", call.environment.undefinedMode);
}

function last(value: unknown, _args: unknown, call: FilterCall): unknown {
  if (value instanceof PyIterator) fail(`'${value.typeName}' object is not reversible`);
  const items = [...iterate(value)];
  if (items.length > 0) return items.at(-1);
  return new Undefined("No last item, sequence was empty.", call.environment.undefinedMode);
}

function reversed(value: unknown): unknown {
  if (isString(value)) return characters(String(value)).reverse().join("");
  const typed: Record<string, string> = { list: "list_reverseiterator", range: "range_iterator" };
  return new PyIterator([...iterate(value)].reverse(), typed[typeName(value)] ?? "reversed");
}

function extreme(symbol: "<" | ">"): Filter {
  return filterOf(
    { case_sensitive: false, attribute: null },
    (value, { case_sensitive, attribute }, call) => {
      const fold = truthy(case_sensitive) ? (item: unknown) => item : lowered;
      const get = getterOf(attribute, call);
      const [first, ...others] = [...iterate(value)].map((item) => ({ item, key: fold(get(item)) }));
      if (!first)
        return new Undefined("No aggregated item, sequence was empty.", call.environment.undefinedMode);
      return others.reduce((best, next) => (precedes(next.key, best.key, symbol) ? next : best), first).item;
    },
  );
}

function precedes(a: unknown, b: unknown, symbol: "<" | ">"): boolean {
  const order = compare(a, b, symbol);
  return symbol === "<" ? order < 0 : order > 0;
}

const sum = filterOf({ attribute: null, start: 0 }, (value, { attribute, start }, call) => {
  let total = start;
  for (const item of [...iterate(value)].map(getterOf(attribute, call))) total = binary("+", total, item);
  return total;
});

const unique = filterOf(
  { case_sensitive: false, attribute: null },
  (value, { case_sensitive, attribute }, call) => {
    const fold = truthy(case_sensitive) ? (item: unknown) => item : lowered;
    const get = getterOf(attribute, call);
    return new PyIterator(uniqueItems(iterate(value), (item) => fold(get(item))));
  },
);

/** Items whose key was not there before; lists and dicts are keys only when they may be compared one by one. */
export function* uniqueItems(
  items: Iterable<unknown>,
  key: (item: unknown) => unknown,
  comparable = false,
): Iterable<unknown> {
  const seen: unknown[] = [];
  for (const item of items) {
    const wanted = key(item);
    if (!comparable) requireHashable(wanted);
    if (seen.some((other) => equals(other, wanted))) continue;
    seen.push(wanted);
    yield item;
  }
}

function* batches(items: Iterable<unknown>, size: number, fill: unknown): Iterable<unknown[]> {
  let batch: unknown[] = [];
  for (const item of items) {
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
    batch.push(item);
  }
  if (batch.length === 0) return;
  while (fill !== null && batch.length < size) batch.push(fill);
  yield batch;
}

const batch = filterOf({ linecount: REQUIRED, fill_with: null }, (value, { linecount, fill_with }) => {
  const size = toIndex(linecount) ?? fail("batch needs a number");
  return new PyIterator(batches(iterate(value), size, fill_with));
});

function* columns(items: unknown[], count: number, fill: unknown): Iterable<unknown[]> {
  const size = Math.floor(items.length / count);
  const longer = items.length % count;
  let start = 0;
  for (let column = 0; column < count; column++) {
    const end = start + size + (column < longer ? 1 : 0);
    const part = items.slice(start, end);
    if (fill !== null && column >= longer) part.push(fill);
    yield part;
    start = end;
  }
}

const slice = filterOf({ slices: REQUIRED, fill_with: null }, (value, { slices, fill_with }) => {
  const count = toIndex(slices) ?? fail("slice needs a number");
  if (count === 0) fail("division by zero");
  return new PyIterator(columns([...iterate(value)], count, fill_with));
});

const groupby = filterOf(
  { attribute: REQUIRED, default: null, case_sensitive: false },
  (value, { attribute, default: fallback, case_sensitive }, call) => {
    const get = getterOf(attribute, call, fallback);
    const fold = truthy(case_sensitive) ? (item: unknown) => item : lowered;
    const groups: { key: unknown; items: unknown[] }[] = [];
    for (const item of sortValues([...iterate(value)], (entry) => fold(get(entry)), false)) {
      const key = fold(get(item));
      const open = groups.at(-1);
      if (open && equals(open.key, key)) open.items.push(item);
      else groups.push({ key, items: [item] });
    }
    return groups.map(({ items }) => PyNamedTuple.named({ grouper: get(items[0]), list: items }));
  },
);

function mapBody(call: FilterCall, args: unknown[]): (item: unknown) => unknown {
  const { attribute, default: fallback = null, ...rest } = call.kwargs;
  if (args.length === 0 && attribute !== undefined) {
    const [unexpected] = Object.keys(rest);
    if (unexpected !== undefined) fail(`Unexpected keyword argument '${unexpected}'`);
    return getterOf(attribute, call, fallback);
  }
  const [name, ...more] = args;
  if (name === undefined) fail("map requires a filter argument");
  const { kwargs } = call;
  return (item) => call.environment.callFilter(str(name), item, more, kwargs);
}

const map: Filter = function (value, ...args) {
  const body = mapBody(this, args);
  return new PyIterator(mapped(truthy(value) ? iterate(value) : [], body));
};

function* mapped(items: Iterable<unknown>, body: (item: unknown) => unknown): Iterable<unknown> {
  for (const item of items) yield body(item);
}

function* kept(items: Iterable<unknown>, keeps: (item: unknown) => boolean): Iterable<unknown> {
  for (const item of items) if (keeps(item)) yield item;
}

/** select, reject, selectattr and rejectattr: keep what passes (or fails) a test. */
function selector(wanted: boolean, byAttribute: boolean): Filter {
  return function (value, ...given) {
    const args = [...given];
    if (byAttribute && args.length === 0) fail("Missing parameter for attribute name");
    const get = byAttribute ? getterOf(args.shift(), this) : (item: unknown) => item;
    const [name, ...more] = args;
    const passes = (item: unknown): boolean =>
      name === undefined ? truthy(item) : this.environment.callTest(str(name), item, more);
    return new PyIterator(kept(truthy(value) ? iterate(value) : [], (item) => passes(get(item)) === wanted));
  };
}

function items(value: unknown): unknown {
  if (value instanceof Undefined) return new PyIterator([]);
  if (!isDict(value)) fail("Can only get item pairs from a mapping.");
  return new PyIterator(dictEntries(value).map((entry) => PyTuple.make(entry)));
}

export const SEQUENCE_FILTERS: Record<string, Filter> = {
  batch,
  count: filterOf({}, length),
  dictsort,
  first: filterOf({}, first),
  groupby,
  items: filterOf({}, items),
  join,
  last: filterOf({}, last),
  length: filterOf({}, length),
  list: filterOf({}, (value) => [...iterate(value)]),
  map,
  max: extreme(">"),
  min: extreme("<"),
  reject: selector(false, false),
  rejectattr: selector(false, true),
  reverse: filterOf({}, reversed),
  select: selector(true, false),
  selectattr: selector(true, true),
  slice,
  sort,
  sum,
  unique,
};
