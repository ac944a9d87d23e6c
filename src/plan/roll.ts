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
  rolloutOf: RolloutOf;
  /** What the operator says of all of them. */
  serial: readonly BatchSize[];
  /** Whether a container was found not to serve. */
  isAway: (host: string, container: string) => boolean;
}

type RolloutOf = (container: string) => Rollout;

/** What a node does to a container: take it away for a while, or bring up one that does not serve. */
export interface Change {
  ref: ItemRef;
  host: string;
  container: string;
  interrupts: boolean;
}

/**
 * The same nodes, in batches where they take away a container that serves on several hosts, so that it never goes on
 * more of them at once than it says. Members of a quorum that do not serve yet come before those that do.
 * Follows the order that the nodes have already, so it makes no cycles.
 */
export function rollHosts(nodes: readonly Node[], rolling: Rolling): Node[] {
  const changes = changesOf(nodes, rolling.rolloutOf);
  const place = placesOf(nodes, changes, rolling);
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

/** What other hosts wait for, of all nodes. */
export function changesOf(nodes: readonly Node[], rolloutOf: RolloutOf): Change[] {
  return nodes.flatMap((node) => changeOf(node, rolloutOf) ?? []);
}

/** Each node's place in an order that respects needs; members of quorums that do not serve come as early as it lets them. */
function placesOf(
  nodes: readonly Node[],
  changes: readonly Change[],
  { rolloutOf, isAway }: Rolling,
): Map<ItemRef, number> {
  const needs = new Map(nodes.map((node) => [node.ref, node.needs]));
  const first = changes.flatMap(({ ref, host, container }) =>
    rolloutOf(container) === "quorum" && isAway(host, container) ? [ref] : [],
  );
  const order = topologicalOrder([...first, ...needs.keys()], (ref) => needs.get(ref) ?? []);
  return new Map(order.map((ref, index) => [ref, index]));
}

/** Undefined where other hosts need not wait: only of a quorum also what is brought up, or taken away for good, counts. */
function changeOf({ ref, drafts }: Node, rolloutOf: RolloutOf): Change | undefined {
  const [first, next] = drafts;
  if (first?.kind !== "container" && first?.kind !== "gate") return undefined;
  const name = first.kind === "gate" ? first.container : first.name;
  const change = { ref, host: first.host, container: baseName(name) };
  // One that takes up files as it runs counts too: what is wrong with them shows on the first host.
  const isRestart = first.verb === "stop" && next !== undefined;
  if (first.verb === "replace" || first.verb === "reload" || isRestart)
    return { ...change, interrupts: true };
  const isKept = first.verb === "remove" && change.container !== name;
  if (rolloutOf(change.container) !== "quorum" || isKept) return undefined;
  return { ...change, interrupts: first.verb === "remove" };
}

/** What containers say of themselves where some host is to have them. */
export function declaredRollouts(hosts: readonly { items: readonly Item[] }[]): RolloutOf {
  const declared = new Map(
    hosts.flatMap(({ items }) =>
      items.flatMap((item) =>
        item.kind === "container" && item.rollout ? [[item.spec.name, item.rollout] as const] : [],
      ),
    ),
  );
  return (container) => declared.get(container) ?? USUAL_ROLLOUT;
}
