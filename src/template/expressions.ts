import type {
  Arguments,
  BinaryOperator,
  CallExpr,
  CompareOperator,
  Expr,
  FilterExpr,
  TestExpr,
} from "./ast.ts";
import { floatLiteral, integerLiteral } from "./literals.ts";
import type { Tokens } from "./tokens.ts";

const CONSTANTS = new Map<string, unknown>([
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false],
  ["none", null],
  ["None", null],
]);
const COMPARISONS = ["==", "!=", "<", "<=", ">", ">="] as const;
const SUMS = ["+", "-"] as const;
const PRODUCTS = ["*", "/", "//", "%"] as const;
const POWERS = ["**"] as const;

/** Names that mean a value and cannot be assigned to: true, none and their like. */
export function isConstantName(name: string): boolean {
  return CONSTANTS.has(name);
}

function operatorAmong<T extends string>(tokens: Tokens, operators: readonly T[]): T | undefined {
  if (tokens.current.type !== "operator") return undefined;
  return operators.find((operator) => operator === tokens.current.value);
}

/** One expression: conditional, lowest precedence. */
export function parseExpression(tokens: Tokens, withCondition = true): Expr {
  return withCondition ? parseConditional(tokens) : parseOr(tokens);
}

function parseConditional(tokens: Tokens): Expr {
  let expr = parseOr(tokens);
  while (tokens.skipName("if")) {
    const test = parseOr(tokens);
    const otherwise = tokens.skipName("else") ? parseConditional(tokens) : undefined;
    expr = { kind: "cond", test, value: expr, ...(otherwise ? { otherwise } : {}) };
  }
  return expr;
}

function parseOr(tokens: Tokens): Expr {
  let left = parseAnd(tokens);
  while (tokens.skipName("or")) left = { kind: "or", left, right: parseAnd(tokens) };
  return left;
}

function parseAnd(tokens: Tokens): Expr {
  let left = parseNot(tokens);
  while (tokens.skipName("and")) left = { kind: "and", left, right: parseNot(tokens) };
  return left;
}

function parseNot(tokens: Tokens): Expr {
  if (tokens.skipName("not")) return { kind: "not", operand: parseNot(tokens) };
  return parseComparison(tokens);
}

function comparisonOperator(tokens: Tokens): CompareOperator | undefined {
  const symbol = operatorAmong(tokens, COMPARISONS);
  if (symbol) {
    tokens.next();
    return symbol;
  }
  if (tokens.skipName("in")) return "in";
  const next = tokens.peek(1);
  if (!tokens.isName("not") || next.type !== "name" || next.value !== "in") return undefined;
  tokens.next();
  tokens.next();
  return "notin";
}

function parseComparison(tokens: Tokens): Expr {
  const first = parseSum(tokens);
  const rest: { operator: CompareOperator; right: Expr }[] = [];
  for (let operator = comparisonOperator(tokens); operator; operator = comparisonOperator(tokens)) {
    rest.push({ operator, right: parseSum(tokens) });
  }
  return rest.length === 0 ? first : { kind: "compare", first, rest };
}

function parseBinary(
  tokens: Tokens,
  operators: readonly BinaryOperator[],
  operand: (tokens: Tokens) => Expr,
): Expr {
  let left = operand(tokens);
  for (
    let operator = operatorAmong(tokens, operators);
    operator;
    operator = operatorAmong(tokens, operators)
  ) {
    tokens.next();
    left = { kind: "binary", operator, left, right: operand(tokens) };
  }
  return left;
}

const parseSum = (tokens: Tokens): Expr => parseBinary(tokens, SUMS, parseConcat);
const parseProduct = (tokens: Tokens): Expr => parseBinary(tokens, PRODUCTS, parsePower);
const parsePower = (tokens: Tokens): Expr => parseBinary(tokens, POWERS, (inner) => parseUnary(inner));

function parseConcat(tokens: Tokens): Expr {
  const parts = [parseProduct(tokens)];
  while (tokens.skipOperator("~")) parts.push(parseProduct(tokens));
  const [only] = parts;
  return parts.length === 1 && only ? only : { kind: "concat", parts };
}

function parseUnary(tokens: Tokens, withFilters = true): Expr {
  const sign = operatorAmong(tokens, SUMS);
  let node: Expr;
  if (sign) {
    tokens.next();
    node = { kind: "sign", negative: sign === "-", operand: parseUnary(tokens, false) };
  } else node = parsePrimary(tokens);
  node = parsePostfix(tokens, node);
  return withFilters ? parseFiltersAndTests(tokens, node) : node;
}

function parseStrings(tokens: Tokens): Expr {
  let value = tokens.next().value;
  while (tokens.is("string")) value += tokens.next().value;
  return { kind: "const", value };
}

