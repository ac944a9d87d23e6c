import {
  baseName,
  type ContainerItem,
  filesOf,
  generationInName,
  LABEL,
  type ObservedContainer,
} from "#model";
import { fileCauses, makeCauses } from "./causes.ts";
import type { Draft } from "./draft.ts";
import { outageOf, takeoverOf } from "./outage.ts";
import { common, type HostPair, touches } from "./pair.ts";
import { firstTurn, strandedCauses, turnAfter } from "./turn.ts";

/** Steps that make a container on a host the wanted one, each with its gate; none when it is. */
export function containerDrafts(pair: HostPair, item: ContainerItem): Draft[] {
  const { name } = item.spec;
  const found = pair.containers.get(name);
  const kept = keptGeneration(pair, name);
  if (!found)
    return withGate(
      pair,
      item,
      createDraft(pair, item, lastGeneration(pair, name) + 1),
      kept,
      kept === undefined,
    );
  const { images, journal } = pair.observed;
  const unproved = journal.unproved?.[name] !== undefined;
  const ofMake = [
    ...makeCauses(item, found, item.imageId ?? images[item.spec.image]),
    ...strandedCauses(item, found),
  ];
  const ofFiles = changedFiles(pair, item, found);
  const canReload = item.reload && found.state === "running" && !unproved;
  if (canReload && ofMake.length === 0 && ofFiles.length > 0)
    return [reloadDraft(pair, item, found, ofFiles)];
  const causes = [...ofMake, ...ofFiles];
  if (causes.length > 0) return replaceDrafts(pair, item, found, causes);
  if (isStopped(found))
    return withGate(pair, item, startDraft(pair, item, found), unproved ? kept : undefined, false);
  return unproved ? [gateDraft(pair, item, kept, false)] : [];
}

/** Files that this run does not write are no cause, and nobody knows those of another tool's container. */
function changedFiles(pair: HostPair, item: ContainerItem, found: ObservedContainer): string[] {
  if (!touches(pair.request, "file") || found.labels[LABEL.managed] === undefined) return [];
  return fileCauses(item, filesOf(found, pair.observed.journal.reloads));
}

function replaceDrafts(
  pair: HostPair,
  item: ContainerItem,
  found: ObservedContainer,
  causes: readonly string[],
): Draft[] {
  const { name } = item.spec;
  const keeps = generationOf(found);
  const generation = lastGeneration(pair, name) + 1;
  const step = { kind: "container", verb: "replace", name, generation, keeps, expects: found.id } as const;
  const turn = turnAfter(pair, item, found);
  const outage = turn.beside ? takeoverOf(item) : outageOf(item, pair.observed);
  const draft = { ...common(pair, item, causes.join(", ")), ...step, ...turn, ...(outage && { outage }) };
  return withGate(pair, item, draft, keeps, false);
}

function createDraft(pair: HostPair, item: ContainerItem, generation: number): Draft {
  const step = {
    kind: "container",
    verb: "create",
    name: item.spec.name,
    generation,
    expects: null,
  } as const;
  const cause = generation === 1 ? "new" : "not there";
  return { ...common(pair, item, cause), ...step, ...firstTurn(pair, item) };
}

/** It awaits health by itself: nothing else is to be brought back than files. */
function reloadDraft(
  pair: HostPair,
  item: ContainerItem,
  found: ObservedContainer,
  causes: readonly string[],
): Draft {
  const step = { kind: "container", verb: "reload", name: item.spec.name, expects: found.id } as const;
  return { ...common(pair, item, causes.join(", ")), ...step };
}

/** The step that starts a container which is there and stopped. */
export function startDraft(pair: HostPair, item: ContainerItem, found: ObservedContainer): Draft {
  const cause = found.state === "created" ? "never started" : "stopped";
  const step = { kind: "container", verb: "start", name: item.spec.name, expects: found.id } as const;
  return { ...common(pair, item, cause), ...step };
}

/** Whether a container would have to be started to serve. */
export function isStopped(found: ObservedContainer): boolean {
  return found.state === "exited" || found.state === "created";
}

/** A step on a container, then the wait for its health. `alone`: there is nothing to go back to, so it is removed. */
export function withGate(
  pair: HostPair,
  item: ContainerItem,
  draft: Draft,
  restores: number | undefined,
  alone: boolean,
): Draft[] {
  return [draft, gateDraft(pair, item, restores, alone)];
}

function gateDraft(pair: HostPair, item: ContainerItem, restores: number | undefined, alone: boolean): Draft {
  const otherwise =
    restores !== undefined ? `, else restore generation ${restores}` : alone ? ", else remove" : "";
  const cause = `healthy within ${item.gateSeconds} s${otherwise}`;
  const gate = { kind: "gate", verb: "await", container: item.spec.name, seconds: item.gateSeconds } as const;
  return { ...common(pair, item, cause), ...gate, ...(restores === undefined ? {} : { restores }) };
}

/** Generation of a container that serves; 0 when another tool made it. */
function generationOf(found: ObservedContainer): number {
  return Number(found.labels[LABEL.generation] ?? 0);
}

/** The newest older generation that waits on the host under its generation's name. */
function keptGeneration(pair: HostPair, name: string): number | undefined {
  const kept = pair.observed.containers.flatMap((found) =>
    baseName(found.name) === name ? [generationInName(found.name) ?? -1] : [],
  );
  const newest = Math.max(-1, ...kept);
  return newest < 0 ? undefined : newest;
}

function lastGeneration(pair: HostPair, name: string): number {
  const found = pair.containers.get(name);
  return Math.max(
    pair.observed.journal.generations[name] ?? 0,
    found ? generationOf(found) : 0,
    keptGeneration(pair, name) ?? 0,
  );
}
