import type { Bundle, Control, Desired, Item, Plan, Step } from "#model";
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

/** One bundle for each host that has steps, with only the items its steps speak of. Holds secrets: keep it at 0600. */
export function bundlesOf(plan: Plan, desired: Desired, of: RunOf): Bundle[] {
  const seconds = stageSeconds(plan, itemFinder(desired));
  const stepsOf = groupBy(plan.steps, (step) => step.host);
  return desired.hosts.flatMap((host) => {
    const steps = stepsOf.get(host.host);
    if (!steps) return [];
    const spoken = new Set(steps.map(spokenOf));
    const items = host.items.filter((item) => spoken.has(nameOf(item)));
    const { verb } = plan;
    const { host: name, generationsKept } = host;
    const stages = seconds.length;
    return [{ ...of, verb, generationsKept, host: name, steps, items, stages, stageSeconds: seconds }];
  });
}

function itemFinder(desired: Desired): (step: Step) => Item | undefined {
  const found = new Map(
    desired.hosts.flatMap(({ host, items }) =>
      items.map((item) => [`${host} ${nameOf(item)}`, item] as const),
    ),
  );
  return (step) => found.get(`${step.host} ${spokenOf(step)}`);
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
