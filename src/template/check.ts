import type { Expr, Node } from "./ast.ts";
import { failSyntax } from "./errors.ts";
import { children } from "./names.ts";
import type { Engine } from "./runtime.ts";

/** Statements whose inside is checked even where they stand in a condition themselves. */
const STRICT_BODIES = new Set(["for", "with", "block", "macro", "callblock", "filterblock", "setblock"]);
/** What of such a statement still belongs to the place where it stands. */
const OUTER_PARTS = new Set(["iter", "values", "call"]);

/**
 * Refuses filters and tests that do not exist before anything is rendered, as Jinja does;
 * directly in a condition they are only refused once reached, so that a template may ask first.
 */
export function checkFilterNames(body: Node[], engine: Engine, file: string): void {
  const check = (node: Node | Expr, lenient: boolean): void => {
    if (!lenient) checkNode(node, engine, file);
    const strict = STRICT_BODIES.has(node.kind);
    const conditional = node.kind === "if" || node.kind === "cond";
    for (const [part, value] of Object.entries(node)) {
      const inside = strict ? lenient && OUTER_PARTS.has(part) : lenient || conditional;
      for (const child of children([value])) check(child, inside);
    }
  };
  for (const node of body) check(node, false);
}

function checkNode(node: Node | Expr, engine: Engine, file: string): void {
  if (node.kind === "filter" && !engine.filters.has(node.name)) {
    failSyntax(`No filter named '${node.name}'.`, file, node.line);
  }
  if (node.kind === "test" && !engine.tests.has(node.name)) {
    failSyntax(`No test named '${node.name}'.`, file, node.line);
  }
}
