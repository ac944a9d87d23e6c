import { dictGet, dictKeys } from "./dict.ts";
import { valuesEqual } from "./equality.ts";
import { fail } from "./errors.ts";
import {
  type Dict,
  isDict,
  isString,
  isTuple,
  iterate,
  MISSING,
  numeric,
  typeName,
  Undefined,
} from "./values.ts";

function dictsEqual(a: Dict, b: Dict): boolean {
  const keys = dictKeys(a);
  if (keys.length !== dictKeys(b).length) return false;
  return keys.every((key) => {
    const other = dictGet(b, key);
    return other !== MISSING && equals(dictGet(a, key), other);
  });
}

/** Python's a == b. */
export function equals(a: unknown, b: unknown): boolean {
  return valuesEqual(a, b, dictsEqual);
}

function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  if (!/[\ud800-\udfff]/.test(a + b)) return a < b ? -1 : 1;
  const left = Array.from(a, (c) => c.codePointAt(0) ?? 0);
  const right = Array.from(b, (c) => c.codePointAt(0) ?? 0);
  return compareSequences(left, right, "<");
}

function compareSequences(a: unknown[], b: unknown[], symbol: string): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    if (!equals(a[index], b[index])) return compare(a[index], b[index], symbol);
  }
  return a.length - b.length;
}

/** Orders two values as Python's < does: negative, zero, positive or NaN; `symbol` is for the message. */
export function compare(a: unknown, b: unknown, symbol: string): number {
  const left = numeric(a);
  const right = numeric(b);
  if (left !== undefined && right !== undefined) {
    if (left < right) return -1;
    if (left > right) return 1;
    return Number.isNaN(left) || Number.isNaN(right) ? Number.NaN : 0;
  }
  if (isString(a) && isString(b)) return compareStrings(String(a), String(b));
  if (Array.isArray(a) && Array.isArray(b) && isTuple(a) === isTuple(b))
    return compareSequences(a, b, symbol);
  if (a instanceof Undefined) a.raise();
  if (b instanceof Undefined) b.raise();
  return fail(`'${symbol}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
}

function containsItem(items: Iterable<unknown>, item: unknown): boolean {
  for (const candidate of items) if (candidate === item || equals(candidate, item)) return true;
  return false;
}

/** Python's `item in container`. */
export function contains(container: unknown, item: unknown): boolean {
  if (isString(container)) {
    if (item instanceof Undefined) item.touch();
    if (!isString(item)) {
      fail(`'in <string>' requires string as left operand, not ${typeName(item)}`);
    }
    return String(container).includes(String(item));
  }
  if (isDict(container)) return dictGet(container, item) !== MISSING;
  if (typeof container !== "object" || container === null) {
    fail(`argument of type '${typeName(container)}' is not iterable`);
  }
  return containsItem(iterate(container), item);
}
