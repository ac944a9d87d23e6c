import { unlessFull } from "./durable.ts";
import { remember } from "./state.ts";
import type { Work } from "./work.ts";

/**
 * Remembers how long the replacement of a container by a stop and a start took, for the plan of the next one: from the
 * moment that the old one was told to stop until the new one had passed its gate, which is a second after its first good
 * check. Nothing of one that was made, started or took its turn, nor of one whose run was cut off between. Called once the
 * gate is passed, so a replacement that failed does not count.
 */
export function noteSwap(work: Work, name: string): void {
  const took = work.stopped.get(name)?.();
  if (took === undefined) return;
  const measured = { seconds: Math.round(took * 10) / 10, at: new Date().toISOString() };
  // No figure is worth a run that fails: a disk without room keeps the last one.
  unlessFull(() =>
    remember(work.ground, work.state, (state) => {
      state.swaps[name] = measured;
    }),
  );
}
