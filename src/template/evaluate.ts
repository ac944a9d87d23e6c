import type { Arguments, CallExpr, Expr, FilterExpr, TestExpr } from "./ast.ts";
import { getAttribute, getItem, getSlice } from "./attributes.ts";
import { compare, contains, equals } from "./compare.ts";
import { dictEntries, dictSet } from "./dict.ts";
import { fail, TemplateError } from "./errors.ts";
import { binary, concatAll, signed } from "./operators.ts";
import { type FilterCall, type Frame, type Operations, resolveName, undefinedVariable } from "./runtime.ts";
import {
  type CallArguments,
  isDict,
  iterate,
  MISSING,
  PyObject,
  PyTuple,
  truthy,
  typeName,
  Undefined,
} from "./values.ts";

function evaluateName(name: string, frame: Frame): unknown {
  const value = resolveName(frame, name);
  return value === MISSING ? undefinedVariable(name, frame.unit.engine.undefinedMode) : value;
}

function evaluateAll(nodes: Expr[], frame: Frame): unknown[] {
  return nodes.map((node) => evaluate(node, frame));
}

function evaluateDict(items: { key: Expr; value: Expr }[], frame: Frame): Map<unknown, unknown> {
  const dict = new Map<unknown, unknown>();
  for (const { key, value } of items) dictSet(dict, evaluate(key, frame), evaluate(value, frame));
  return dict;
}

function evaluateCondition(node: Extract<Expr, { kind: "cond" }>, frame: Frame): unknown {
  if (truthy(evaluate(node.test, frame))) return evaluate(node.value, frame);
  if (node.otherwise) return evaluate(node.otherwise, frame);
  const message = "the inline if-expression evaluated to false and no else section was defined.";
  // Jinja takes its lenient kind of undefined here, whatever the environment's is.
  return new Undefined(message, "default");
}

function compareOnce(operator: string, left: unknown, right: unknown): boolean {
  switch (operator) {
    case "==":
      return equals(left, right);
    case "!=":
      return !equals(left, right);
    case "in":
      return contains(right, left);
    case "notin":
      return !contains(right, left);
    case "<":
      return compare(left, right, operator) < 0;
    case "<=":
      return compare(left, right, operator) <= 0;
    case ">":
      return compare(left, right, operator) > 0;
    default:
      return compare(left, right, operator) >= 0;
  }
}

function evaluateComparison(node: Extract<Expr, { kind: "compare" }>, frame: Frame): boolean {
  let left = evaluate(node.first, frame);
  for (const { operator, right: rightNode } of node.rest) {
    const right = evaluate(rightNode, frame);
    if (!compareOnce(operator, left, right)) return false;
    left = right;
  }
  return true;
}

function evaluateItem(node: Extract<Expr, { kind: "item" }>, frame: Frame): unknown {
  const object = evaluate(node.object, frame);
  const { key } = node;
  if (key.kind !== "slice") return getItem(object, evaluate(key, frame), frame.unit.engine.undefinedMode);
  const bound = (part: Expr | undefined): unknown => (part ? evaluate(part, frame) : null);
  return getSlice(object, bound(key.start), bound(key.stop), bound(key.step));
}

function spreadKeywords(value: unknown): Record<string, unknown> {
  if (!isDict(value)) return fail(`argument after ** must be a mapping, not ${typeName(value)}`);
  return Object.fromEntries(dictEntries(value).map(([key, item]) => [String(key), item]));
}

const NO_KEYWORDS: Record<string, unknown> = Object.freeze({});

function evaluateArguments(node: Arguments, frame: Frame): CallArguments {
  const args = evaluateAll(node.args, frame);
  if (node.star) args.push(...iterate(evaluate(node.star, frame)));
  if (node.kwargs.length === 0 && !node.doubleStar) return { args, kwargs: NO_KEYWORDS };
  const kwargs: Record<string, unknown> = {};
  for (const { name, value } of node.kwargs) kwargs[name] = evaluate(value, frame);
  if (node.doubleStar) Object.assign(kwargs, spreadKeywords(evaluate(node.doubleStar, frame)));
  return { args, kwargs };
}

function operationsFor(frame: Frame): Operations {
  const { engine } = frame.unit;
  return {
    undefinedMode: engine.undefinedMode,
    callFilter: (name, value, args, kwargs) => applyFilter(name, value, { args, kwargs }, frame),
    callTest: (name, value, args) => applyTest(name, value, { args, kwargs: NO_KEYWORDS }, frame),
    hasFilter: (name) => engine.filters.has(name),
    hasTest: (name) => engine.tests.has(name),
  };
}

