import { type Course, type Plan, type Step, USUAL_LIMITS } from "#model";
import { groupBy } from "#support";

/** What the carrier goes by: in which stages hosts have work, and what has to have gone well elsewhere before it. */
export function courseOf(plan: Plan): Course {
  const batches = groupBy(
    plan.steps.filter(({ batch }) => batch),
    batchName,
  );
  const hosts = [...groupBy(plan.steps, ({ host }) => host)].map(([host, own]) => {
    const parts = [...groupBy(own, ({ stage }) => String(stage))].map(([stage, steps]) => [
      stage,
      { needs: needsOf(steps, plan), batches: batchesBefore(steps, batches) },
    ]);
    return [host, Object.fromEntries(parts)];
  });
  return {
    stages: plan.steps.reduce((last, { stage }) => Math.max(last, stage), 0),
    hosts: Object.fromEntries(hosts),
    batches: Object.fromEntries([...batches].map(([name, steps]) => [name, lastStages(steps)])),
    passes: (plan.passes ?? []).map(({ until }) => until),
    away: Object.keys(plan.without ?? {}).length,
    maxFailPercentage: plan.maxFailPercentage ?? USUAL_LIMITS.maxFailPercentage,
  };
}

/** Other hosts → the stage in which the last of what these steps need of them is done. */
function needsOf(steps: readonly Step[], plan: Plan): Record<string, number> {
  const host = steps[0]?.host;
  const needed = new Set(steps.flatMap(({ needs }) => needs));
  return lastStages([...needed].flatMap((n) => plan.steps[n - 1] ?? []).filter((step) => step.host !== host));
}

function lastStages(steps: readonly Step[]): Record<string, number> {
  const last: Record<string, number> = {};
  for (const { host, stage } of steps) last[host] = Math.max(last[host] ?? 0, stage);
  return last;
}

function batchesBefore(steps: readonly Step[], batches: ReadonlyMap<string, unknown>): string[] {
  const before = steps.flatMap(({ batch }) =>
    batch ? [batchName({ batch: { ...batch, number: batch.number - 1 } })] : [],
  );
  return [...new Set(before)].filter((name) => batches.has(name));
}

/** In words that a failed run is told in. */
function batchName({ batch }: Pick<Step, "batch">): string {
  const pass = batch?.pass === undefined ? "" : `, ${batch.pass}`;
  return `batch ${batch?.number} of ${batch?.of} of ${batch?.container}${pass}`;
}
