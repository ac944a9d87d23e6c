import type { ContainerItem } from "#model";
import { isStopped, startDraft, withGate } from "./container-drafts.ts";
import type { Draft, Node } from "./draft.ts";
import { hostNodes } from "./nodes.ts";
import { common, type HostPair } from "./pair.ts";
import { inScope } from "./request.ts";

/** The verbs that act on containers as they are and change nothing else. */
export type PowerVerb = "start" | "stop" | "restart";

/** Tells the verbs that only start and stop containers from those that change them. */
export function isPowerVerb(verb: string): verb is PowerVerb {
  return verb === "start" || verb === "stop" || verb === "restart";
}

/** Nodes of a host for start, stop and restart: the same graph, with drafts for containers only. */
export function powerNodes(pair: HostPair, verb: PowerVerb, active: boolean): Node[] {
  const drafts = new Map<string, readonly Draft[]>();
  for (const item of pair.desired.items)
    if (active && item.kind === "container" && inScope(pair.request, item.set))
      drafts.set(`${pair.desired.host}|${item.id}`, powerDrafts(pair, item, verb));
  return hostNodes(pair, false).map((node) => ({ ...node, drafts: drafts.get(node.ref) ?? [] }));
}

function powerDrafts(pair: HostPair, item: ContainerItem, verb: PowerVerb): Draft[] {
  const found = pair.containers.get(item.spec.name);
  if (!found) return [];
  const gated = withGate(pair, item, startDraft(pair, item, found), undefined, false);
  if (isStopped(found)) return verb === "stop" ? [] : gated;
  const stop: Draft = {
    kind: "container",
    verb: "stop",
    name: item.spec.name,
    expects: found.id,
    ...common(pair, item, "asked for"),
  };
  if (verb === "stop") return [stop];
  if (verb === "start") return [];
  return [
    stop,
    ...withGate(pair, item, { ...startDraft(pair, item, found), cause: "asked for" }, undefined, false),
  ];
}