function parseName(tokens: Tokens, asTarget: boolean): Expr {
  const { value: name } = tokens.next();
  if (CONSTANTS.has(name)) return { kind: "const", value: CONSTANTS.get(name) };
  if (asTarget && tokens.skipOperator(".")) {
    return { kind: "nsref", name, attr: tokens.expect("name").value };
  }
  return { kind: "name", name };
}

/** A literal, a name, or anything in brackets; `asTarget` also takes `namespace.attribute`. */
export function parsePrimary(tokens: Tokens, asTarget = false): Expr {
  switch (tokens.current.type) {
    case "name":
      return parseName(tokens, asTarget);
    case "string":
      return parseStrings(tokens);
    case "integer":
      return { kind: "const", value: integerLiteral(tokens.next().value) };
    case "float":
      return { kind: "const", value: floatLiteral(tokens.next().value) };
    default:
      return parseBracketed(tokens);
  }
}

function parseBracketed(tokens: Tokens): Expr {
  if (tokens.isOperator("[")) return parseList(tokens);
  if (tokens.isOperator("{")) return parseDict(tokens);
  if (!tokens.skipOperator("(")) tokens.unexpected();
  const node = parseTuple(tokens, { parenthesised: true });
  tokens.expectOperator(")");
  return node;
}

interface TupleOptions {
  /** Only primaries: assignment targets. */
  asTarget?: boolean;
  withCondition?: boolean;
  /** Names that end the tuple, such as `in`. */
  endNames?: readonly string[];
  parenthesised?: boolean;
}

function endsTuple(tokens: Tokens, endNames: readonly string[]): boolean {
  const { type } = tokens.current;
  if (type === "variable_end" || type === "block_end" || tokens.isOperator(")")) return true;
  return tokens.isAnyName(endNames);
}

/** One expression, or several divided by commas, which make a tuple. */
export function parseTuple(tokens: Tokens, options: TupleOptions = {}): Expr {
  const { asTarget = false, withCondition = true, endNames = [], parenthesised = false } = options;
  const items: Expr[] = [];
  let comma = false;
  for (;;) {
    if (items.length > 0) {
      if (!tokens.skipOperator(",")) break;
      comma = true;
    }
    if (endsTuple(tokens, endNames)) break;
    items.push(asTarget ? parsePrimary(tokens, true) : parseExpression(tokens, withCondition));
  }
  const [only] = items;
  if (only && !comma) return only;
  if (items.length === 0 && !parenthesised) tokens.unexpected();
  return { kind: "tuple", items };
}

function parseList(tokens: Tokens): Expr {
  tokens.next();
  const items: Expr[] = [];
  while (!tokens.isOperator("]")) {
    if (items.length > 0) tokens.expectOperator(",");
    if (tokens.isOperator("]")) break;
    items.push(parseExpression(tokens));
  }
  tokens.next();
  return { kind: "list", items };
}

function parseDict(tokens: Tokens): Expr {
  tokens.next();
  const items: { key: Expr; value: Expr }[] = [];
  while (!tokens.isOperator("}")) {
    if (items.length > 0) tokens.expectOperator(",");
    if (tokens.isOperator("}")) break;
    const key = parseExpression(tokens);
    tokens.expectOperator(":");
    items.push({ key, value: parseExpression(tokens) });
  }
  tokens.next();
  return { kind: "dict", items };
}

/** Attributes, items and calls after an expression. */
export function parsePostfix(tokens: Tokens, start: Expr): Expr {
  let node = start;
  for (;;) {
    if (tokens.isOperator(".")) node = parseAttribute(tokens, node);
    else if (tokens.isOperator("[")) node = parseItem(tokens, node);
    else if (tokens.isOperator("(")) node = parseCall(tokens, node);
    else return node;
  }
}

function parseFiltersAndTests(tokens: Tokens, start: Expr): Expr {
  let node = start;
  for (;;) {
    if (tokens.isOperator("|")) node = parseFilters(tokens, node);
    else if (tokens.isName("is")) node = parseTest(tokens, node);
    else if (tokens.isOperator("(")) node = parseCall(tokens, node);
    else return node;
  }
}

function parseAttribute(tokens: Tokens, object: Expr): Expr {
  tokens.next();
  const token = tokens.next();
  if (token.type === "name") return { kind: "attr", object, name: token.value };
  if (token.type !== "integer") tokens.fail("expected name or number", token.line);
  return { kind: "item", object, key: { kind: "const", value: integerLiteral(token.value) } };
}

