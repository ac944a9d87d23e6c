import { isFloat, iterate, Markup, PyIterator, PyObject, PyTuple, Undefined } from "./values.ts";

/**
 * A value of the engine as plain JavaScript: dicts with string keys are objects, other dicts stay Maps,
 * tuples, ranges and views are arrays, floats are numbers, an undefined value is undefined.
 * Throws when the undefined value is a strict one.
 */
export function toPlain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value instanceof PyTuple ? [...value].map(toPlain) : value.map(toPlain);
  if (value instanceof Markup) return value.text;
  if (isFloat(value)) return Number(value);
  if (value instanceof Undefined) return value.touch();
  if (value instanceof Map) return plainMap(value);
  return value instanceof PyObject ? plainObject(value) : value;
}

function plainObject(value: PyObject): unknown {
  const sequence =
    value instanceof PyIterator || value.typeName === "range" || value.typeName.startsWith("dict_");
  return sequence ? [...iterate(value)].map(toPlain) : value;
}

function plainMap(map: Map<unknown, unknown>): unknown {
  const entries = [...map].map(([key, item]): [unknown, unknown] => [key, toPlain(item)]);
  const named = entries.every(([key]) => typeof key === "string");
  return named ? Object.fromEntries(entries as [string, unknown][]) : new Map(entries);
}
