import type { Bundle, Control, Desired, HostDesired, Item, Plan, Step } from "#model";
import { groupBy } from "#support";
import { stageSeconds } from "./stage-seconds.ts";

/** What every bundle of one run says of the run. */
export interface RunOf {
  /** [A-Za-z0-9._-]+ */
  run: string;
  /** When it began, by the control host's clock: ISO 8601. */
  began: string;
  /** Who runs it, from where. */
  holder: string;
  /** Its process, as a lock names it. */
  control?: Control;
  /** Runs that are known to be dead: what they hold may be taken. */
  takeOver?: readonly string[];
}

/** A plan, and what its hosts should have: at the end of each of its passes, and last what is configured. */
export interface PhasedPlan {
  plan: Plan;
  states: readonly Desired[];
}

/** One bundle for each host that has steps, with only the items its steps speak of. Holds secrets: keep it at 0600. */
export function bundlesOf(phased: PhasedPlan, of: RunOf): Bundle[] {
  const { plan, states } = phased;
  const seconds = stageSeconds(plan, itemFinder(phased));
  const stepsOf = groupBy(plan.steps, (step) => step.host);
  const hosts = states.map((state) => new Map(state.hosts.map((host) => [host.host, host])));
  return [...(hosts.at(-1)?.values() ?? [])].flatMap(({ host, generationsKept }) => {
    const steps = stepsOf.get(host);
    if (!steps) return [];
    const items = hosts.map((state, index) => itemsOf(steps, phased, index, state.get(host)));
    const earlier = (plan.passes ?? []).map(({ until }, index) => ({ until, items: items[index] ?? [] }));
    const own = {
      items: items.at(-1) ?? [],
      ...(earlier.length > 0 && { earlier }),
    };
    const { verb } = plan;
    return [
      { ...of, verb, generationsKept, host, steps, ...own, stages: seconds.length, stageSeconds: seconds },
    ];
  });
}

function itemsOf(
  steps: readonly Step[],
  { plan }: PhasedPlan,
  index: number,
  host: HostDesired | undefined,
): readonly Item[] {
  const spoken = new Set(steps.filter(({ stage }) => passOf(plan, stage) === index).map(spokenOf));
  return (host?.items ?? []).filter((item) => spoken.has(nameOf(item)));
}

/** Place of the pass that a stage belongs to; that of the last is one more than there are before. */
export function passOf({ passes = [] }: Pick<Plan, "passes">, stage: number): number {
  return passes.filter(({ until }) => until < stage).length;
}

function itemFinder({ plan, states }: PhasedPlan): (step: Step) => Item | undefined {
  const found = states.map(
    (state) =>
      new Map(
        state.hosts.flatMap(({ host, items }) =>
          items.map((item) => [`${host} ${nameOf(item)}`, item] as const),
        ),
      ),
  );
  return (step) => found[passOf(plan, step.stage)]?.get(`${step.host} ${spokenOf(step)}`);
}

function nameOf(item: Item): string {
  switch (item.kind) {
    case "file":
      return `file ${item.path}`;
    case "container":
      return `container ${item.spec.name}`;
    case "volume":
      return `volume ${item.name}`;
    case "job":
    case "resource":
      return `${item.kind} ${item.id}`;
  }
}

function spokenOf(step: Step): string {
  switch (step.kind) {
    case "image":
      return `image ${step.image}`;
    case "volume":
    case "container":
      return `${step.kind} ${step.name}`;
    case "file":
      return `file ${step.path}`;
    case "gate":
      return `container ${step.container}`;
    case "job":
    case "resource":
      return `${step.kind} ${step.id}`;
  }
}
