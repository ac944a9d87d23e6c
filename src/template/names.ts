import type { Expr, Node } from "./ast.ts";

type Part = Expr | Node;

function isPart(value: unknown): value is Part {
  return typeof value === "object" && value !== null && "kind" in value;
}

/** The expressions and statements directly below a node, in source order. */
export function children(node: object): Part[] {
  const found: Part[] = [];
  for (const value of Object.values(node)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (isPart(item)) found.push(item);
      else if (typeof item === "object" && item !== null && !(item instanceof Map))
        found.push(...children(item));
    }
  }
  return found;
}

/** Which of `names` the parts read without setting them first, blocks not looked into, as Jinja looks for `loop`. */
export function undeclaredAmong(parts: Part[], names: readonly string[]): Set<string> {
  const found = new Set<string>();
  const visit = (node: Part): void => {
    if (node.kind === "block") return;
    if (node.kind === "name" && names.includes(node.name)) found.add(node.name);
    for (const child of children(node)) visit(child);
  };
  for (const part of parts) visit(part);
  return found;
}

export function hasScopedBlock(parts: Part[]): boolean {
  return parts.some((node) => (node.kind === "block" && node.scoped) || hasScopedBlock(children(node)));
}
