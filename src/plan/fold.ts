import type { Step } from "#model";
import { groupBy } from "#support";

/**
 * Hosts that have the same steps, by the first of them: in the same stages, in the same order, with the same words, each
 * waiting for the same of its own host and for the same steps of others.
 * `wordsOf`: what is told of a step beside its number and its needs.
 */
export function sameHosts(
  steps: readonly Step[],
  wordsOf: (step: Step) => readonly string[],
): Map<string, readonly string[]> {
  const places = new Map<number, number>();
  const kinds = groupBy([...groupBy(steps, ({ host }) => host).values()], (own) => {
    own.forEach(({ n }, at) => {
      places.set(n, at);
    });
    const needOf = (host: string, n: number): string =>
      steps[n - 1]?.host === host ? `own ${places.get(n)}` : String(n);
    return JSON.stringify(
      own.map((step) => [step.stage, ...wordsOf(step), step.needs.map((n) => needOf(step.host, n))]),
    );
  });
  return new Map(
    [...kinds.values()].map((same) => {
      const hosts = same.flatMap(([step]) => step?.host ?? []);
      return [hosts[0] ?? "", hosts];
    }),
  );
}
