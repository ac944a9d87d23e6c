import type { Batch, ItemRef, Step } from "#model";

type Unnumbered<S> = S extends Step ? Omit<S, "n" | "needs" | "stage" | "batch"> : never;

/** A step before it has a number, its needs and a stage. */
export type Draft = Unnumbered<Step>;

/**
 * A place in the graph that steps are ordered by: an item, an image, or something that is no longer wanted.
 * Its drafts follow each other; most nodes have none, because what they stand for is there already.
 */
export interface Node {
  ref: ItemRef;
  needs: readonly ItemRef[];
  drafts: readonly Draft[];
  /** Where hosts take turns: of all its drafts. */
  batch?: Batch;
}

/** The ref of an item or image on a host. */
export function refOf(host: string, id: string): ItemRef {
  return `${host}|${id}`;
}