function parseItem(tokens: Tokens, object: Expr): Expr {
  tokens.next();
  const keys: Expr[] = [];
  while (!tokens.isOperator("]")) {
    if (keys.length > 0) tokens.expectOperator(",");
    keys.push(parseSubscript(tokens));
  }
  tokens.next();
  const [only] = keys;
  return { kind: "item", object, key: keys.length === 1 && only ? only : { kind: "tuple", items: keys } };
}

function parseSubscript(tokens: Tokens): Expr {
  const start = tokens.isOperator(":") ? undefined : parseExpression(tokens);
  if (!tokens.skipOperator(":")) return start ?? tokens.unexpected();
  const stop = parseSlicePart(tokens);
  const step = tokens.skipOperator(":") ? parseSlicePart(tokens) : undefined;
  return {
    kind: "slice",
    ...(start ? { start } : {}),
    ...(stop ? { stop } : {}),
    ...(step ? { step } : {}),
  };
}

function parseSlicePart(tokens: Tokens): Expr | undefined {
  const ends = tokens.isOperator(":") || tokens.isOperator("]") || tokens.isOperator(",");
  return ends ? undefined : parseExpression(tokens);
}

function parseCall(tokens: Tokens, callee: Expr): CallExpr {
  const { line } = tokens;
  return { kind: "call", callee, line, ...parseArguments(tokens) };
}

function parseArguments(tokens: Tokens): Arguments {
  tokens.expectOperator("(");
  const call: Arguments = { args: [], kwargs: [] };
  for (let first = true; !tokens.isOperator(")"); first = false) {
    if (!first) tokens.expectOperator(",");
    if (tokens.isOperator(")")) break;
    parseArgument(tokens, call);
  }
  tokens.next();
  return call;
}

function parseArgument(tokens: Tokens, call: Arguments): void {
  const wrongOrder = () => tokens.fail("invalid syntax for function call expression");
  if (tokens.skipOperator("**")) {
    if (call.doubleStar) wrongOrder();
    call.doubleStar = parseExpression(tokens);
  } else if (tokens.skipOperator("*")) {
    if (call.star || call.doubleStar) wrongOrder();
    call.star = parseExpression(tokens);
  } else if (tokens.is("name") && tokens.peek(1).type === "operator" && tokens.peek(1).value === "=") {
    if (call.doubleStar) wrongOrder();
    const name = tokens.next().value;
    tokens.next();
    call.kwargs.push({ name, value: parseExpression(tokens) });
  } else {
    if (call.star || call.doubleStar || call.kwargs.length > 0) wrongOrder();
    call.args.push(parseExpression(tokens));
  }
}

function parseDottedName(tokens: Tokens): string {
  let name = tokens.expect("name").value;
  while (tokens.skipOperator(".")) name += `.${tokens.expect("name").value}`;
  return name;
}

function parseFilter(tokens: Tokens, input: Expr | undefined): FilterExpr {
  const { line } = tokens;
  const name = parseDottedName(tokens);
  const call = tokens.isOperator("(") ? parseArguments(tokens) : { args: [], kwargs: [] };
  return { kind: "filter", name, line, ...(input ? { input } : {}), ...call };
}

function parseFilters(tokens: Tokens, input: Expr): Expr {
  let node = input;
  while (tokens.skipOperator("|")) node = parseFilter(tokens, node);
  return node;
}

/** The filters of a filter block or of a filtered set block: the innermost has no input. */
export function parseInlineFilters(tokens: Tokens): FilterExpr {
  let node = parseFilter(tokens, undefined);
  while (tokens.skipOperator("|")) node = parseFilter(tokens, node);
  return node;
}

const TEST_ARGUMENT_TYPES = new Set(["name", "string", "integer", "float"]);

function startsTestArgument(tokens: Tokens): boolean {
  if (tokens.isAnyName(["else", "or", "and"])) return false;
  if (TEST_ARGUMENT_TYPES.has(tokens.current.type)) return true;
  return tokens.isOperator("[") || tokens.isOperator("{");
}

function parseTestArguments(tokens: Tokens): Arguments {
  if (tokens.isOperator("(")) return parseArguments(tokens);
  if (!startsTestArgument(tokens)) return { args: [], kwargs: [] };
  if (tokens.isName("is")) tokens.fail("You cannot chain multiple tests with is");
  return { args: [parsePostfix(tokens, parsePrimary(tokens))], kwargs: [] };
}

function parseTest(tokens: Tokens, input: Expr): Expr {
  tokens.next();
  const negated = tokens.skipName("not");
  const { line } = tokens;
  const name = parseDottedName(tokens);
  const test: TestExpr = { kind: "test", input, name, line, ...parseTestArguments(tokens) };
  return negated ? { kind: "not", operand: test } : test;
}
