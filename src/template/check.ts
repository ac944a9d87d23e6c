import type { Expr, Node } from "./ast.ts";
import { failSyntax } from "./errors.ts";
import { children } from "./names.ts";
import type { Engine } from "./runtime.ts";

/**
 * Refuses filters and tests that do not exist before anything is rendered, as Jinja does;
 * inside a condition they are only refused once reached, so that a template may ask first.
 */
export function checkFilterNames(body: Node[], engine: Engine, file: string): void {
  for (const node of body) checkNode(node, engine, file);
}

function checkNode(node: Node | Expr, engine: Engine, file: string): void {
  if (node.kind === "if" || node.kind === "cond") return;
  if (node.kind === "filter" && !engine.filters.has(node.name)) {
    failSyntax(`No filter named '${node.name}'.`, file, node.line);
  }
  if (node.kind === "test" && !engine.tests.has(node.name)) {
    failSyntax(`No test named '${node.name}'.`, file, node.line);
  }
  for (const child of children(node)) checkNode(child, engine, file);
}
