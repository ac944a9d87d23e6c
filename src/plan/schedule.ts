import type { Step } from "#model";
import { groupBy, invariant, topologicalOrder } from "#support";

/** Names in the order in which an operator looks for them. */
export interface Order {
  hosts: readonly string[];
  services: readonly string[];
}

/**
 * The steps as they are done: each with its stage, one more than a need's when that is on another host, the need's own
 * otherwise, and one more than those of the batch before its own; numbered by stage, then host by host, then service by service, so that a plan reads as it happens.
 * `steps` are numbered from 1 so that each comes after those it needs; hosts and services that `order` lacks come last.
 */
export function schedule(steps: readonly Step[], order: Order): Step[] {
  const late = withLateFiles(steps);
  const staged = withStages(late);
  const sorted = inOrderOfWork(staged, order);
  const numbers = new Map(sorted.map((step, index) => [step.n, index + 1]));
  const numbered: Step[] = [];
  for (const step of sorted) {
    const needs = step.needs.flatMap((need) => numbers.get(need) ?? []).sort((a, b) => a - b);
    numbered.push({ ...step, n: numbered.length + 1, needs: withoutImplied(needs, numbered) });
  }
  return numbered;
}

/**
 * A file is written when what first reads it is about to: it waits for all that this waits for. Whatever goes wrong
 * before, the containers that are not reached keep the files they run with.
 */
function withLateFiles(steps: readonly Step[]): Step[] {
  const reader = new Map<number, Step>();
  for (const step of steps) for (const need of step.needs) if (!reader.has(need)) reader.set(need, step);
  return steps.map((step) => {
    if (step.kind !== "file") return step;
    const { needs = [], batch } = reader.get(step.n) ?? {};
    const others = needs.filter((need) => isWork(steps[need - 1]));
    return { ...step, needs: [...new Set([...step.needs, ...others])], ...(batch && { batch }) };
  });
}

/** What can fail in a way that shows: not the things that lie ready before a container is made. */
export function isWork(step: Step | undefined): boolean {
  return step !== undefined && step.kind !== "file" && step.kind !== "volume" && step.kind !== "image";
}

function withStages(steps: readonly Step[]): Step[] {
  const batches = groupBy(
    steps.filter(({ batch }) => batch),
    ({ batch }) => batchName(batch),
  );
  const byName = new Map(steps.map((step) => [String(step.n), step]));
  const stages = new Map<string, number>();
  const stageOf = (name: string): number => {
    const stage = stages.get(name);
    invariant(stage !== undefined, `step ${name} is needed, and not in the plan`);
    return stage;
  };
  const waits = (name: string): readonly string[] => {
    const step = byName.get(name);
    if (!step) return (batches.get(name) ?? []).map(({ n }) => String(n));
    return [...step.needs.map(String), ...batchBefore(step)];
  };
  for (const name of topologicalOrder([...byName.keys(), ...batches.keys()], waits)) {
    const step = byName.get(name);
    const after = waits(name).map((other) => stageOf(other) + (step ? distance(step, byName.get(other)) : 0));
    stages.set(name, Math.max(1, ...after));
  }
  return steps.map((step) => ({ ...step, stage: stageOf(String(step.n)) }));
}

/** Stages between a step and what it waits for; undefined stands for a batch, which is on other hosts. */
function distance(step: Step, before: Step | undefined): number {
  return before?.host === step.host ? 0 : 1;
}

function batchName(batch: Step["batch"], number = batch?.number): string {
  return `batch ${number} of ${batch?.container}`;
}

function batchBefore({ batch }: Step): string[] {
  return batch && batch.number > 1 ? [batchName(batch, batch.number - 1)] : [];
}

function inOrderOfWork(steps: readonly Step[], order: Order): Step[] {
  const hosts = places([...order.hosts, ...steps.map((step) => step.host)]);
  const services = places([...order.services, ...steps.map((step) => step.set[0] ?? "")]);
  const place = (step: Step): readonly number[] => [
    step.stage,
    hosts.get(step.host) ?? 0,
    services.get(step.set[0] ?? "") ?? 0,
    step.n,
  ];
  const sorted = steps
    .map((step) => ({ step, at: place(step) }))
    .sort((a, b) => compare(a.at, b.at))
    .map(({ step }) => step);
  const byName = new Map(sorted.map((step) => [String(step.n), step]));
  return topologicalOrder([...byName.keys()], needNames(byName)).flatMap((name) => byName.get(name) ?? []);
}

function needNames(byName: ReadonlyMap<string, Step>): (name: string) => readonly string[] {
  return (name) => (byName.get(name)?.needs ?? []).map(String);
}

/** Value → its place in the order of first mention. */
function places(values: readonly string[]): Map<string, number> {
  return new Map([...new Set(values)].map((value, index) => [value, index]));
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

/** Drops needs that another need already waits for; this changes neither order nor stages. */
export function withoutImplied(needs: readonly number[], steps: readonly Step[]): readonly number[] {
  const [lowest] = needs;
  if (lowest === undefined || needs.length < 2) return needs;
  const seen = new Set<number>();
  const queue = needs.flatMap((need) => steps[need - 1]?.needs ?? []);
  for (let n = queue.pop(); n !== undefined; n = queue.pop()) {
    if (n < lowest || seen.has(n)) continue;
    seen.add(n);
    queue.push(...(steps[n - 1]?.needs ?? []));
  }
  return needs.filter((need) => !seen.has(need));
}
