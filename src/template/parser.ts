import type {
  BlockNode,
  CallBlockNode,
  Expr,
  ForNode,
  FromImportNode,
  ImportNode,
  IncludeNode,
  MacroNode,
  Node,
  Parsed,
  Signature,
} from "./ast.ts";
import {
  isConstantName,
  parseExpression,
  parseInlineFilters,
  parsePrimary,
  parseTuple,
} from "./expressions.ts";
import { type Token, tokenize, tokenizeExpression, type Whitespace } from "./lexer.ts";
import { hasScopedBlock, undeclaredAmong } from "./names.ts";
import { hiddenNames } from "./symbols.ts";
import { Tokens } from "./tokens.ts";

type StatementParser = (parser: Parser, line: number) => Node | Node[];

class Parser {
  readonly tokens: Tokens;
  readonly blocks = new Map<string, BlockNode>();
  hasExtends = false;
  readonly #open: string[] = [];
  #ends: readonly string[] = [];
  loopDepth = 0;

  constructor(tokens: Token[], file: string) {
    this.tokens = new Tokens(tokens, file);
  }

  /** Nodes up to the end of the template, or up to a tag among `ends`, whose name is then the next token. */
  nodes(ends: readonly string[]): Node[] {
    const outer = this.#ends;
    if (ends.length > 0) this.#ends = ends;
    const found: Node[] = [];
    while (!this.tokens.is("eof")) {
      if (this.tokens.is("block_begin") && this.#atEnd(ends)) {
        this.tokens.next();
        this.#ends = outer;
        return found;
      }
      this.#node(found);
    }
    if (ends.length > 0) this.#failUnclosed();
    return found;
  }

  #atEnd(ends: readonly string[]): boolean {
    const next = this.tokens.peek(1);
    return next.type === "name" && ends.includes(next.value);
  }

  #node(found: Node[]): void {
    const { type, value, line } = this.tokens.next();
    if (type === "data") found.push({ kind: "text", text: value, line });
    else if (type === "variable_begin") {
      found.push({ kind: "print", expr: parseTuple(this.tokens), line });
      this.tokens.expect("variable_end");
    } else {
      found.push(...[this.#statement()].flat());
      this.tokens.expect("block_end");
    }
  }

  #statement(): Node | Node[] {
    const { tokens } = this;
    if (!tokens.is("name")) tokens.fail("tag name expected");
    const { value: tag, line } = tokens.current;
    const parse = STATEMENTS.get(tag);
    if (!parse) return this.#failUnknownTag(tag);
    tokens.next();
    this.#open.push(tag);
    const node = parse(this, line);
    this.#open.pop();
    return node;
  }

  #failUnknownTag(tag: string): never {
    const wanted = this.#ends.map((end) => `'${end}'`).join(" or ");
    const expected = wanted === "" ? "" : `; looking for ${wanted} of '${this.#open.at(-1)}'`;
    this.tokens.fail(`Encountered unknown tag '${tag}'${expected}`);
  }

  #failUnclosed(): never {
    const wanted = this.#ends.map((end) => `'${end}'`).join(" or ");
    this.tokens.fail(`Unexpected end of template; looking for ${wanted} of '${this.#open.at(-1)}'`);
  }

  /** The body of a tag, up to its end tag, which is read too. */
  body(end: string): Node[] {
    const nodes = this.until([end]);
    this.tokens.next();
    return nodes;
  }

  /** The body of a tag, up to one of the tags, whose name is left to be read. */
  until(ends: readonly string[]): Node[] {
    this.tokens.skipOperator(":");
    this.tokens.expect("block_end");
    return this.nodes(ends);
  }

  requireToplevel(tag: string, line: number): void {
    const around = this.#open.slice(0, -1);
    if (around.some((open) => open !== "if"))
      this.tokens.fail(`cannot use ${tag} from a non top-level scope`, line);
  }

  target(endNames: readonly string[] = []): Expr {
    const { line } = this.tokens;
    const target = parseTuple(this.tokens, { asTarget: true, endNames });
    this.#requireAssignable(target, line);
    return target;
  }

  targetName(): string {
    const { value, line } = this.tokens.expect("name");
    this.#requireAssignable({ kind: "name", name: value }, line);
    return value;
  }

  #requireAssignable(target: Expr, line: number): void {
    if (target.kind === "tuple") {
      for (const item of target.items) this.#requireAssignable(item, line);
      return;
    }
    const assignable = target.kind === "nsref" || (target.kind === "name" && !isConstantName(target.name));
    if (!assignable) this.tokens.fail(`can't assign to '${target.kind}'`, line);
  }

  signature(): Signature {
    const { tokens } = this;
    const signature: Signature = { params: [], defaults: [] };
    tokens.expectOperator("(");
    while (!tokens.isOperator(")")) {
      if (signature.params.length > 0) tokens.expectOperator(",");
      const name = this.targetName();
      if (signature.params.includes(name))
        tokens.fail(`duplicate argument '${name}' in a macro's definition`);
      signature.params.push(name);
      if (tokens.skipOperator("=")) signature.defaults.push(parseExpression(tokens));
      else if (signature.defaults.length > 0) tokens.fail("non-default argument follows default argument");
    }
    tokens.next();
    return signature;
  }

  /** Reads `with context` or `without context`; undefined when neither is there. */
  contextClause(): boolean | undefined {
    const { tokens } = this;
    const next = tokens.peek(1);
    const given = tokens.isAnyName(["with", "without"]) && next.type === "name" && next.value === "context";
    if (!given) return undefined;
    const withContext = tokens.next().value === "with";
    tokens.next();
    return withContext;
  }
}

