import type { Step } from "#model";
import { groupBy } from "#support";

/**
 * Hosts that have the same steps, by the first of them: in the same stages, in the same order, with the same words, each
 * waiting for the same of its own host and of the same other hosts.
 * `wordsOf`: what is told of a step beside its number and its needs.
 */
export function sameHosts(
  steps: readonly Step[],
  wordsOf: (step: Step) => readonly string[],
): Map<string, readonly string[]> {
  const kindOf = hostKinds(steps, wordsOf);
  const kinds = groupBy([...groupBy(steps, ({ host }) => host).values()], kindOf);
  return new Map(
    [...kinds.values()].map((same) => {
      const hosts = same.flatMap(([step]) => step?.host ?? []);
      return [hosts[0] ?? "", hosts];
    }),
  );
}

/** Of the steps of a host, one text that those of another host have when they are the same. */
function hostKinds(
  steps: readonly Step[],
  wordsOf: (step: Step) => readonly string[],
): (own: readonly Step[]) => string {
  const words = steps.map((step) => JSON.stringify(wordsOf(step)));
  const needsOf = ({ host, needs }: Step): unknown => {
    const same = groupBy(needs, (need) => words[need - 1] ?? "");
    const hostsOf = (numbers: readonly number[]): readonly string[] =>
      numbers.flatMap((need) => steps[need - 1]?.host ?? []).sort();
    // The same on several hosts is told by all their names: one of them waits for itself among them as the others do.
    return [...same]
      .map(([word, numbers]) => [
        word,
        ...(numbers.length === 1 && hostsOf(numbers)[0] === host ? [] : hostsOf(numbers)),
      ])
      .sort();
  };
  return (own) => JSON.stringify(own.map((step) => [step.stage, words[step.n - 1], needsOf(step)]));
}

/** So many files and more in a row are told as one. */
const MANY_FILES = 3;

/**
 * The steps of a block in order, those together that are told in one row: many new files in a row that wait for the
 * same. A file that changes stands by itself, because its cause says how.
 */
export function rowsOf(steps: readonly Step[]): Step[][] {
  const runs: Step[][] = [];
  for (const step of steps) {
    const run = runs.at(-1);
    if (run?.[0] && isAnotherNewFile(run[0], step)) run.push(step);
    else runs.push([step]);
  }
  return runs.flatMap((run) => (run.length < MANY_FILES ? run.map((step) => [step]) : [run]));
}

function isAnotherNewFile(first: Step, next: Step): boolean {
  const areNew = [first, next].every(({ kind, cause }) => kind === "file" && cause === "new");
  return areNew && JSON.stringify(first.needs) === JSON.stringify(next.needs);
}
