import { baseName, besideName, type ContainerItem, LABEL, type ObservedContainer, type Step } from "#model";
import type { HostPair } from "./pair.ts";
import { inScope, isNamed } from "./request.ts";

/** The port of a generation, and whether it proves itself beside the one before. */
type Turn = Pick<Extract<Step, { kind: "container"; verb: "replace" }>, "port" | "beside" | "crowded">;

/** The part of a host's memory that is left to all else while two generations run. */
const RESERVE = 0.1;

/** The turn of a generation that comes after another one: beside it on the port that is free, else in its place. */
export function turnAfter(pair: HostPair, item: ContainerItem, found: ObservedContainer): Turn {
  const { turns } = item;
  if (!turns) return canTakeOver(item, found) ? { beside: true } : {};
  const own = portOf(found);
  const others = takenPorts(pair, item, found);
  const next = turns.ports.find((port) => port !== own && !others.has(port));
  const canWait = found.state === "running" && turns.ports.some((port) => port === own);
  if (!turns.beside || !canWait || next === undefined) return firstTurn(pair, item, found);
  const crowded = crowding(pair);
  return crowded ? { ...firstTurn(pair, item, found), crowded } : { port: next, beside: true };
}

/** Whether a generation can take over from the one before as that runs: both have to be made for it. */
function canTakeOver(item: ContainerItem, { state, labels }: ObservedContainer): boolean {
  return item.handover !== undefined && state === "running" && labels[LABEL.handover] !== undefined;
}

/** What is lacking of memory for all of the run's containers on this host to be there twice; undefined where there is room. */
function crowding({ desired, observed, containers, request }: HostPair): Turn["crowded"] {
  const { memoryBytes, memoryAvailableBytes: available } = observed.facts;
  if (available === undefined) return undefined;
  const wanted = desired.items
    .flatMap((item) =>
      item.kind === "container" && item.turns && inScope(request, item.set) && isNamed(request, item)
        ? [containers.get(item.spec.name)?.memoryBytes ?? 0]
        : [],
    )
    .reduce((sum, bytes) => sum + bytes, 0);
  const free = Math.max(0, available - RESERVE * memoryBytes);
  return wanted > free ? { wanted, free } : undefined;
}

/** Why a container must be made anew although nothing else changed: nothing leads to the port that it listens on. */
export function strandedCauses({ turns }: ContainerItem, found: ObservedContainer): string[] {
  const port = portOf(found);
  const leads =
    turns === undefined || turns.balancers.length > 0 || port === undefined || port === turns.ports[0];
  return leads ? [] : [`listens on port ${port}, which no load balancer leads to`];
}

/** The turn of a generation before which none serves; `stopped` is the one that makes room for it. */
export function firstTurn(pair: HostPair, item: ContainerItem, stopped?: ObservedContainer): Turn {
  const { turns } = item;
  if (!turns) return {};
  const taken = takenPorts(pair, item, stopped);
  return { port: turns.ports.find((port) => !taken.has(port)) ?? turns.ports[0] };
}

/**
 * Ports of what runs of a container but for one. An older generation may still serve where a run was cut off; a newer
 * one that had no turn yet is taken away first.
 */
function takenPorts(pair: HostPair, item: ContainerItem, but?: ObservedContainer): Set<number | undefined> {
  const { name } = item.spec;
  const running = pair.observed.containers.filter(
    (found) =>
      found !== but &&
      found.state === "running" &&
      baseName(found.name) === name &&
      found.name !== besideName(name),
  );
  return new Set(running.map(portOf));
}

function portOf({ labels }: ObservedContainer): number | undefined {
  const port = labels[LABEL.port];
  return port === undefined ? undefined : Number(port);
}