function parseIf(parser: Parser, line: number): Node {
  const branches: { test: Expr; body: Node[] }[] = [];
  let otherwise: Node[] = [];
  for (;;) {
    const test = parseTuple(parser.tokens, { withCondition: false });
    branches.push({ test, body: parser.until(["elif", "else", "endif"]) });
    const { value: tag } = parser.tokens.next();
    if (tag === "elif") continue;
    if (tag === "else") otherwise = parser.body("endif");
    return { kind: "if", branches, otherwise, line };
  }
}

function parseFor(parser: Parser, line: number): ForNode {
  const { tokens } = parser;
  const target = parser.target(["in"]);
  tokens.expect("name", "in");
  const iter = parseTuple(tokens, { withCondition: false, endNames: ["recursive"] });
  const test = tokens.skipName("if") ? parseExpression(tokens) : undefined;
  const recursive = tokens.skipName("recursive");
  parser.loopDepth++;
  const body = parser.until(["endfor", "else"]);
  parser.loopDepth--;
  const otherwise = tokens.next().value === "endfor" ? [] : parser.body("endfor");
  const looks = undeclaredAmong(body, ["loop"]).size > 0;
  const scoped = hasScopedBlock([...body, ...otherwise]);
  const extended = recursive || looks || scoped;
  return { kind: "for", target, iter, ...(test ? { test } : {}), body, otherwise, recursive, extended, line };
}

function parseSet(parser: Parser, line: number): Node {
  const { tokens } = parser;
  const target = parser.target(["in"]);
  if (tokens.skipOperator("=")) return { kind: "set", target, value: parseTuple(tokens), line };
  const filter = tokens.skipOperator("|") ? parseInlineFilters(tokens) : undefined;
  return { kind: "setblock", target, ...(filter ? { filter } : {}), body: parser.body("endset"), line };
}

function parseWith(parser: Parser, line: number): Node {
  const { tokens } = parser;
  const targets: Expr[] = [];
  const values: Expr[] = [];
  while (!tokens.is("block_end")) {
    if (targets.length > 0) tokens.expectOperator(",");
    targets.push(parsePrimary(tokens));
    tokens.expectOperator("=");
    values.push(parseExpression(tokens));
  }
  return { kind: "with", targets, values, body: parser.body("endwith"), line };
}

function requireBlank(parser: Parser, body: Node[], line: number): void {
  const blank = body.every((node) => node.kind === "text" && node.text.trim() === "");
  if (!blank) parser.tokens.fail("Required blocks can only contain comments or whitespace", line);
}

function parseBlock(parser: Parser, line: number): BlockNode {
  const { tokens } = parser;
  const name = tokens.expect("name").value;
  const scoped = tokens.skipName("scoped");
  const required = tokens.skipName("required");
  if (tokens.isOperator("-"))
    tokens.fail("Block names in Jinja have to be valid identifiers and may not contain hyphens");
  const body = parser.body("endblock");
  if (required) requireBlank(parser, body, line);
  if (tokens.isName(name)) tokens.next();
  if (parser.blocks.has(name)) tokens.fail(`block '${name}' defined twice`, line);
  const block: BlockNode = { kind: "block", name, body, scoped, required, line };
  parser.blocks.set(name, block);
  return block;
}

function parseInclude(parser: Parser, line: number): IncludeNode {
  const { tokens } = parser;
  const template = parseExpression(tokens);
  const next = tokens.peek(1);
  const ignoreMissing = tokens.isName("ignore") && next.type === "name" && next.value === "missing";
  if (ignoreMissing) {
    tokens.next();
    tokens.next();
  }
  return { kind: "include", template, ignoreMissing, withContext: parser.contextClause() ?? true, line };
}

function parseImport(parser: Parser, line: number): ImportNode {
  const template = parseExpression(parser.tokens);
  parser.tokens.expect("name", "as");
  const target = parser.targetName();
  return { kind: "import", template, target, withContext: parser.contextClause() ?? false, line };
}

