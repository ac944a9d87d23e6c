import { type Dict, isDict, isString, isTuple, iterate, numeric, PyObject, Undefined } from "./values.ts";

type DictsEqual = (a: Dict, b: Dict) => boolean;

function sequencesEqual(a: unknown[], b: unknown[], dictsEqual: DictsEqual): boolean {
  if (a.length !== b.length || isTuple(a) !== isTuple(b)) return false;
  return a.every((item, index) => valuesEqual(item, b[index], dictsEqual));
}

function undefinedEqual(a: unknown, b: unknown): boolean {
  if (a instanceof Undefined) a.touch();
  if (b instanceof Undefined) b.touch();
  return a instanceof Undefined && b instanceof Undefined;
}

function compositesEqual(a: unknown, b: unknown, dictsEqual: DictsEqual): boolean {
  if (a instanceof Undefined || b instanceof Undefined) return undefinedEqual(a, b);
  if (isString(a) && isString(b)) return String(a) === String(b);
  if (Array.isArray(a) && Array.isArray(b)) return sequencesEqual(a, b, dictsEqual);
  if (a instanceof Set && b instanceof Set) return a.size === b.size && [...a].every((item) => b.has(item));
  if (a instanceof PyObject && b instanceof PyObject && a.typeName === "range" && b.typeName === "range") {
    return sequencesEqual([...iterate(a)], [...iterate(b)], dictsEqual);
  }
  return isDict(a) && isDict(b) && dictsEqual(a, b);
}

/** Python's a == b, for whoever says when two dicts are equal: their keys are found by this equality in turn. */
export function valuesEqual(a: unknown, b: unknown, dictsEqual: DictsEqual): boolean {
  if (typeof a === "string" && typeof b === "string") return a === b;
  const left = numeric(a);
  const right = numeric(b);
  // biome-ignore lint/suspicious/noDoubleEquals: the one comparison that holds between number and bigint
  if (left !== undefined && right !== undefined) return left == right;
  if (a === b && !(a instanceof Undefined)) return true;
  return compositesEqual(a, b, dictsEqual);
}
