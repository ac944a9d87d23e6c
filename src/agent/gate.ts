import type { ContainerItem, Step } from "#model";
import { bringBack, removeFirst } from "./bring-back.ts";
import { openDoor } from "./door.ts";
import { lastLines } from "./evidence.ts";
import { StepFailure } from "./failure.ts";
import { keepOnlyLast } from "./family.ts";
import { awaitHealth } from "./health.ts";
import { noteSwap } from "./swaps.ts";
import type { Work } from "./work.ts";

type Gate = Extract<Step, { kind: "gate" }>;

/** How a gate ends when the container is not healthy. */
export interface Refusal {
  /** The container was made by this run and there was none before: it is removed. */
  isNew: boolean;
  onRestored: (words: string) => void;
}

/**
 * Waits until the container is healthy, and then lets go of all older generations but one.
 * When it is not: gathers why, brings the generation before back (or removes a first container), and fails.
 */
export async function passGate(work: Work, item: ContainerItem, gate: Gate, refusal: Refusal): Promise<void> {
  const { ground } = work;
  const { name } = item.spec;
  const verdict = await awaitHealth(ground.engine, name, item.spec.health, gate.seconds);
  if (verdict.healthy) {
    noteSwap(work, name);
    if (item.turns) await openDoor(ground.engine, name);
    return keepOnlyLast(work, item);
  }
  const evidence = { log: await lastLines(ground, name), health: verdict.output };
  if (gate.restores === undefined) {
    if (refusal.isNew) await removeFirst(work, item);
    const words = refusal.isNew ? `${verdict.why}; it was removed, there was none before` : verdict.why;
    throw new StepFailure(`${name}: ${words}`, evidence);
  }
  const back = await bringBack(work, item, gate.restores);
  if (back.restored) refusal.onRestored(back.words);
  throw new StepFailure(`${name}: ${verdict.why}; ${back.words}`, evidence);
}
