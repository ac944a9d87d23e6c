import {
  baseName,
  type ContainerItem,
  type Desired,
  type Item,
  LABEL,
  type ObservedHost,
  type Pass,
  type Phase,
  type Plan,
  type Stay,
} from "#model";
import { fingerprint, invariant } from "#support";
import type { PhasedPlan } from "./bundle.ts";
import { makePlan } from "./make.ts";
import { afterPlan } from "./model-host.ts";
import { touches } from "./pair.ts";
import { isPowerVerb } from "./power.ts";
import { inScope, type PlanRequest, setOfLabels } from "./request.ts";

/** What a site should have, and the way there. */
export interface PhasedSite {
  desired: Desired;
  /** Service → the phases that it passes on a move to another release, in order. */
  passes: Readonly<Record<string, readonly string[]>>;
  /** What hosts should have while services are in a phase. */
  passing(phase: Phase): Desired;
}

type Hosts = Readonly<Record<string, ObservedHost>>;

/**
 * Plans one state of the site after another, each against what the one before leaves: a service that moves to another
 * release passes its phases, and enters the next, and at last what is configured, once all of it, on every host, is of
 * that release. Without a service that moves it is the plan of `makePlan`. Pure; throws what that throws.
 */
export function planPhases(site: PhasedSite, observed: Hosts, request: PlanRequest): PhasedPlan {
  const moves = makesContainers(request) ? movesOf(site, observed) : [];
  const parts: Part[] = [];
  let [now, before] = [observed, ""];
  for (;;) {
    const phase = phaseAt(moves, now);
    const name = JSON.stringify(phase);
    if (name === before) return joined(parts, staysOf(moves, now, request));
    const state = stateIn(site, phase);
    const plan = makePlan(state, now, request);
    parts.push({ phase, state, plan });
    if (moves.length === 0) return joined(parts, []);
    [now, before] = [afterPlan({ plan, states: [state] }, now), name];
  }
}

/** Whether a verb brings containers to what is configured: others move no service. */
function makesContainers(request: PlanRequest): boolean {
  return touches(request, "container") && !isPowerVerb(request.verb);
}

/** A plan for one state. */
interface Part {
  phase: Phase;
  state: Desired;
  plan: Plan;
}

/** A service that is on its way to another release. */
interface Move {
  service: string;
  passes: readonly string[];
  /** The release that it is to be of. */
  release: string | undefined;
  /** Hosts that are to have any of it. */
  hosts: readonly string[];
  /** What it is made of when it has come. */
  items: readonly Item[];
}

function movesOf({ desired, passes }: PhasedSite, observed: Hosts): Move[] {
  const all = Object.entries(passes).map(([service, own]): Move => {
    const items = desired.hosts.flatMap((host) => host.items.filter(({ set }) => set[0] === service));
    const hosts = desired.hosts.filter((host) => containersIn(host.items, service).length > 0);
    const [first] = containersIn(items, service);
    const release = first?.spec.labels[LABEL.release];
    return { service, passes: own, release, hosts: hosts.map(({ host }) => host), items };
  });
  return all.filter((move) => servingPlaces(move, observed).some((place) => place < move.passes.length));
}

function containersIn(items: readonly Item[], service: string): ContainerItem[] {
  return items.flatMap((item) => (item.kind === "container" && item.set[0] === service ? [item] : []));
}

/**
 * How far each container of a service is that was found: -1 of another release, else the place of its phase, which is
 * one more than the last for one that has come. One that does not say its release, because another tool made it, has.
 */
function servingPlaces({ service, passes, release }: Move, observed: Hosts): number[] {
  const found = Object.values(observed).flatMap(({ containers }) => containers);
  return found.flatMap(({ name, labels }) => {
    if (baseName(name) !== name || setOfLabels(labels)[0] !== service) return [];
    return [placeOf(labels, passes, release)];
  });
}

function placeOf(
  labels: Readonly<Record<string, string>>,
  passes: readonly string[],
  release: string | undefined,
): number {
  const { [LABEL.release]: own, [LABEL.phase]: phase } = labels;
  if (own !== undefined && own !== release) return -1;
  return phase === undefined ? passes.length : passes.indexOf(phase);
}

/** The phases that services are to be in next; one that has passed them all is in none. */
function phaseAt(moves: readonly Move[], now: Hosts): Phase {
  return Object.fromEntries(
    moves.flatMap((move) => {
      const reached = Math.min(move.passes.length, ...servingPlaces(move, now));
      const next = move.passes[behind(move, now).length === 0 ? reached + 1 : Math.max(reached, 0)];
      return next === undefined ? [] : [[move.service, next]];
    }),
  );
}

