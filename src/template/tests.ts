import { compare, contains, equals } from "./compare.ts";
import { fail } from "./errors.ts";
import { binary } from "./operators.ts";
import { str } from "./repr.ts";
import type { Test } from "./runtime.ts";
import {
  isDict,
  isFloat,
  isInt,
  isString,
  iterableOf,
  Markup,
  numeric,
  PyObject,
  Undefined,
} from "./values.ts";

function remainder(value: unknown, divisor: unknown): unknown {
  return binary("%", value, divisor);
}

function hasCase(text: string): boolean {
  return text.toLowerCase() !== text.toUpperCase();
}

function isSequence(value: unknown): boolean {
  if (value instanceof Undefined) return value.mode === "default";
  if (value instanceof PyObject) return value.typeName === "range";
  return isString(value) || Array.isArray(value) || isDict(value);
}

function isCallable(value: unknown): boolean {
  return (
    typeof value === "function" || (value instanceof PyObject && value.callable) || value instanceof Undefined
  );
}

function sameAs(value: unknown, other: unknown): boolean {
  if (value instanceof Undefined || other instanceof Undefined) return value === other;
  if (isFloat(value) || isFloat(other)) return value === other && typeof value === "object";
  return value === other;
}

const equalTo: Test = (value, other) => equals(value, other);
const notEqual: Test = (value, other) => !equals(value, other);
const greater: Test = (value, other) => compare(value, other, ">") > 0;
const greaterOrEqual: Test = (value, other) => compare(value, other, ">=") >= 0;
const less: Test = (value, other) => compare(value, other, "<") < 0;
const lessOrEqual: Test = (value, other) => compare(value, other, "<=") <= 0;

/** Jinja's tests; `filter` and `test` are answered by the interpreter, which knows the environment. */
export const BUILTIN_TESTS: Record<string, Test> = {
  defined: (value) => !(value instanceof Undefined),
  undefined: (value) => value instanceof Undefined,
  none: (value) => value === null,
  boolean: (value) => typeof value === "boolean",
  true: (value) => value === true,
  false: (value) => value === false,
  integer: isInt,
  float: isFloat,
  number: (value) => numeric(value) !== undefined,
  string: isString,
  mapping: isDict,
  sequence: isSequence,
  iterable: (value) => iterableOf(value) !== undefined,
  callable: isCallable,
  escaped: (value) => value instanceof Markup,
  odd: (value) => equals(remainder(value, 2), 1),
  even: (value) => equals(remainder(value, 2), 0),
  divisibleby: (value, divisor) => equals(remainder(value, divisor), 0),
  lower: (value) => hasCase(str(value)) && str(value) === str(value).toLowerCase(),
  upper: (value) => hasCase(str(value)) && str(value) === str(value).toUpperCase(),
  sameas: sameAs,
  in: (value, container) => contains(container, value),
  filter: () => fail("the test 'filter' needs an environment"),
  test: () => fail("the test 'test' needs an environment"),
  "==": equalTo,
  eq: equalTo,
  equalto: equalTo,
  "!=": notEqual,
  ne: notEqual,
  ">": greater,
  gt: greater,
  greaterthan: greater,
  ">=": greaterOrEqual,
  ge: greaterOrEqual,
  "<": less,
  lt: less,
  lessthan: less,
  "<=": lessOrEqual,
  le: lessOrEqual,
};
