import { besideName, type ContainerItem, generationName } from "#model";
import { invariant } from "#support";
import type { Engine } from "../engine/index.ts";
import { bringBack } from "./bring-back.ts";
import { createBeside, putInPlace } from "./containers.ts";
import { dismiss, openDoor, retire } from "./door.ts";
import { unlessFull } from "./durable.ts";
import { lastLines } from "./evidence.ts";
import { type Evidence, StepFailure } from "./failure.ts";
import { awaitHealth } from "./health.ts";
import { awaitServing } from "./members.ts";
import { newGeneration } from "./new-generation.ts";
import { whyNoAnswer } from "./trial.ts";
import { expectContainer, markUnproved, type Replacing, type Work } from "./work.ts";

/**
 * Lets the next generation of a container prove itself beside the one that serves, and take over: on the port that is
 * free once load balancers send it requests, or of what the other holds. The old one ends what it has and waits stopped.
 * Until then nobody has noticed anything: when it does not prove itself it is taken away, and the step fails with the
 * old one as it was.
 */
export async function takeTurn(work: Work, item: ContainerItem, step: Replacing): Promise<void> {
  const { engine } = work.ground;
  const { name } = item.spec;
  const { turns } = item;
  invariant(turns ? step.port !== undefined : item.handover, `${name} has no turns to take`);
  const before = work.state.unproved[name];
  const old = await expectContainer(work, name, step.expects);
  await createBeside(work, await newGeneration(work, item, step), step.generation);
  const refused = await work.proving.add(() => prove(work, item, step.port));
  if (refused) {
    await dismiss(engine, besideName(name));
    unlessFull(() => markUnproved(work, name, before));
    throw new StepFailure(`${name}: ${refused.why}; generation ${step.keeps} serves on`, refused.evidence);
  }
  try {
    await putInPlace(work, item, step);
    const kept = generationName(name, step.keeps);
    await retire(engine, turns, { ...old, name: kept });
  } catch (cause) {
    const { words } = await bringBack(work, item, step.keeps);
    throw new StepFailure(`${(cause as Error).message}; ${words}`, {}, cause);
  }
}

interface Refused {
  why: string;
  evidence: Pick<Evidence, "log" | "health">;
}

/** Why the generation beside the one that serves cannot take over; undefined when it has begun to. */
async function prove(work: Work, item: ContainerItem, port?: number): Promise<Refused | undefined> {
  const { engine } = work.ground;
  const { spec, turns, gateSeconds } = item;
  const name = besideName(spec.name);
  try {
    await engine.start(name);
    const release = await restrain(engine, item);
    const { healthy, why, output } = await awaitHealth(engine, name, spec.health, gateSeconds);
    const unfit = healthy ? await whyNoAnswer(work.ground, turns?.trial, port) : why;
    if (unfit !== undefined) {
      const log = await lastLines(work.ground, name);
      return { why: unfit, evidence: { log, ...(!healthy && { health: output }) } };
    }
    await release();
    if (!turns || port === undefined) return undefined;
    await openDoor(engine, name);
    const unseen = await awaitServing(turns, port);
    return unseen === undefined ? undefined : { why: unseen, evidence: {} };
  } catch (error) {
    return { why: (error as Error).message, evidence: {} };
  }
}

/** What a container gets of busy processors where nobody said otherwise (docker run, --cpu-shares). */
const SHARES = 1024;
/** The kernel's smallest share. */
const LEAST = 2;

/**
 * Lets a generation take, of processors that are busy, an eighth of what it will have once it serves; the return gives it
 * the rest. An engine that cannot do that leaves it as it is.
 */
async function restrain(engine: Engine, { spec }: ContainerItem): Promise<() => Promise<void>> {
  const name = besideName(spec.name);
  const shares = spec.limits?.cpuShares ?? SHARES;
  try {
    await engine.share(name, Math.max(LEAST, Math.floor(shares / 8)));
  } catch {
    return async () => undefined;
  }
  return () => engine.share(name, shares);
}
