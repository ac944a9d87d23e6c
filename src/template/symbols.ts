import type { Expr, ForNode, Node, Parsed } from "./ast.ts";
import { children } from "./names.ts";

/*
 * Jinja decides before rendering what a name means in each scope. One rule of it shows: a scope that assigns a
 * name before it reads it itself hides the variable of that name given from outside, even from the loops and
 * macros in it that read the name earlier. This finds those names, scope by scope.
 */

type Origin = "outside" | "unset" | "around";

class Symbols {
  readonly origins: Map<string, Origin>;
  readonly stores: Set<string>;
  readonly #around: Symbols | undefined;

  constructor(around?: Symbols, like?: Symbols) {
    this.#around = around;
    this.origins = new Map(like?.origins);
    this.stores = new Set(like?.stores);
  }

  branch(): Symbols {
    return new Symbols(this.#around, this);
  }

  knows(name: string): boolean {
    return this.origins.has(name) || (this.#around?.knows(name) ?? false);
  }

  load(name: string): void {
    if (!this.knows(name)) this.origins.set(name, "outside");
  }

  store(name: string): void {
    this.stores.add(name);
    if (!this.origins.has(name)) this.origins.set(name, this.#around?.knows(name) ? "around" : "unset");
  }

  param(name: string): void {
    this.stores.add(name);
    this.origins.set(name, "around");
  }

  /** Names set in some branches of a condition only keep their meaning from outside. */
  merge(branches: Symbols[]): void {
    const fresh = new Set(
      branches.flatMap(({ stores }) => [...stores].filter((name) => !this.stores.has(name))),
    );
    const partly = [...fresh].filter((name) => !branches.every(({ stores }) => stores.has(name)));
    for (const branch of branches) {
      for (const [name, origin] of branch.origins) this.origins.set(name, origin);
      for (const name of branch.stores) this.stores.add(name);
    }
    for (const name of partly) this.origins.set(name, this.#around?.knows(name) ? "around" : "outside");
  }

  /** Names that hide what is outside. */
  get unset(): string[] {
    const names: string[] = [];
    for (const [name, origin] of this.origins) if (origin === "unset") names.push(name);
    return names;
  }
}

function visitTarget(target: Expr, symbols: Symbols, asParam = false): void {
  if (target.kind === "name") asParam ? symbols.param(target.name) : symbols.store(target.name);
  else if (target.kind === "nsref") symbols.load(target.name);
  else for (const part of children(target)) visitTarget(part as Expr, symbols, asParam);
}

function visitAll(parts: (Node | Expr)[], symbols: Symbols): void {
  for (const part of parts) visit(part, symbols);
}

function visitIf(node: Extract<Node, { kind: "if" }>, symbols: Symbols): void {
  const [first, ...others] = node.branches;
  if (!first) return;
  visit(first.test, symbols);
  const branch = (body: Node[]): Symbols => {
    if (body.length === 0) return symbols;
    const inner = symbols.branch();
    visitAll(body, inner);
    return inner;
  };
  const taken = branch(first.body);
  const elif = others.length === 0 ? symbols : symbols.branch();
  for (const { test, body } of others) visitIf({ ...node, branches: [{ test, body }], otherwise: [] }, elif);
  const otherwise = branch(node.otherwise);
  symbols.merge([taken, elif, otherwise]);
}

/** What one statement or expression means for the scope it stands in; inner scopes are not looked into. */
function visit(node: Node | Expr, symbols: Symbols): void {
  switch (node.kind) {
    case "name":
    case "nsref":
      symbols.load(node.name);
      return;
    case "if":
      visitIf(node, symbols);
      return;
    case "set":
      visit(node.value, symbols);
      visitTarget(node.target, symbols);
      return;
    case "setblock":
      visitTarget(node.target, symbols);
      return;
    case "macro":
      symbols.store(node.name);
      return;
    default:
      visitRest(node, symbols);
  }
}

function visitRest(node: Node | Expr, symbols: Symbols): void {
  switch (node.kind) {
    case "for":
      visit(node.iter, symbols);
      return;
    case "callblock":
      visit(node.call, symbols);
      return;
    case "filterblock":
      visit(node.filter, symbols);
      return;
    case "with":
      visitAll(node.values, symbols);
      return;
    case "block":
    case "autoescape":
      return;
    default:
      visitAll(children(node), symbols);
  }
  if (node.kind === "import") symbols.store(node.target);
  if (node.kind === "from") for (const { as } of node.names) symbols.store(as);
}

/** For each statement with a scope of its own, the names that its scope hides from what is outside. */
type Hidden = WeakMap<object, string[]>;

class Scopes {
  readonly hidden: Hidden = new WeakMap();

  /** Analyses the scope made by `prepare` and the scopes inside `body`; `key` is what rendering looks it up by. */
  scope(key: object, around: Symbols | undefined, body: Node[], prepare: (symbols: Symbols) => void): void {
    const symbols = new Symbols(around);
    prepare(symbols);
    visitAll(body, symbols);
    const hidden = symbols.unset;
    if (hidden.length > 0) this.hidden.set(key, hidden);
    this.inside(body, symbols);
  }

  inside(nodes: Node[], symbols: Symbols): void {
    for (const node of nodes) this.statement(node, symbols);
  }

  statement(node: Node, symbols: Symbols): void {
    switch (node.kind) {
      case "if":
        for (const { body } of node.branches) this.inside(body, symbols);
        this.inside(node.otherwise, symbols);
        return;
      case "for":
        this.loop(node, symbols);
        return;
      case "macro":
      case "callblock":
        this.scope(node.body, symbols, node.body, (inner) => {
          for (const name of [...node.params, "caller", "varargs", "kwargs"]) inner.param(name);
          visitAll(node.defaults, inner);
        });
        return;
      case "with":
        this.scope(node.body, symbols, node.body, (inner) => {
          for (const target of node.targets) visitTarget(target, inner);
        });
        return;
      default:
        this.rest(node, symbols);
    }
  }

  rest(node: Node, symbols: Symbols): void {
    if (node.kind === "block") this.scope(node.body, undefined, node.body, withBlocks);
    else if (node.kind === "setblock" || node.kind === "filterblock" || node.kind === "autoescape") {
      this.scope(node.body, symbols, node.body, () => undefined);
    }
  }

  loop(node: ForNode, symbols: Symbols): void {
    this.scope(node.body, symbols, node.body, (inner) => {
      if (node.extended) inner.param("loop");
      visitTarget(node.target, inner, true);
    });
    this.scope(node.otherwise, symbols, node.otherwise, () => undefined);
    const { test } = node;
    if (!test) return;
    this.scope(test, symbols, [], (inner) => {
      visitTarget(node.target, inner, true);
      visit(test, inner);
    });
  }
}

function withBlocks(symbols: Symbols): void {
  symbols.param("self");
  symbols.param("super");
}

/** The names hidden by each scope of a template, keyed by the list of statements that is the scope's body. */
export function hiddenNames(parsed: Omit<Parsed, "hidden">): Hidden {
  const scopes = new Scopes();
  scopes.scope(parsed.body, undefined, parsed.body, () => undefined);
  return scopes.hidden;
}
