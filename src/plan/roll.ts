import type { ItemRef } from "#model";
import { groupBy, topologicalOrder } from "#support";
import type { Draft, Node } from "./draft.ts";

/** Up to so many hosts a container is changed on one host after the other: enough for any quorum to hold. */
const ONE_BY_ONE = 5;

/**
 * The same nodes, so that a container which serves on several hosts is never taken away on all of them at once: one
 * host after the other where they are few, else on one host that proves it and then on all others.
 * Follows the order that the nodes have already, so it makes no cycles.
 */
export function rollHosts(nodes: readonly Node[]): Node[] {
  const order = topologicalOrder(
    nodes.map(({ ref }) => ref),
    needsOf(nodes),
  );
  const place = new Map(order.map((ref, index) => [ref, index]));
  const sorted = nodes
    .filter((node) => interrupts(node.drafts) !== undefined)
    .sort((a, b) => (place.get(a.ref) ?? 0) - (place.get(b.ref) ?? 0));
  const extra = new Map<ItemRef, ItemRef>();
  for (const group of groupBy(sorted, ({ drafts }) => interrupts(drafts) ?? "").values())
    group.forEach((node, index) => {
      const before = group[group.length > ONE_BY_ONE ? 0 : index - 1];
      if (before && index > 0) extra.set(node.ref, before.ref);
    });
  return nodes.map((node) => {
    const before = extra.get(node.ref);
    return before === undefined ? node : { ...node, needs: [...node.needs, before] };
  });
}

/**
 * Name of the container that serves now and will again after these drafts; undefined when they do nothing of the kind.
 * One that takes up files as it runs counts too: what is wrong with them shows on the first host.
 */
function interrupts(drafts: readonly Draft[]): string | undefined {
  const [first, next] = drafts;
  if (first?.kind !== "container") return undefined;
  const isRestart = first.verb === "stop" && next !== undefined;
  return first.verb === "replace" || first.verb === "reload" || isRestart ? first.name : undefined;
}

function needsOf(nodes: readonly Node[]): (ref: ItemRef) => readonly ItemRef[] {
  const byRef = new Map(nodes.map(({ ref, needs }) => [ref, needs]));
  return (ref) => byRef.get(ref) ?? [];
}