/** Hosts that keep a service from going on: of another release, or not looked at. */
function behind(move: Move, now: Hosts): string[] {
  const unseen = move.hosts.filter((host) => now[host] === undefined);
  const old = Object.entries(now).flatMap(([host, found]) =>
    servingPlaces(move, { [host]: found }).includes(-1) ? [host] : [],
  );
  return [...new Set([...unseen, ...old])].sort();
}

function staysOf(moves: readonly Move[], now: Hosts, request: PlanRequest): Stay[] {
  const phases = phaseAt(moves, now);
  return moves.flatMap((move) => {
    const phase = phases[move.service];
    const hosts = behind(move, now);
    const isMeant = move.items.some(({ set }) => inScope(request, set));
    return phase === undefined || hosts.length === 0 || !isMeant
      ? []
      : [{ service: move.service, phase, hosts }];
  });
}

/** What hosts should have in a phase; a container that is not yet what it will be carries the phase's name. */
function stateIn(site: PhasedSite, phase: Phase): Desired {
  if (Object.keys(phase).length === 0) return site.desired;
  const state = site.passing(phase);
  const last = new Map(
    site.desired.hosts.flatMap(({ host, items }) => items.map((item) => [`${host}|${item.id}`, item])),
  );
  const hosts = state.hosts.map((host) => ({
    ...host,
    items: host.items.map((item) => inPhase(item, last.get(`${host.host}|${item.id}`), phase)),
  }));
  return { ...state, hosts };
}

function inPhase(item: Item, last: Item | undefined, phase: Phase): Item {
  const name = phase[item.set[0] ?? ""];
  if (item.kind !== "container" || name === undefined) return item;
  if (last?.kind === "container" && essence(item) === essence(last)) return item;
  const spec = { ...item.spec, labels: { ...item.spec.labels, [LABEL.phase]: name } };
  return { ...item, spec, specHash: fingerprint(spec) };
}

function essence({ specHash, files }: ContainerItem): string {
  return fingerprint({ specHash, files });
}

/** One plan of several: numbers and stages go on from part to part. Parts without steps are none. */
function joined(parts: readonly Part[], stays: readonly Stay[]): PhasedPlan {
  const busy = parts.filter(({ plan }) => plan.steps.length > 0);
  const [first, ...more] = busy.length > 0 ? busy : parts.slice(-1);
  invariant(first, "a site is planned for one state at least");
  let { plan } = inPart(first, more.length > 0);
  const passes: Pass[] = [];
  for (const [index, part] of more.entries()) {
    const { phase } = more[index - 1] ?? first;
    passes.push({ name: phaseInWords(phase), until: lastStage(plan) });
    plan = followed(plan, inPart(part, index < more.length - 1).plan);
  }
  const told = { ...(passes.length > 0 && { passes }), ...(stays.length > 0 && { stays }) };
  return { plan: { ...plan, ...told }, states: [first, ...more].map(({ state }) => state) };
}

/** Batches of a pass are told from those of the next. */
function inPart({ phase, state, plan }: Part, isPass: boolean): Part {
  if (!isPass) return { phase, state, plan };
  const pass = phaseInWords(phase);
  const steps = plan.steps.map((step) => (step.batch ? { ...step, batch: { ...step.batch, pass } } : step));
  return { phase, state, plan: { ...plan, steps } };
}

function followed(plan: Plan, next: Plan): Plan {
  const [before, stages] = [plan.steps.length, lastStage(plan)];
  const steps = next.steps.map((step) => ({
    ...step,
    n: step.n + before,
    needs: step.needs.map((need) => need + before),
    stage: step.stage + stages,
  }));
  return {
    ...plan,
    from: { ...next.from, ...plan.from },
    to: { ...plan.to, ...next.to },
    steps: [...plan.steps, ...steps],
  };
}

function lastStage({ steps }: Plan): number {
  return steps.reduce((last, { stage }) => Math.max(last, stage), 0);
}

/** "pinned"; where services differ "nova pinned, neutron expanded". */
function phaseInWords(phase: Phase): string {
  const names = [...new Set(Object.values(phase))];
  const own = Object.entries(phase).map(([service, name]) => `${service} ${name}`);
  return names.length === 1 ? (names[0] ?? "") : own.join(", ");
}
