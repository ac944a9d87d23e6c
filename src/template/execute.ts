import type { BlockNode, CallBlockNode, Expr, ForNode, MacroNode, Node } from "./ast.ts";
import { fail, located } from "./errors.ts";
import { escapeHtml } from "./escape.ts";
import { evaluate, evaluateCall, evaluateFilter } from "./evaluate.ts";
import { extendTemplate, importNames, importTemplate, includeTemplate } from "./linking.ts";
import { type BoundArguments, defaultOf, Macro, shapeOf } from "./macro.ts";
import { LoopState, Namespace } from "./objects.ts";
import { str } from "./repr.ts";
import { assignName, type BlockVersion, type Frame, innerFrame, newScope, Scope } from "./runtime.ts";
import { iterate, Markup, MISSING, PyObject, truthy, Undefined } from "./values.ts";

/** How a list of statements ended. */
type Outcome = "done" | "break" | "continue";

/** Runs statements one after the other; errors get the line of the innermost statement. */
export function execute(nodes: Node[], frame: Frame): Outcome {
  for (const node of nodes) {
    const outcome = executeLocated(node, frame);
    if (outcome !== "done") return outcome;
  }
  return "done";
}

function executeLocated(node: Node, frame: Frame): Outcome {
  try {
    return executeNode(node, frame);
  } catch (error) {
    throw located(error, frame.unit.path, node.line, () => constructAt(frame, node.line));
  }
}

