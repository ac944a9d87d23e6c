import { REQUIRED } from "../arguments.ts";
import { equals } from "../compare.ts";
import { dictCopy, dictEntries, dictGet, dictSet } from "../dict.ts";
import { fail } from "../errors.ts";
import { getterOf } from "../filter-kit.ts";
import { SEQUENCE_FILTERS, uniqueItems } from "../filters-sequence.ts";
import { str } from "../repr.ts";
import type { Filter } from "../runtime.ts";
import {
  type Dict,
  isDict,
  isString,
  iterate,
  MISSING,
  PyTuple,
  toIndex,
  truthy,
  typeName,
} from "../values.ts";
import { ansibleFilter, listing } from "./kit.ts";

const dictToItems = ansibleFilter(
  { key_name: "key", value_name: "value" },
  (value, { key_name, value_name }) => {
    if (!isDict(value)) return fail(`dict2items requires a dictionary, got ${typeName(value)} instead.`);
    return dictEntries(value).map(
      ([key, item]) =>
        new Map([
          [key_name, key],
          [value_name, item],
        ]),
    );
  },
);

function entryOf(item: unknown, key: unknown): unknown {
  const value = isDict(item) ? dictGet(item, key) : MISSING;
  return value === MISSING
    ? fail(`items2dict requires each item to be a dictionary with the key '${str(key)}'`)
    : value;
}

const itemsToDict = ansibleFilter(
  { key_name: "key", value_name: "value" },
  (value, { key_name, value_name }) => {
    if (!Array.isArray(value)) return fail(`items2dict requires a list, got ${typeName(value)} instead.`);
    const dict = new Map<unknown, unknown>();
    for (const item of value) dictSet(dict, entryOf(item, key_name), entryOf(item, value_name));
    return dict;
  },
);

type ListMerge = (low: unknown[], high: unknown[]) => unknown[];

const without = (items: unknown[], others: unknown[]): unknown[] =>
  items.filter((item) => !others.some((other) => equals(item, other)));

const LIST_MERGES: Record<string, ListMerge> = {
  replace: (_low, high) => high,
  keep: (low) => low,
  append: (low, high) => [...low, ...high],
  prepend: (low, high) => [...high, ...low],
  append_rp: (low, high) => [...without(low, high), ...high],
  prepend_rp: (low, high) => [...high, ...without(low, high)],
};

function merged(low: Dict, high: Dict, recursive: boolean, mergeLists: ListMerge): Dict {
  const result = dictCopy(low);
  for (const [key, item] of dictEntries(high)) {
    const before = dictGet(low, key);
    if (recursive && isDict(before) && isDict(item))
      dictSet(result, key, merged(before, item, recursive, mergeLists));
    else if (Array.isArray(before) && Array.isArray(item)) dictSet(result, key, mergeLists(before, item));
    else dictSet(result, key, item);
  }
  return result;
}

/** Later dicts win; `recursive` goes into dicts, `list_merge` says what happens to lists. */
const combine: Filter = function (value, ...more) {
  const { recursive = false, list_merge: kind = "replace", ...rest } = this.kwargs;
  if (Object.keys(rest).length > 0) fail("'recursive' and 'list_merge' are the only valid keyword arguments");
  const mergeLists = LIST_MERGES[str(kind)] ?? fail(`'${str(kind)}' is not a list_merge`);
  const dicts = [value, ...more].flatMap((item) => (Array.isArray(item) ? [...item] : [item]));
  let result: Dict | undefined;
  for (const dict of dicts) {
    if (!isDict(dict)) return fail(`combine expects dictionaries, got ${typeName(dict)}`);
    result = result ? merged(result, dict, truthy(recursive), mergeLists) : dict;
  }
  return result ?? new Map();
};

function flattened(items: Iterable<unknown>, levels: number, skipNulls: boolean): unknown[] {
  const found: unknown[] = [];
  for (const item of items) {
    if (skipNulls && (item === null || item === "None" || item === "null")) continue;
    if (Array.isArray(item) && levels > 0) found.push(...flattened(item, levels - 1, skipNulls));
    else found.push(item);
  }
  return found;
}

const flatten = ansibleFilter({ levels: null, skip_nulls: true }, (value, { levels, skip_nulls }) =>
  flattened(
    iterate(value),
    levels === null ? Number.POSITIVE_INFINITY : (toIndex(levels) ?? 0),
    truthy(skip_nulls),
  ),
);

function zipped(lists: unknown[][], size: number, fill: unknown): PyTuple[] {
  return Array.from({ length: size }, (_, index) =>
    PyTuple.make(lists.map((list) => (index < list.length ? list[index] : fill))),
  );
}

