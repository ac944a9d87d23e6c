import type { ContainerItem, ObservedHost, Outage, PlacedSwap } from "#model";

/** Of a container that says nothing: one of a state that an older Kolla recorded. */
const UNDECLARED: PlacedSwap = { effect: "requests-fail", seconds: 0 };

/**
 * What a replacement by a stop and a start is expected to mean: as long as the last one of that container took on that
 * host, or else as its definition estimates. Undefined where neither is known.
 */
export function outageOf({ spec, swap }: ContainerItem, { journal }: ObservedHost): Outage | undefined {
  const measured = journal.swaps?.[spec.name];
  if (!swap && !measured) return undefined;
  const { effect, seconds, lingers = 0, serves } = swap ?? UNDECLARED;
  return {
    effect,
    ...(serves && { serves }),
    seconds: (measured?.seconds ?? seconds) + lingers,
    ...(measured && { measured: measured.at }),
  };
}

/** What is expected of a replacement beside the one that serves; undefined where nobody notices any. */
export function takeoverOf({ swap }: ContainerItem): Outage | undefined {
  if (swap?.takeover === undefined) return undefined;
  const { effect, serves, takeover } = swap;
  return { effect, ...(serves && { serves }), seconds: takeover };
}
