import {
  type Batch,
  type BatchSize,
  baseName,
  batchSizes,
  type Item,
  type ItemRef,
  type Rollout,
  USUAL_ROLLOUT,
} from "#model";
import { groupBy, topologicalOrder } from "#support";
import type { Node } from "./draft.ts";

/** How containers are changed on several hosts. */
export interface Rolling {
  /** What a container says of itself, by its name. */
  rolloutOf: (container: string) => Rollout;
  /** What the operator says of all of them. */
  serial: readonly BatchSize[];
}

/** What a node does to a container: take it away for a while, or bring up one that does not serve. */
interface Change {
  ref: ItemRef;
  container: string;
  interrupts: boolean;
}

/**
 * The same nodes, in batches where they take away a container that serves on several hosts, so that it never goes on
 * more of them at once than it says. Members of a quorum that do not serve yet come before those that do.
 * Follows the order that the nodes have already, so it makes no cycles.
 */
export function rollHosts(nodes: readonly Node[], rolling: Rolling): Node[] {
  const changes = nodes.flatMap((node) => changeOf(node, rolling) ?? []);
  const place = placesOf(nodes, changes);
  const sorted = changes.toSorted((a, b) => (place.get(a.ref) ?? 0) - (place.get(b.ref) ?? 0));
  const batches = new Map<ItemRef, Batch>();
  for (const [container, group] of groupBy(sorted, (change) => change.container)) {
    if (!group.some(({ interrupts }) => interrupts)) continue;
    const sizes = batchSizes(group.length, rolling.rolloutOf(container), rolling.serial);
    const numbers = sizes.flatMap((size, index) => Array.from({ length: size }, () => index + 1));
    if (sizes.length > 1)
      group.forEach(({ ref }, at) => {
        batches.set(ref, { container, number: numbers[at] ?? 1, of: sizes.length });
      });
  }
  return nodes.map((node) => {
    const batch = batches.get(node.ref);
    return batch ? { ...node, batch } : node;
  });
}

/** Each node's place in an order that respects needs; what is brought up comes as early as its needs let it. */
function placesOf(nodes: readonly Node[], changes: readonly Change[]): Map<ItemRef, number> {
  const needs = new Map(nodes.map((node) => [node.ref, node.needs]));
  const first = changes.flatMap(({ ref, interrupts }) => (interrupts ? [] : [ref]));
  const order = topologicalOrder([...first, ...needs.keys()], (ref) => needs.get(ref) ?? []);
  return new Map(order.map((ref, index) => [ref, index]));
}

/** Undefined where other hosts need not wait: only of a quorum also what is brought up, or taken away for good, counts. */
function changeOf({ ref, drafts }: Node, { rolloutOf }: Rolling): Change | undefined {
  const [first, next] = drafts;
  if (first?.kind === "gate") return quorumChange(ref, first.container, false, rolloutOf);
  if (first?.kind !== "container") return undefined;
  const container = baseName(first.name);
  // One that takes up files as it runs counts too: what is wrong with them shows on the first host.
  const isRestart = first.verb === "stop" && next !== undefined;
  if (first.verb === "replace" || first.verb === "reload" || isRestart)
    return { ref, container, interrupts: true };
  const isAlive = first.verb === "remove" && container === first.name;
  const isBroughtUp = first.verb === "create" || first.verb === "start";
  return isAlive || isBroughtUp ? quorumChange(ref, container, isAlive, rolloutOf) : undefined;
}

function quorumChange(
  ref: ItemRef,
  container: string,
  interrupts: boolean,
  rolloutOf: Rolling["rolloutOf"],
): Change | undefined {
  return rolloutOf(container) === "quorum" ? { ref, container, interrupts } : undefined;
}

/** What containers say of themselves where some host is to have them. */
export function declaredRollouts(
  hosts: readonly { items: readonly Item[] }[],
): (container: string) => Rollout {
  const declared = new Map(
    hosts.flatMap(({ items }) =>
      items.flatMap((item) =>
        item.kind === "container" && item.rollout ? [[item.spec.name, item.rollout] as const] : [],
      ),
    ),
  );
  return (container) => declared.get(container) ?? USUAL_ROLLOUT;
}