const zip: Filter = (value, ...others) => {
  const lists = [value, ...others].map((list) => [...iterate(list)]);
  return zipped(lists, Math.min(...lists.map((list) => list.length)), null);
};

const zipLongest: Filter = function (value, ...others) {
  const lists = [value, ...others].map((list) => [...iterate(list)]);
  return zipped(lists, Math.max(...lists.map((list) => list.length)), this.kwargs.fillvalue ?? null);
};

const product: Filter = (value, ...others) => {
  let rows: unknown[][] = [[]];
  for (const list of [value, ...others]) {
    const items = [...iterate(list)];
    rows = rows.flatMap((row) => items.map((item) => [...row, item]));
  }
  return rows.map((row) => PyTuple.make(row));
};

function distinct(items: Iterable<unknown>): unknown[] {
  return [...uniqueItems(items, (item) => item, true)];
}

/** A filter on two lists as sets that keep their order. */
function setFilter(body: (a: unknown[], b: unknown[]) => unknown[]): Filter {
  return ansibleFilter({ other: REQUIRED }, (value, { other }) =>
    distinct(body([...iterate(value)], [...iterate(other)])),
  );
}

function shared(a: unknown[], b: unknown[]): unknown[] {
  return a.filter((item) => b.some((other) => equals(item, other)));
}

const unique: Filter = function (value, ...args) {
  const [caseSensitive = false, attribute = null] = args;
  const { case_sensitive = caseSensitive, attribute: named = attribute } = this.kwargs;
  const get = getterOf(named, this);
  const fold = (item: unknown): unknown =>
    isString(item) && !truthy(case_sensitive) ? String(item).toLowerCase() : item;
  return [...uniqueItems(iterate(value), (item) => fold(get(item)), true)];
};

const subelements = ansibleFilter({ subelements: REQUIRED, skip_missing: false }, (value, args) => {
  const elements = isDict(value) ? dictEntries(value).map(([, item]) => item) : [...iterate(value)];
  const path = Array.isArray(args.subelements)
    ? args.subelements.map((part) => str(part))
    : str(args.subelements).split(".");
  return elements.flatMap((element) => {
    let found: unknown = element;
    for (const part of path) found = isDict(found) ? dictGet(found, part) : MISSING;
    if (found === MISSING && truthy(args.skip_missing)) return [];
    if (!Array.isArray(found)) return fail(`the key ${path.join(".")} should point to a list`);
    return [...found].map((item) => PyTuple.make([element, item]));
  });
});

function choose(items: unknown[], size: number, repeatOrder: boolean): unknown[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, index) => {
    const rest = repeatOrder ? items.filter((_, other) => other !== index) : items.slice(index + 1);
    return choose(rest, size - 1, repeatOrder).map((row) => [item, ...row]);
  });
}

function chooser(repeatOrder: boolean): Filter {
  return ansibleFilter({ size: null }, (value, { size }) => {
    const items = [...iterate(value)];
    return choose(items, size === null ? items.length : (toIndex(size) ?? 0), repeatOrder).map((row) =>
      PyTuple.make(row),
    );
  });
}

const rekey = ansibleFilter({ key: REQUIRED, duplicates: "error" }, (value, { key, duplicates }) => {
  const items = isDict(value) ? dictEntries(value).map(([, item]) => item) : [...iterate(value)];
  const dict = new Map<unknown, unknown>();
  for (const item of items) {
    const name = entryOf(item, key);
    if (dictGet(dict, name) !== MISSING && duplicates === "error") fail(`the key ${str(name)} is not unique`);
    dictSet(dict, name, item);
  }
  return dict;
});

/** Filters of Jinja's own whose result Ansible makes a list at once. */
const LISTED = ["batch", "items", "map", "reject", "rejectattr", "select", "selectattr", "slice"];

function listedFilters(): Record<string, Filter> {
  const found: Record<string, Filter> = {};
  for (const name of LISTED) {
    const filter = SEQUENCE_FILTERS[name];
    if (filter) found[name] = listing(filter);
  }
  return found;
}

export const COLLECTION_FILTERS: Record<string, Filter> = {
  ...listedFilters(),
  combinations: chooser(false),
  combine,
  dict2items: dictToItems,
  difference: setFilter(without),
  flatten,
  intersect: setFilter(shared),
  items2dict: itemsToDict,
  permutations: chooser(true),
  product,
  rekey_on_member: rekey,
  subelements,
  symmetric_difference: setFilter((a, b) => [...without(a, b), ...without(b, a)]),
  union: setFilter((a, b) => [...a, ...b]),
  unique,
  zip,
  zip_longest: zipLongest,
};
