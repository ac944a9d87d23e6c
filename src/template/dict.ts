import { valuesEqual } from "./equality.ts";
import { fail } from "./errors.ts";
import { type Dict, isDict, isList, isTuple, MISSING, Undefined } from "./values.ts";

/** Dicts cannot be keys, so no two keys are equal dicts. */
const noDicts = (): boolean => false;

function mapKey(map: Map<unknown, unknown>, key: unknown): unknown {
  if (map.has(key)) return key;
  if (typeof key === "string" || key === null) return MISSING;
  for (const candidate of map.keys()) {
    if (typeof candidate !== "string" && valuesEqual(candidate, key, noDicts)) return candidate;
  }
  return MISSING;
}

/** Lists and dicts cannot be keys in Python. */
export function requireHashable(key: unknown): void {
  if (isList(key)) fail("unhashable type: 'list'");
  if (isDict(key)) fail("unhashable type: 'dict'");
  if (isTuple(key)) for (const item of key) requireHashable(item);
  if (key instanceof Undefined) key.touch();
}

/** An own property, looked up once only, since the object may compute it; undefined when there is none. */
export function ownValue(object: Record<string, unknown>, key: string): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(object, key);
  return descriptor?.get ? object[key] : descriptor?.value;
}

/** The value under a key, or MISSING. Own properties only, so nothing of JavaScript's shows through. */
export function dictGet(dict: Dict, key: unknown): unknown {
  if (dict instanceof Map) {
    if (typeof key !== "string") requireHashable(key);
    const found = mapKey(dict, key);
    return found === MISSING ? MISSING : dict.get(found);
  }
  if (typeof key !== "string") {
    requireHashable(key);
    return MISSING;
  }
  const value = ownValue(dict, key);
  return typeof value === "function" || value === undefined ? MISSING : value;
}

/** Python's dict[key] = value. Throws for a key that cannot be one. */
export function dictSet(dict: Dict, key: unknown, value: unknown): void {
  if (!(dict instanceof Map)) {
    Object.defineProperty(dict, String(key), { value, writable: true, enumerable: true, configurable: true });
    return;
  }
  if (typeof key !== "string") requireHashable(key);
  const found = mapKey(dict, key);
  dict.set(found === MISSING ? key : found, value);
}

/** Takes a key out, if it is there. */
export function dictDelete(dict: Dict, key: unknown): void {
  if (dict instanceof Map) dict.delete(mapKey(dict, key));
  else delete dict[String(key)];
}

/** The keys, in the order in which they were first set. */
export function dictKeys(dict: Dict): unknown[] {
  return dict instanceof Map ? [...dict.keys()] : Object.keys(dict);
}

/** The values in the order of their keys. */
export function dictValues(dict: Dict): unknown[] {
  return dictKeys(dict)
    .map((key) => dictGet(dict, key))
    .map((value) => (value === MISSING ? null : value));
}

/** Pairs of key and value. */
export function dictEntries(dict: Dict): [unknown, unknown][] {
  const values = dictValues(dict);
  return dictKeys(dict).map((key, index) => [key, values[index]]);
}

/** A new dict with the same entries; later writes to it do not touch the original. */
export function dictCopy(dict: Dict): Map<unknown, unknown> {
  return new Map(dictEntries(dict));
}
