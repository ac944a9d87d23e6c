import type { Expr, Node } from "./ast.ts";
import { children } from "./names.ts";
import { parseTemplate } from "./parser.ts";

type Names = Set<string>;

/** Collects the names that are read without being set, walking in the order in which things run. */
class Reader {
  readonly found: Names = new Set();

  expr(node: Expr | undefined, bound: Names): void {
    if (!node) return;
    if (node.kind === "name" || node.kind === "nsref") {
      if (!bound.has(node.name)) this.found.add(node.name);
      return;
    }
    for (const child of children(node)) this.expr(child as Expr, bound);
  }

  body(nodes: Node[], bound: Names): void {
    for (const node of nodes) this.node(node, bound);
  }

  /** A body whose assignments are not seen after it. */
  inner(nodes: Node[], bound: Names, more: Iterable<string> = []): void {
    this.body(nodes, new Set([...bound, ...more]));
  }

  node(node: Node, bound: Names): void {
    switch (node.kind) {
      case "for":
        this.loop(node, bound);
        return;
      case "if":
        this.condition(node, bound);
        return;
      case "set":
      case "setblock":
        this.assignment(node, bound);
        return;
      case "macro":
      case "callblock":
        this.macro(node, bound);
        return;
      case "with":
        for (const value of node.values) this.expr(value, bound);
        this.inner(node.body, bound, node.targets.flatMap(namesIn));
        return;
      case "block":
        this.inner(node.body, bound, ["super", "self"]);
        return;
      default:
        this.simple(node, bound);
        return;
    }
  }

  simple(node: Node, bound: Names): void {
    if ("body" in node) {
      if (node.kind === "filterblock") this.expr(node.filter, bound);
      if (node.kind === "autoescape") this.expr(node.value, bound);
      this.inner(node.body, bound);
      return;
    }
    for (const child of children(node)) this.expr(child as Expr, bound);
    if (node.kind === "import") bound.add(node.target);
    if (node.kind === "from") for (const { as } of node.names) bound.add(as);
  }

  loop(node: Extract<Node, { kind: "for" }>, bound: Names): void {
    this.expr(node.iter, bound);
    const targets = namesIn(node.target);
    this.expr(node.test, new Set([...bound, ...targets]));
    this.inner(node.body, bound, [...targets, "loop"]);
    this.inner(node.otherwise, bound);
  }

  condition(node: Extract<Node, { kind: "if" }>, bound: Names): void {
    const after = [...node.branches.map(({ test, body }) => this.branch(test, body, bound))];
    after.push(this.branch(undefined, node.otherwise, bound));
    const [first, ...others] = after;
    for (const name of first ?? []) if (others.every((set) => set.has(name))) bound.add(name);
  }

  branch(test: Expr | undefined, body: Node[], bound: Names): Names {
    this.expr(test, bound);
    const inner = new Set(bound);
    this.body(body, inner);
    return inner;
  }

  assignment(node: Extract<Node, { kind: "set" | "setblock" }>, bound: Names): void {
    if (node.kind === "set") this.expr(node.value, bound);
    else {
      this.expr(node.filter, bound);
      this.inner(node.body, bound);
    }
    for (const name of namesIn(node.target)) bound.add(name);
  }

  macro(node: Extract<Node, { kind: "macro" | "callblock" }>, bound: Names): void {
    if (node.kind === "macro") bound.add(node.name);
    else this.expr(node.call, bound);
    for (const value of node.defaults) this.expr(value, new Set([...bound, ...node.params]));
    this.inner(node.body, bound, [...node.params, "caller", "varargs", "kwargs"]);
  }
}

function namesIn(target: Expr): string[] {
  if (target.kind === "name") return [target.name];
  return target.kind === "tuple" ? target.items.flatMap(namesIn) : [];
}

const PLAIN = { trimBlocks: false, lstripBlocks: false, keepTrailingNewline: true };
const GLOBALS = new Set(["range", "dict", "lipsum", "cycler", "joiner", "namespace", "self"]);

/**
 * The variables a template reads and does not set itself, Jinja's own globals left out.
 * Throws KOLLA_TEMPLATE_SYNTAX. Parents and includes are not followed.
 */
export function freeNames(source: string): string[] {
  const reader = new Reader();
  reader.body(parseTemplate(source, "<template>", PLAIN).body, new Set(GLOBALS));
  return [...reader.found];
}
