import { dictGet } from "./dict.ts";
import { fail } from "./errors.ts";
import { escapeHtml } from "./escape.ts";
import { sliceIndices } from "./operators.ts";
import { repr } from "./repr.ts";
import { DICT_METHODS, LIST_METHODS, TUPLE_METHODS } from "./sequence-methods.ts";
import { formatMethods } from "./string-format.ts";
import { STRING_METHODS } from "./string-methods.ts";
import {
  type CallArguments,
  characters,
  isDict,
  isInt,
  isString,
  isTuple,
  iterate,
  Markup,
  MISSING,
  PyFunction,
  PyNamedTuple,
  PyObject,
  PyTuple,
  toIndex,
  typeName,
  Undefined,
  type UndefinedMode,
} from "./values.ts";

type AnyMethod = (self: never, call: CallArguments) => unknown;

const NUMBER_METHODS: Record<string, AnyMethod> = {
  bit_length: (self: number | bigint) =>
    (self < 0 ? -BigInt(self) : BigInt(self)).toString(2).replace(/^0$/, "").length,
};

const TEXT_METHODS: Record<string, AnyMethod> = {
  ...STRING_METHODS,
  ...formatMethods({ attribute: getAttribute, item: getItem }),
};

function methodsOf(value: unknown): Record<string, AnyMethod> | undefined {
  if (isString(value)) return TEXT_METHODS;
  if (isTuple(value)) return TUPLE_METHODS;
  if (Array.isArray(value)) return LIST_METHODS;
  if (isInt(value)) return NUMBER_METHODS;
  return isDict(value) ? DICT_METHODS : undefined;
}

/** A method of a built-in type, bound to its value, or MISSING. */
function boundMethod(value: unknown, name: string): unknown {
  const methods = methodsOf(value);
  if (!methods || !Object.hasOwn(methods, name)) return MISSING;
  const method = methods[name] as (self: unknown, call: CallArguments) => unknown;
  if (value instanceof Markup) return new PyFunction(name, (call) => markupMethod(value, method, name, call));
  return new PyFunction(name, (call) => method(value, call));
}

const MARKUP_KEEPS_ARGUMENTS = /split|partition|strip|find|index|count|with$/;

/** Methods of markup escape their arguments and give markup. */
function markupMethod(
  self: Markup,
  method: (self: unknown, call: CallArguments) => unknown,
  name: string,
  call: CallArguments,
): unknown {
  const escaped = (value: unknown): unknown => (isString(value) ? escapeHtml(value).text : value);
  const args = MARKUP_KEEPS_ARGUMENTS.test(name) ? call.args : call.args.map(escaped);
  const marked = (value: unknown): unknown => (typeof value === "string" ? new Markup(value) : value);
  const result = method(self.text, { args, kwargs: call.kwargs });
  if (isTuple(result)) return PyTuple.make(result.map(marked));
  return Array.isArray(result) ? result.map(marked) : marked(result);
}

function describe(value: unknown): string {
  return value === null ? "None" : `${typeName(value)} object`;
}

function missingAttribute(value: unknown, name: string, mode: UndefinedMode): Undefined {
  if (name.startsWith("__") && name.endsWith("__")) {
    const message = `access to attribute '${name}' of '${describe(value)}' is unsafe`;
    return new Undefined(message, mode, "KOLLA_TEMPLATE_FORBIDDEN");
  }
  return new Undefined(`'${describe(value)}' has no attribute '${name}'`, mode);
}

function attributeOf(value: unknown, name: string): unknown {
  if (value instanceof PyObject) return value.attribute(name);
  if (value instanceof PyNamedTuple && value.names.includes(name)) return value[value.names.indexOf(name)];
  return boundMethod(value, name);
}

/** Python's positions: negative ones count from the end; MISSING when out of range. */
function sequenceItem(value: unknown, key: unknown): unknown {
  const index = toIndex(key);
  if (index === undefined) return MISSING;
  const items = Array.isArray(value) ? value : characters(String(value));
  const at = index < 0 ? index + items.length : index;
  return at >= 0 && at < items.length ? items[at] : MISSING;
}

function itemOf(value: unknown, key: unknown): unknown {
  if (Array.isArray(value) || isString(value)) return sequenceItem(value, key);
  if (value instanceof PyObject) return value.item(key);
  return isDict(value) ? dictGet(value, key) : MISSING;
}

function present(value: unknown): unknown {
  return value === undefined ? null : value;
}

function ofUndefined(value: Undefined): Undefined {
  return value.mode === "chainable" ? value : value.raise();
}

/** `value.name`: attributes first, then items, as Jinja does; undefined when there is neither. */
export function getAttribute(value: unknown, name: string, mode: UndefinedMode): unknown {
  if (value instanceof Undefined) return ofUndefined(value);
  const attribute = attributeOf(value, name);
  if (attribute !== MISSING) return present(attribute);
  const item = itemOf(value, name);
  return item === MISSING ? missingAttribute(value, name, mode) : present(item);
}

/** `value.name` without falling back to items. */
export function plainAttribute(value: unknown, name: string, mode: UndefinedMode): unknown {
  if (value instanceof Undefined) return ofUndefined(value);
  const attribute = attributeOf(value, name);
  return attribute === MISSING ? missingAttribute(value, name, mode) : present(attribute);
}

/** `value[key]`: items first, then attributes; undefined when there is neither. */
export function getItem(value: unknown, key: unknown, mode: UndefinedMode): unknown {
  if (value instanceof Undefined) return ofUndefined(value);
  const item = itemOf(value, key);
  if (item !== MISSING) return present(item);
  if (!isString(key)) return new Undefined(`${describe(value)} has no element ${repr(key)}`, mode);
  const attribute = attributeOf(value, String(key));
  return attribute === MISSING ? missingAttribute(value, String(key), mode) : present(attribute);
}

/** `value[start:stop:step]`. */
export function getSlice(value: unknown, start: unknown, stop: unknown, step: unknown): unknown {
  if (value instanceof Undefined) return ofUndefined(value);
  const text = isString(value);
  const range = value instanceof PyObject && value.typeName === "range";
  if (!text && !range && !Array.isArray(value)) fail(`'${typeName(value)}' object is not subscriptable`);
  const items = text ? characters(String(value)) : [...iterate(value)];
  const picked = sliceIndices(items.length, { start, stop, step }).map((index) => items[index]);
  if (value instanceof Markup) return new Markup(picked.join(""));
  if (text) return picked.join("");
  return isTuple(value) ? PyTuple.make(picked) : picked;
}
