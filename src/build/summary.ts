import type { Stop } from "./stop.ts";

/** How one image ended, in kolla-build's words. */
export type ImageStatus =
  | "built"
  /** There already, with the same digest. */
  | "present"
  | "error"
  | "push_error"
  /** It stands on one that failed. */
  | "parent_error"
  /** The build was stopped before it. */
  | "unprocessed"
  | "skipped"
  | "unbuildable"
  | "unmatched";

export interface ImageResult {
  name: string;
  status: ImageStatus;
  /** Of those that were built. */
  seconds?: number;
  /** Bytes of all layers, of those that are there. */
  bytes?: number;
  digest?: string;
  /** Digest in the registry, of those that were pushed. */
  pushed?: string;
  attempts?: number;
  /** Why it failed, was skipped, or cannot be built. */
  because?: string;
}

export interface BuildSummary {
  images: readonly ImageResult[];
  /** False when an image that was wanted is not there, other than those that are allowed to fail. */
  succeeded: boolean;
  /** Why the build was stopped before its end. */
  stopped?: Stop;
  seconds: number;
}

const NOT_THERE: readonly ImageStatus[] = ["error", "push_error", "parent_error", "unprocessed"];

/** True when nothing failed but what is allowed to. */
export function allThere(images: readonly ImageResult[], allowedToFail: readonly string[]): boolean {
  return images.every(({ name, status }) => !NOT_THERE.includes(status) || allowedToFail.includes(name));
}

/**
 * The summary as kolla-build writes it: lists of names. Images that were there already count as built, since the tag
 * holds what was asked for. What kolla-build does not tell (seconds, bytes, digests, reasons) stands beside it.
 */
export function kollaSummary(summary: BuildSummary): Record<string, unknown> {
  const named = (...statuses: ImageStatus[]): { name: string }[] =>
    summary.images.filter(({ status }) => statuses.includes(status)).map(({ name }) => ({ name }));
  return {
    built: named("built", "present"),
    failed: summary.images
      .filter(({ status }) => NOT_THERE.includes(status))
      .map(({ name, status, because }) => ({ name, status, ...(because !== undefined && { because }) })),
    not_matched: named("unmatched"),
    skipped: named("skipped"),
    unbuildable: named("unbuildable"),
    images: summary.images,
    seconds: summary.seconds,
  };
}
