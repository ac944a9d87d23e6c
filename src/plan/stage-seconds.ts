import { type ContainerItem, type Item, type Plan, type Step, TURN_SECONDS } from "#model";
import { groupBy } from "#support";

/** Seconds that Ansible may need between two stages, a connection that is lost and tried again included. */
const CARRIER = 300;
/** What one step may take, in seconds, where neither the step nor its item says. */
const IMAGE = 600;
const QUICK = 60;
/** Images and jobs run a few at a time: at least two. */
const AT_ONCE = 2;

/**
 * The longest that each stage of a plan may take, in seconds, on the host where it takes longest: the bounds of its
 * gates, jobs and commands, one after the other where one needs the other. `itemsOf`: the items of a host by their name.
 */
export function stageSeconds(plan: Plan, itemOf: (step: Step) => Item | undefined): number[] {
  const stages = Math.max(0, ...plan.steps.map(({ stage }) => stage));
  const longest = Array.from({ length: stages }, () => CARRIER);
  for (const steps of groupBy(plan.steps, ({ host, stage }) => `${stage} ${host}`).values()) {
    const at = (steps[0]?.stage ?? 1) - 1;
    longest[at] = Math.max(longest[at] ?? 0, CARRIER + longestOf(steps, itemOf));
  }
  return longest;
}

/** Steps come in an order that respects their needs. */
function longestOf(steps: readonly Step[], itemOf: (step: Step) => Item | undefined): number {
  const ends = new Map<number, number>();
  let queued = 0;
  let proving = 0;
  for (const step of steps) {
    const item = itemOf(step);
    const seconds = secondsOf(step, item);
    const begins = Math.max(0, ...step.needs.map((need) => ends.get(need) ?? 0));
    ends.set(step.n, begins + seconds);
    if (step.kind === "image" || step.kind === "job") queued += seconds;
    if (isBeside(step) && item?.kind === "container") proving += provingOf(item);
  }
  return Math.max(...ends.values()) + queued / AT_ONCE + proving;
}

function secondsOf(step: Step, item: Item | undefined): number {
  switch (step.kind) {
    case "image":
      return IMAGE;
    case "gate":
      // The one before gets as long to prove itself again.
      return step.seconds * 2 + QUICK;
    case "job":
      return QUICK + (item?.kind === "job" ? item.timeoutSeconds : 0);
    case "resource":
      return (
        QUICK +
        (item?.kind === "resource" && item.resource.kind === "exec" ? item.resource.timeoutSeconds : QUICK)
      );
    case "container": {
      if (item?.kind !== "container") return QUICK;
      const gates = step.verb === "reload" ? item.gateSeconds * 3 : 0;
      const beside = isBeside(step) ? provingOf(item) + leavingOf(item) : 0;
      return QUICK + item.spec.stopTimeout + gates + beside;
    }
    case "file":
    case "volume":
      return 1;
  }
}

function isBeside(step: Step): boolean {
  return step.kind === "container" && step.verb === "replace" && step.beside === true;
}

/**
 * A next generation proves itself and is seen by load balancers; on few processors one after the other does. For its trial
 * a token is asked for first, and the last question of each begins when the time is nearly over.
 */
function provingOf({ gateSeconds, turns }: ContainerItem): number {
  const trial = turns?.trial ? 4 * TURN_SECONDS.tried : 0;
  return gateSeconds + trial + (turns ? TURN_SECONDS.seen : 0);
}

/** What the one before still does may last so long. */
function leavingOf({ turns, handover }: ContainerItem): number {
  return handover?.seconds ?? turns?.drainSeconds ?? 0;
}
