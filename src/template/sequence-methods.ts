import { bind, REQUIRED } from "./arguments.ts";
import { compare, equals } from "./compare.ts";
import { dictCopy, dictDelete, dictGet, dictKeys, dictSet } from "./dict.ts";
import { fail } from "./errors.ts";
import { DictView, dictEntriesFrom } from "./objects.ts";
import { repr } from "./repr.ts";
import { type CallArguments, type Dict, iterate, MISSING, PyTuple, toIndex, truthy } from "./values.ts";

type Method<T> = (self: T, call: CallArguments) => unknown;

function one(name: string, call: CallArguments): unknown {
  if (call.args.length !== 1) fail(`${name}() takes exactly one argument (${call.args.length} given)`);
  return call.args[0];
}

function indexOf(items: unknown[], call: CallArguments): number {
  const [wanted, start = 0, stop = items.length] = call.args;
  const from = Math.max(0, Number(start) < 0 ? Number(start) + items.length : Number(start));
  const to = Number(stop) < 0 ? Number(stop) + items.length : Number(stop);
  const found = items.findIndex((item, index) => index >= from && index < to && equals(item, wanted));
  return found === -1 ? fail(`${repr(wanted)} is not in list`) : found;
}

const SHARED: Record<string, Method<unknown[]>> = {
  index: indexOf,
  count: (items, call) => {
    const wanted = one("count", call);
    return items.filter((item) => equals(item, wanted)).length;
  },
};

function pop(items: unknown[], call: CallArguments): unknown {
  const index = call.args.length === 0 ? -1 : toIndex(call.args[0]);
  if (items.length === 0) fail("pop from empty list");
  const at = index === undefined || index >= 0 ? index : index + items.length;
  if (at === undefined || at < 0 || at >= items.length) fail("pop index out of range");
  return items.splice(at, 1)[0];
}

function sortInPlace(items: unknown[], call: CallArguments): null {
  const { reverse, key } = bind("sort()", { key: null, reverse: false }, { args: [], kwargs: call.kwargs });
  if (key !== null) fail("sort() with a key is not supported; use the sort filter");
  const sorted = sortValues(items, (item) => item, truthy(reverse));
  items.splice(0, items.length, ...sorted);
  return null;
}

/** A stable sort as Python's sorted(): reversed order keeps equal items in their places. */
export function sortValues<T>(items: readonly T[], key: (item: T) => unknown, reverse: boolean): T[] {
  const keyed = items.map((item) => ({ item, key: key(item) }));
  keyed.sort((a, b) => (reverse ? compare(b.key, a.key, "<") : compare(a.key, b.key, "<")));
  return keyed.map(({ item }) => item);
}

export const LIST_METHODS: Record<string, Method<unknown[]>> = {
  ...SHARED,
  append: (items, call) => {
    items.push(one("append", call));
    return null;
  },
  extend: (items, call) => {
    items.push(...iterate(one("extend", call)));
    return null;
  },
  insert: (items, call) => {
    items.splice(toIndex(call.args[0]) ?? fail("insert() needs an index"), 0, call.args[1]);
    return null;
  },
  remove: (items, call) => {
    const wanted = one("remove", call);
    const at = items.findIndex((item) => equals(item, wanted));
    if (at === -1) fail("list.remove(x): x not in list");
    items.splice(at, 1);
    return null;
  },
  pop,
  clear: (items) => {
    items.length = 0;
    return null;
  },
  copy: (items) => [...items],
  reverse: (items) => {
    items.reverse();
    return null;
  },
  sort: sortInPlace,
};

export const TUPLE_METHODS: Record<string, Method<unknown[]>> = SHARED;

function update(dict: Dict, call: CallArguments): null {
  for (const [key, value] of dictEntriesFrom(call)) dictSet(dict, key, value);
  return null;
}

function take(dict: Dict, call: CallArguments): unknown {
  const [key, fallback = MISSING] = call.args;
  const value = dictGet(dict, key);
  if (value !== MISSING) {
    dictDelete(dict, key);
    return value;
  }
  return fallback === MISSING ? fail(`KeyError: ${repr(key)}`) : fallback;
}

function popItem(dict: Dict): PyTuple {
  const key = dictKeys(dict).at(-1) ?? fail("popitem(): dictionary is empty");
  const value = dictGet(dict, key);
  dictDelete(dict, key);
  return PyTuple.make([key, value]);
}

function setDefault(dict: Dict, call: CallArguments): unknown {
  const [key, fallback = null] = call.args;
  const value = dictGet(dict, key);
  if (value !== MISSING) return value;
  dictSet(dict, key, fallback);
  return fallback;
}

function get(dict: Dict, call: CallArguments): unknown {
  const { key, fallback } = bind("get()", { key: REQUIRED, fallback: null }, call);
  const value = dictGet(dict, key);
  return value === MISSING ? fallback : value;
}

function fromKeys(_dict: Dict, { args }: CallArguments): Dict {
  const [keys, value = null] = args;
  return new Map([...iterate(keys)].map((key) => [key, value]));
}

export const DICT_METHODS: Record<string, Method<Dict>> = {
  keys: (dict) => new DictView(dict, "keys"),
  values: (dict) => new DictView(dict, "values"),
  items: (dict) => new DictView(dict, "items"),
  get,
  update,
  pop: take,
  popitem: popItem,
  setdefault: setDefault,
  copy: (dict) => dictCopy(dict),
  clear: (dict) => {
    for (const key of dictKeys(dict)) dictDelete(dict, key);
    return null;
  },
  fromkeys: fromKeys,
};