function parseImportedName(parser: Parser): { name: string; as: string } {
  const { tokens } = parser;
  const { line } = tokens;
  const name = parser.targetName();
  if (name.startsWith("_")) tokens.fail("names starting with an underline can not be imported", line);
  return { name, as: tokens.skipName("as") ? parser.targetName() : name };
}

function parseFrom(parser: Parser, line: number): FromImportNode {
  const { tokens } = parser;
  const template = parseExpression(tokens);
  tokens.expect("name", "import");
  const names: { name: string; as: string }[] = [];
  let withContext = parser.contextClause();
  while (withContext === undefined) {
    names.push(parseImportedName(parser));
    withContext = parser.contextClause();
    if (withContext !== undefined || !tokens.skipOperator(",")) break;
    withContext = parser.contextClause();
  }
  if (names.length === 0) tokens.expect("name");
  return { kind: "from", template, names, withContext: withContext ?? false, line };
}

function parseMacro(parser: Parser, line: number): MacroNode {
  const name = parser.targetName();
  const signature = parser.signature();
  const body = outsideLoops(parser, "endmacro");
  requireCallerDefault(parser, signature, body, line);
  return { kind: "macro", name, ...signature, body, line };
}

function requireCallerDefault(
  parser: Parser,
  { params, defaults }: Signature,
  body: Node[],
  line: number,
): void {
  const position = params.indexOf("caller");
  if (position === -1 || position >= params.length - defaults.length) return;
  if (!undeclaredAmong(body, ["caller"]).has("caller")) return;
  parser.tokens.fail("the special argument 'caller' of a macro must be omitted or be given a default", line);
}

function parseCallBlock(parser: Parser, line: number): CallBlockNode {
  const { tokens } = parser;
  const signature = tokens.isOperator("(") ? parser.signature() : { params: [], defaults: [] };
  const call = parseExpression(tokens);
  if (call.kind !== "call") return tokens.fail("expected call", line);
  return { kind: "callblock", call, ...signature, body: outsideLoops(parser, "endcall"), line };
}

/** A macro's body is a function of its own: break and continue do not reach the loop around it. */
function outsideLoops(parser: Parser, end: string): Node[] {
  const depth = parser.loopDepth;
  parser.loopDepth = 0;
  const body = parser.body(end);
  parser.loopDepth = depth;
  return body;
}

function parsePrint(parser: Parser, line: number): Node[] {
  const found: Node[] = [];
  while (!parser.tokens.is("block_end")) {
    if (found.length > 0) parser.tokens.expectOperator(",");
    found.push({ kind: "print", expr: parseExpression(parser.tokens), line });
  }
  return found;
}

function parseExtends(parser: Parser, line: number): Node {
  parser.requireToplevel("extends", line);
  parser.hasExtends = true;
  return { kind: "extends", template: parseExpression(parser.tokens), line };
}

function parseLoopControl(kind: "break" | "continue"): StatementParser {
  return (parser, line) => {
    if (parser.loopDepth === 0) parser.tokens.fail(`'${kind}' outside of a loop`, line);
    return { kind, line };
  };
}

const STATEMENTS = new Map<string, StatementParser>([
  ["if", parseIf],
  ["for", parseFor],
  ["set", parseSet],
  ["with", parseWith],
  ["block", parseBlock],
  ["extends", parseExtends],
  ["include", parseInclude],
  ["import", parseImport],
  ["from", parseFrom],
  ["macro", parseMacro],
  ["call", parseCallBlock],
  ["print", parsePrint],
  ["do", (parser, line) => ({ kind: "do", expr: parseTuple(parser.tokens), line })],
  [
    "filter",
    (parser, line) => ({
      kind: "filterblock",
      filter: parseInlineFilters(parser.tokens),
      body: parser.body("endfilter"),
      line,
    }),
  ],
  [
    "autoescape",
    (parser, line) => ({
      kind: "autoescape",
      value: parseExpression(parser.tokens),
      body: parser.body("endautoescape"),
      line,
    }),
  ],
  ["break", parseLoopControl("break")],
  ["continue", parseLoopControl("continue")],
]);

/** Parses a template; throws KOLLA_TEMPLATE_SYNTAX with file and line. */
export function parseTemplate(source: string, file: string, whitespace: Whitespace): Parsed {
  const parser = new Parser(tokenize(source, file, whitespace), file);
  const body = parser.nodes([]);
  const parsed = { body, blocks: parser.blocks, hasExtends: parser.hasExtends };
  return { ...parsed, hidden: hiddenNames(parsed) };
}

/** Parses one expression without braces. */
export function parseLoneExpression(source: string, file: string): Expr {
  const tokens = new Tokens(tokenizeExpression(source, file), file);
  const expr = parseExpression(tokens);
  if (!tokens.is("eof")) tokens.unexpected();
  return expr;
}
