import { invariant } from "./errors.ts";

/**
 * Orders nodes so that each comes after all it needs; ties keep the given order.
 * Names that `needs` returns and that are not nodes are ignored.
 * Throws when there is a cycle, naming it.
 */
export function topologicalOrder(
  nodes: readonly string[],
  needs: (node: string) => readonly string[],
): string[] {
  const known = new Set(nodes);
  const done = new Set<string>();
  const order: string[] = [];
  const visit = (node: string, path: readonly string[]): void => {
    if (done.has(node)) return;
    invariant(!path.includes(node), `a cycle: ${[...path, node].join(" → ")}`);
    for (const need of needs(node)) if (known.has(need)) visit(need, [...path, node]);
    done.add(node);
    order.push(node);
  };
  for (const node of nodes) visit(node, []);
  return order;
}

/** All nodes that `start` reaches through `next`, without `start` itself unless there is a cycle. */
export function reachable(start: string, next: (node: string) => readonly string[]): Set<string> {
  const found = new Set<string>();
  const queue = [...next(start)];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    queue.push(...next(node));
  }
  return found;
}