/** The line of the template that an error is about, for its message. */
function constructAt(frame: Frame, line: number): string {
  const text = frame.unit.source.split(/\r\n?|\n/)[line - 1]?.trim() ?? "";
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

function executeNode(node: Node, frame: Frame): Outcome {
  switch (node.kind) {
    case "text":
      if (!isHeld(frame)) frame.out.push(node.text);
      return "done";
    case "print":
      if (!isHeld(frame)) frame.out.push(printed(evaluate(node.expr, frame), frame));
      return "done";
    case "if":
      return executeIf(node, frame);
    case "for":
      executeFor(node, frame);
      return "done";
    case "break":
    case "continue":
      return node.kind;
    case "with":
      return executeWith(node, frame);
    case "autoescape":
      return execute(
        node.body,
        innerFrame(frame, node.body, { autoescape: truthy(evaluate(node.value, frame)) }),
      );
    default:
      executeSimple(node, frame);
      return "done";
  }
}

type Simple = Exclude<
  Node,
  { kind: "text" | "print" | "if" | "for" | "break" | "continue" | "with" | "autoescape" }
>;

function executeSimple(node: Simple, frame: Frame): void {
  switch (node.kind) {
    case "set":
      assign(node.target, evaluate(node.value, frame), frame);
      return;
    case "setblock":
      executeSetBlock(node, frame);
      return;
    case "do":
      evaluate(node.expr, frame);
      return;
    case "block":
      executeBlock(node, frame);
      return;
    case "macro":
      assignName(node.name, makeMacro(node, node.name, frame), frame);
      return;
    case "callblock":
      executeCallBlock(node, frame);
      return;
    case "filterblock":
      executeFilterBlock(node, frame);
      return;
    case "extends":
      extendTemplate(node.template, frame);
      return;
    case "include":
      includeTemplate(node, frame);
      return;
    case "import":
      importTemplate(node, frame);
      return;
    case "from":
      importNames(node, frame);
      return;
  }
}

/** In a template that extends another, only blocks give output. */
function isHeld(frame: Frame): boolean {
  return frame.holdsOutput && frame.root.parent !== undefined;
}

function printed(raw: unknown, frame: Frame): string {
  const value = frame.unit.engine.finalize(raw);
  return frame.autoescape ? escapeHtml(value).text : str(value);
}

function captured(body: Node[], frame: Frame): unknown {
  const out: string[] = [];
  execute(body, { ...frame, out });
  const text = out.join("");
  return frame.autoescape ? new Markup(text) : text;
}

function executeIf(node: Extract<Node, { kind: "if" }>, frame: Frame): Outcome {
  for (const { test, body } of node.branches) {
    if (truthy(evaluate(test, frame))) return execute(body, frame);
  }
  return execute(node.otherwise, frame);
}

function executeWith(node: Extract<Node, { kind: "with" }>, frame: Frame): Outcome {
  const inner = innerFrame(frame, node.body);
  const values = node.values.map((value) => evaluate(value, frame));
  for (const [index, target] of node.targets.entries()) assign(target, values[index], inner);
  return execute(node.body, inner);
}

function assignAttribute(target: Extract<Expr, { kind: "nsref" }>, value: unknown, frame: Frame): void {
  const object = evaluate({ kind: "name", name: target.name }, frame);
  if (!(object instanceof Namespace)) fail("cannot assign attribute on non-namespace object");
  object.set(target.attr, value);
}

/** Assigns to a name, a namespace's attribute, or item by item to a tuple of those. */
function assign(target: Expr, value: unknown, frame: Frame): void {
  if (target.kind === "name") {
    assignName(target.name, value, frame);
    return;
  }
  if (target.kind === "nsref") {
    assignAttribute(target, value, frame);
    return;
  }
  if (target.kind !== "tuple") return;
  const values = [...iterate(value)];
  const wanted = target.items.length;
  if (values.length > wanted) fail(`too many values to unpack (expected ${wanted})`);
  if (values.length < wanted) fail(`not enough values to unpack (expected ${wanted}, got ${values.length})`);
  for (const [index, item] of target.items.entries()) assign(item, values[index], frame);
}

function executeSetBlock(node: Extract<Node, { kind: "setblock" }>, frame: Frame): void {
  const text = captured(node.body, innerFrame(frame, node.body, { holdsOutput: false }));
  assign(node.target, node.filter ? evaluateFilter(node.filter, frame, text) : text, frame);
}

function executeFilterBlock(node: Extract<Node, { kind: "filterblock" }>, frame: Frame): void {
  const inner = innerFrame(frame, node.body);
  frame.out.push(printed(evaluateFilter(node.filter, inner, captured(node.body, inner)), frame));
}

/** The items that pass the loop's own condition, one by one. */
function* filteredItems(node: ForNode, iterable: unknown, frame: Frame): Iterable<unknown> {
  for (const item of iterate(iterable)) {
    const inner = { ...frame, toplevel: false, scope: new Scope(frame.scope) };
    assign(node.target, item, inner);
    if (node.test && truthy(evaluate(node.test, inner))) yield item;
  }
}

function executeFor(node: ForNode, frame: Frame): void {
  runLoop(node, evaluate(node.iter, frame), frame, 0);
}

/** Lists are walked live, as Python walks them: what the body appends is reached too. */
function runLoop(node: ForNode, iterable: unknown, frame: Frame, depth: number): void {
  const items = node.test ? filteredItems(node, iterable, frame) : iterate(iterable);
  const recurse = (inner: unknown): unknown => {
    const out: string[] = [];
    runLoop(node, inner, { ...frame, out }, depth + 1);
    const text = out.join("");
    return frame.autoescape ? new Markup(text) : text;
  };
  let loop: LoopState | undefined;
  if (node.extended) {
    loop = new LoopState(
      Array.isArray(items) ? items : [...items],
      depth,
      node.recursive ? recurse : undefined,
    );
  }
  if (!runIterations(node, loop?.items ?? items, frame, loop))
    execute(node.otherwise, innerFrame(frame, node.otherwise));
}

/** Runs the body for each item; tells whether any run came to its end (Jinja's else looks at that). */
function runIterations(
  node: ForNode,
  items: Iterable<unknown>,
  frame: Frame,
  loop: LoopState | undefined,
): boolean {
  let completed = false;
  for (const item of items) {
    const inner = innerFrame(frame, node.body);
    if (loop) {
      loop.index0++;
      inner.scope.vars.set("loop", loop);
    }
    assign(node.target, item, inner);
    const outcome = execute(node.body, inner);
    if (outcome === "break") return completed;
    completed ||= outcome === "done";
  }
  return completed;
}

/** A macro remembers where it was written: it sees the variables of that place. */
function makeMacro(node: MacroNode | CallBlockNode, name: string | null, frame: Frame): Macro {
  const shape = shapeOf(node);
  return new Macro(name, shape, (bound) => {
    const inner = innerFrame(frame, node.body, { holdsOutput: false });
    for (const [param, value] of bound)
      inner.scope.vars.set(param, argumentOf(node, param, value, inner, bound));
    return captured(node.body, inner);
  });
}

function argumentOf(
  node: MacroNode | CallBlockNode,
  param: string,
  given: unknown,
  frame: Frame,
  bound: BoundArguments,
): unknown {
  if (given !== MISSING) return given;
  const fallback = defaultOf(node, param);
  if (fallback && bound.has(param)) return evaluate(fallback, frame);
  const mode = frame.unit.engine.undefinedMode;
  return new Undefined(
    param === "caller" ? "No caller defined" : `parameter '${param}' was not provided`,
    mode,
  );
}

function executeCallBlock(node: CallBlockNode, frame: Frame): void {
  const caller = makeMacro(node, null, frame);
  frame.out.push(printed(evaluateCall(node.call, frame, caller), frame));
}

/** `super` in a block: calling it renders the version of the parent template. */
class SuperBlock extends PyObject {
  readonly typeName = "BlockReference";
  readonly #versions: BlockVersion[];
  readonly #depth: number;
  readonly #frame: Frame;

  constructor(versions: BlockVersion[], depth: number, frame: Frame) {
    super();
    this.#versions = versions;
    this.#depth = depth;
    this.#frame = frame;
  }

  override get callable(): boolean {
    return true;
  }

  override call(): unknown {
    const out: string[] = [];
    renderBlock(this.#versions, this.#depth, { ...this.#frame, out });
    return this.#frame.autoescape ? new Markup(out.join("")) : out.join("");
  }

  override attribute(name: string): unknown {
    if (name !== "super") return MISSING;
    return superOf(this.#versions, this.#depth, this.#frame);
  }
}

function superOf(versions: BlockVersion[], depth: number, frame: Frame): unknown {
  if (depth + 1 < versions.length) return new SuperBlock(versions, depth + 1, frame);
  const name = versions[depth]?.node.name;
  return new Undefined(`there is no parent block called '${name}'.`, frame.unit.engine.undefinedMode);
}

/** Renders one version of a block; depth 0 is that of the most derived template. */
export function renderBlock(versions: BlockVersion[], depth: number, frame: Frame): void {
  const version = versions[depth];
  if (!version) fail("there is no such block");
  if (version.node.required && depth === 0) fail(`Required block '${version.node.name}' not found`);
  const inner: Frame = {
    ...frame,
    unit: version.unit,
    toplevel: false,
    holdsOutput: false,
    scope: newScope(version.unit, version.node.body),
  };
  inner.scope.vars.set("super", superOf(versions, depth, inner));
  inner.scope.vars.set("self", selfOf(inner));
  execute(version.node.body, inner);
}

/** `self` in a template: its blocks as functions. */
class SelfReference extends PyObject {
  readonly typeName = "TemplateReference";
  readonly #frame: Frame;

  constructor(frame: Frame) {
    super();
    this.#frame = frame;
  }

  override attribute(name: string): unknown {
    const versions = this.#frame.context.blocks.get(name);
    return versions ? new SuperBlock(versions, 0, this.#frame) : MISSING;
  }
}

/** What `self` is where this frame stands. */
export function selfOf(frame: Frame): PyObject {
  return new SelfReference(frame);
}

function executeBlock(node: BlockNode, frame: Frame): void {
  if (frame.toplevel && frame.root.parent !== undefined) return;
  const versions = frame.context.blocks.get(node.name) ?? fail(`there is no block '${node.name}'`);
  const context = node.scoped ? frame.context.derived(frame.scope) : frame.context;
  renderBlock(versions, 0, { ...frame, context });
}
