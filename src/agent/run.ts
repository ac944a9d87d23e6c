import type { Step } from "#model";

export type Ending = "done" | "failed" | "not-started";

/** How many steps of a kind may run at once. */
export type Bound = (step: Step) => { of: string; limit: number } | undefined;

/**
 * Runs steps, each as soon as those it needs ended well; needs that are not among them count as met.
 * After a failure, or once `stopped` says so, nothing new starts but what `finishes` allows: the gates of containers
 * that were started already. Resolves when nothing runs any more.
 */
export async function runSteps(
  steps: readonly Step[],
  act: (step: Step) => Promise<boolean>,
  bound: Bound,
  stopped: () => boolean,
  finishes: (step: Step) => boolean,
): Promise<Map<number, Ending>> {
  const numbers = new Set(steps.map(({ n }) => n));
  const endings = new Map<number, Ending>();
  const running = new Map<number, Promise<void>>();
  const waiting = new Map(steps.map((step) => [step.n, step]));
  const isReady = (step: Step): boolean =>
    step.needs.every((need) => !numbers.has(need) || endings.get(need) === "done");
  const isFree = (step: Step): boolean => {
    const slot = bound(step);
    if (!slot) return true;
    const busy = steps.filter((other) => running.has(other.n) && bound(other)?.of === slot.of);
    return busy.length < slot.limit;
  };
  let failed = false;
  const mayStart = (step: Step): boolean => !stopped() && (!failed || finishes(step));
  const start = (step: Step): void => {
    waiting.delete(step.n);
    const ended = act(step).then((isDone) => {
      endings.set(step.n, isDone ? "done" : "failed");
      failed ||= !isDone;
      running.delete(step.n);
    });
    running.set(step.n, ended);
  };
  for (;;) {
    for (const step of waiting.values()) if (isReady(step) && mayStart(step) && isFree(step)) start(step);
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  for (const n of waiting.keys()) endings.set(n, "not-started");
  return endings;
}
