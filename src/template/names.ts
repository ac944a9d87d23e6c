import type { Expr, Node } from "./ast.ts";

type Part = Expr | Node;

function isPart(value: unknown): value is Part {
  return typeof value === "object" && value !== null && "kind" in value;
}

/** The expressions and statements directly below a node, in source order. */
export function children(node: object): Part[] {
  const found: Part[] = [];
  for (const key in node) collect((node as Record<string, unknown>)[key], found);
  return found;
}

function collect(value: unknown, found: Part[]): void {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) for (const item of value) collect(item, found);
  else if (isPart(value)) found.push(value);
  else for (const key in value) collect((value as Record<string, unknown>)[key], found);
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

/** Whether any block in these parts sees the variables around it. */
export function hasScopedBlock(parts: Part[]): boolean {
  return parts.some((node) => (node.kind === "block" && node.scoped) || hasScopedBlock(children(node)));
}
