import type { ItemRef, Step } from "#model";
import { invariant, topologicalOrder } from "#support";
import type { Draft, Node } from "./draft.ts";

/**
 * Numbers the drafts of all nodes so that each step comes after those it needs, and gives each its stage:
 * one more than a need's when that is on another host, the need's own otherwise.
 * A need of a node without drafts is replaced by what that node itself needs.
 */
export function numberSteps(nodes: readonly Node[]): Step[] {
  const byRef = new Map(nodes.map((node) => [node.ref, node]));
  for (const node of nodes) checkNeeds(node, byRef);
  const order = topologicalOrder([...byRef.keys()], (ref) => byRef.get(ref)?.needs ?? []);
  const steps: Step[] = [];
  const ready = new Map<ItemRef, readonly number[]>();
  for (const ref of order) {
    const node = byRef.get(ref);
    if (!node) continue;
    let needs = union(node.needs.map((need) => ready.get(need) ?? []));
    for (const draft of node.drafts) {
      const step = numbered(draft, steps.length + 1, withoutImplied(needs, steps), steps);
      steps.push(step);
      needs = [step.n];
    }
    ready.set(ref, needs);
  }
  return steps;
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

function numbered(draft: Draft, n: number, needs: readonly number[], steps: readonly Step[]): Step {
  const stages = needs.map((need) => {
    const before = steps[need - 1];
    invariant(before, `step ${n} needs step ${need}, which does not come before it`);
    return before.stage + (before.host === draft.host ? 0 : 1);
  });
  return { ...draft, n, needs, stage: Math.max(1, ...stages) };
}

/** Drops needs that another need already waits for; this changes neither order nor stages. */
function withoutImplied(needs: readonly number[], steps: readonly Step[]): readonly number[] {
  const [lowest] = needs;
  if (lowest === undefined || needs.length < 2) return needs;
  const seen = new Set<number>();
  const queue = needs.flatMap((need) => steps[need - 1]?.needs ?? []);
  for (let n = queue.pop(); n !== undefined; n = queue.pop()) {
    if (n < lowest || seen.has(n)) continue;
    seen.add(n);
    queue.push(...(steps[n - 1]?.needs ?? []));
  }
  return needs.filter((need) => !seen.has(need));
}

function union(lists: readonly (readonly number[])[]): readonly number[] {
  if (lists.length === 1) return lists[0] ?? [];
  return [...new Set(lists.flat())].sort((a, b) => a - b);
}