/** What filters and functions of the embedding program get as `this`. */
function callSite(frame: Frame, kwargs: Record<string, unknown>, locals: boolean): FilterCall {
  return {
    kwargs,
    resolve: (name) => {
      const value = locals ? resolveName(frame, name) : frame.context.resolve(name);
      return value === MISSING ? undefinedVariable(name, frame.unit.engine.undefinedMode) : value;
    },
    get environment() {
      return operationsFor(frame);
    },
  };
}

/** A JavaScript function that returns nothing returns None. */
function fromFunction(value: unknown): unknown {
  return value === undefined ? null : value;
}

function applyFilter(name: string, value: unknown, call: CallArguments, frame: Frame): unknown {
  const filter = frame.unit.engine.filters.get(name);
  if (!filter) throw new TemplateError("KOLLA_TEMPLATE_RUNTIME", `No filter named '${name}'.`);
  return fromFunction(filter.call(callSite(frame, call.kwargs, false), value, ...call.args));
}

function applyTest(name: string, value: unknown, call: CallArguments, frame: Frame): boolean {
  if (name === "filter") return frame.unit.engine.filters.has(String(value));
  if (name === "test") return frame.unit.engine.tests.has(String(value));
  const test = frame.unit.engine.tests.get(name);
  if (!test) throw new TemplateError("KOLLA_TEMPLATE_RUNTIME", `No test named '${name}'.`);
  return test(value, ...call.args, ...Object.values(call.kwargs));
}

function evaluateTest(node: TestExpr, frame: Frame): boolean {
  return applyTest(node.name, evaluate(node.input, frame), evaluateArguments(node, frame), frame);
}

/** A filter over an expression, or, for the innermost one of a filter block, over the block's text. */
export function evaluateFilter(node: FilterExpr, frame: Frame, body?: unknown): unknown {
  const input = filterInput(node, frame, body);
  return applyFilter(node.name, input, evaluateArguments(node, frame), frame);
}

function filterInput(node: FilterExpr, frame: Frame, body: unknown): unknown {
  if (!node.input) return body;
  return node.input.kind === "filter" ? evaluateFilter(node.input, frame, body) : evaluate(node.input, frame);
}

/** Calls whatever a template may call; `caller` is the body of a call block. */
function callValue(callee: unknown, call: CallArguments, frame: Frame): unknown {
  if (callee instanceof PyObject && callee.callable) return callee.call(call);
  if (typeof callee === "function") {
    return fromFunction(callee.call(callSite(frame, call.kwargs, true), ...call.args));
  }
  if (callee instanceof Undefined) return callee.raise();
  return fail(`'${typeName(callee)}' object is not callable`);
}

/** A call expression; `caller` is added to the keyword arguments when a call block makes the call. */
export function evaluateCall(node: CallExpr, frame: Frame, caller?: unknown): unknown {
  const callee = evaluate(node.callee, frame);
  const call = evaluateArguments(node, frame);
  if (caller === undefined) return callValue(callee, call, frame);
  return callValue(callee, { args: call.args, kwargs: { ...call.kwargs, caller } }, frame);
}

function evaluateEither(node: Extract<Expr, { kind: "and" | "or" }>, frame: Frame): unknown {
  const left = evaluate(node.left, frame);
  return truthy(left) === (node.kind === "and") ? evaluate(node.right, frame) : left;
}

/** The value of an expression. Throws TemplateError without a place; the statement around it adds that. */
export function evaluate(node: Expr, frame: Frame): unknown {
  switch (node.kind) {
    case "const":
      return node.value;
    case "name":
      return evaluateName(node.name, frame);
    case "attr":
      return getAttribute(evaluate(node.object, frame), node.name, frame.unit.engine.undefinedMode);
    case "item":
      return evaluateItem(node, frame);
    case "filter":
      return evaluateFilter(node, frame);
    case "test":
      return evaluateTest(node, frame);
    case "call":
      return evaluateCall(node, frame);
    case "compare":
      return evaluateComparison(node, frame);
    case "and":
    case "or":
      return evaluateEither(node, frame);
    case "not":
      return !truthy(evaluate(node.operand, frame));
    case "binary":
      return binary(node.operator, evaluate(node.left, frame), evaluate(node.right, frame));
    default:
      return evaluateRest(node, frame);
  }
}

function evaluateRest(node: Expr, frame: Frame): unknown {
  switch (node.kind) {
    case "list":
      return evaluateAll(node.items, frame);
    case "tuple":
      return PyTuple.make(evaluateAll(node.items, frame));
    case "dict":
      return evaluateDict(node.items, frame);
    case "cond":
      return evaluateCondition(node, frame);
    case "concat":
      return concatAll(evaluateAll(node.parts, frame), frame.autoescape);
    case "sign":
      return signed(node.negative, evaluate(node.operand, frame));
    default:
      return fail("a slice or a namespace reference is not a value");
  }
}
