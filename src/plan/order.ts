import type { ItemRef, Step } from "#model";
import { invariant, topologicalOrder } from "#support";
import type { Node } from "./draft.ts";
import { isWork, type Order, schedule, withoutImplied } from "./schedule.ts";

/**
 * The drafts of all nodes as steps, each after those it needs.
 * A need of a node without drafts is replaced by what that node itself needs, but for the files, volumes and images:
 * those lie ready for a container or job that has nothing to do.
 */
export function stepsOf(nodes: readonly Node[], order: Order): Step[] {
  const byRef = new Map(nodes.map((node) => [node.ref, node]));
  for (const node of nodes) checkNeeds(node, byRef);
  const sorted = topologicalOrder([...byRef.keys()], (ref) => byRef.get(ref)?.needs ?? []);
  const steps: Step[] = [];
  const ready = new Map<ItemRef, readonly number[]>();
  for (const ref of sorted) {
    const node = byRef.get(ref);
    if (!node) continue;
    let needs = union(node.needs.map((need) => ready.get(need) ?? []));
    for (const draft of node.drafts) {
      const n = steps.length + 1;
      const { batch } = node;
      steps.push({ ...draft, n, needs: withoutImplied(needs, steps), stage: 1, ...(batch && { batch }) });
      needs = [n];
    }
    ready.set(ref, node.drafts.length > 0 ? needs : needs.filter((need) => isWork(steps[need - 1])));
  }
  return schedule(steps, order);
}

/** The same nodes with every need turned round: for stopping, what needs a container stops before it. */
export function reversed(nodes: readonly Node[]): Node[] {
  const needs = new Map<ItemRef, ItemRef[]>(nodes.map((node) => [node.ref, []]));
  for (const node of nodes) for (const need of node.needs) needs.get(need)?.push(node.ref);
  return nodes.map((node) => ({ ...node, needs: needs.get(node.ref) ?? [] }));
}

function checkNeeds(node: Node, byRef: ReadonlyMap<ItemRef, Node>): void {
  for (const need of node.needs)
    invariant(byRef.has(need), `${node.ref} needs ${need}, which no host is to have`);
}

function union(lists: readonly (readonly number[])[]): readonly number[] {
  if (lists.length === 1) return lists[0] ?? [];
  return [...new Set(lists.flat())].sort((a, b) => a - b);
}
