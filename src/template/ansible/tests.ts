import { compare, contains } from "../compare.ts";
import { dictGet } from "../dict.ts";
import { fail, TemplateError } from "../errors.ts";
import { repr, str } from "../repr.ts";
import type { Test } from "../runtime.ts";
import { isDict, isFloat, iterate, MISSING, truthy, Undefined } from "../values.ts";
import { parseNetwork } from "./addresses.ts";
import { pythonRegex } from "./regex.ts";
import { toBool } from "./values.ts";

/** match, search and regex: at the start, anywhere, or as asked. */
function regexTest(anchored: boolean): Test {
  return (value, pattern, ignorecase = false, multiline = false) => {
    if (value instanceof Undefined) value.raise();
    const options = { ignorecase: truthy(ignorecase), multiline: truthy(multiline) };
    return pythonRegex(str(pattern), { ...options, sticky: anchored }).test(str(value));
  };
}

/** The parts of a version: numbers count as numbers, words come before numbers. */
function versionParts(text: string): (string | number)[] {
  return (text.match(/\d+|[a-z]+/gi) ?? []).map((part) => (/^\d/.test(part) ? Number(part) : part));
}

function comparePart(a: string | number | undefined, b: string | number | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  if (typeof a === typeof b) return compare(a, b, "<");
  return typeof a === "string" ? -1 : 1;
}

/** Orders two versions: negative, zero or positive. */
function compareVersions(a: string, b: string): number {
  const left = versionParts(a);
  const right = versionParts(b);
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const order = comparePart(left[index], right[index]);
    if (order !== 0) return order;
  }
  return 0;
}

const VERSION_OPERATORS: Record<string, (order: number) => boolean> = {
  "==": (order) => order === 0,
  "=": (order) => order === 0,
  eq: (order) => order === 0,
  "!=": (order) => order !== 0,
  "<>": (order) => order !== 0,
  ne: (order) => order !== 0,
  "<": (order) => order < 0,
  lt: (order) => order < 0,
  "<=": (order) => order <= 0,
  le: (order) => order <= 0,
  ">": (order) => order > 0,
  gt: (order) => order > 0,
  ">=": (order) => order >= 0,
  ge: (order) => order >= 0,
};

const version: Test = (value, other, operator = "eq") => {
  if (value instanceof Undefined) value.raise();
  const holds = VERSION_OPERATORS[str(operator)] ?? fail(`Invalid operator type (${str(operator)})`);
  return holds(compareVersions(str(value), str(other)));
};

function result(name: string, ifMissing: boolean): Test {
  return (value) => {
    if (!isDict(value)) return fail(`The '${name}' test expects a dictionary, not ${repr(value)}`);
    const found = dictGet(value, name);
    return found === MISSING ? ifMissing : truthy(found);
  };
}

const failed = result("failed", false);
const changed = result("changed", false);
const skipped = result("skipped", false);
const unreachable = result("unreachable", false);
const succeeded: Test = (value) => !failed(value);

const subset: Test = (value, other) =>
  [...iterate(value)].every((item) => contains([...iterate(other)], item));
const superset: Test = (value, other) => subset(other, value);

const truthyTest: Test = (value, convert = false) => (truthy(convert) ? toBool(value) : truthy(value));

/** Files of the control host are not looked at while a template renders. */
function fileTest(name: string): Test {
  return () => {
    throw new TemplateError(
      "KOLLA_TEMPLATE_FORBIDDEN",
      `Only Ansible can evaluate the test '${name}': it looks at files`,
    );
  };
}

const FILE_TESTS = ["abs", "directory", "exists", "file", "link", "link_exists", "mount", "same_file"];

/** The tests that Ansible adds to Jinja's. */
export const ansibleTests: Record<string, Test> = {
  ...Object.fromEntries(FILE_TESTS.map((name) => [name, fileTest(name)])),
  all: (value) => [...iterate(value)].every(truthy),
  any: (value) => [...iterate(value)].some(truthy),
  change: changed,
  changed,
  contains: (value, item) => contains(value, item),
  failed,
  failure: failed,
  falsy: (value, convert) => !truthyTest(value, convert),
  finished: result("finished", true),
  "ansible.utils.ip": (value) => parseNetwork(str(value)) !== undefined,
  isnan: (value) => isFloat(value) && Number.isNaN(Number(value)),
  issubset: subset,
  issuperset: superset,
  match: regexTest(true),
  nan: (value) => isFloat(value) && Number.isNaN(Number(value)),
  reachable: (value) => !unreachable(value),
  regex: regexTest(false),
  search: regexTest(false),
  skip: skipped,
  skipped,
  started: result("started", true),
  subset,
  succeeded,
  success: succeeded,
  successful: succeeded,
  superset,
  truthy: truthyTest,
  undefined: (value) => value instanceof Undefined,
  unreachable,
  version,
  version_compare: version,
};
