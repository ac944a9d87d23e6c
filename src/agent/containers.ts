import { besideName, type ContainerItem, type ContainerSpec, generationName } from "#model";
import { stopwatch } from "#support";
import { bringBack } from "./bring-back.ts";
import { dismiss } from "./door.ts";
import { unlessFull } from "./durable.ts";
import { StepFailure, surprise } from "./failure.ts";
import { removeQuietly } from "./family.ts";
import { newGeneration } from "./new-generation.ts";
import { showFiles, startAlone, startContainer } from "./start.ts";
import { expectContainer, type Made, markUnproved, type Replacing, type Work } from "./work.ts";

/** Makes and starts a container that is not there. */
export async function createContainer(work: Work, item: ContainerItem, step: Made): Promise<void> {
  const { name } = item.spec;
  const { generation } = step;
  if (await work.ground.engine.inspect(name)) throw surprise(`There is a container ${name} already`);
  if (item.turns || item.handover) await dismiss(work.ground.engine, besideName(name));
  await work.ground.engine.create(await newGeneration(work, item, step), name);
  showFiles(work.ground, item, generation);
  await startContainer(work, item, generation);
}

/**
 * Puts a new container in the place of an old one, which waits stopped under its generation's name. Until the new one
 * proves healthy the journal says so. When the swap itself fails the old one is started again and the step fails.
 */
export async function replaceContainer(work: Work, item: ContainerItem, step: Replacing): Promise<void> {
  const { engine } = work.ground;
  const { name } = item.spec;
  await expectContainer(work, name, step.expects);
  await createBeside(work, await newGeneration(work, item, step), step.generation);
  try {
    work.stopped.set(name, stopwatch());
    await engine.stop(name);
    await putInPlace(work, item, step);
    await startAlone(work, item);
  } catch (cause) {
    const back = await bringBack(work, item, step.keeps);
    const words = `${(cause as Error).message}; ${back.words}`;
    throw new StepFailure(words, {}, cause);
  }
}

/** The old one gets the name under which it is kept, and the new one, with its files, that under which it serves. */
export async function putInPlace(work: Work, item: ContainerItem, step: Replacing): Promise<void> {
  const { engine } = work.ground;
  const { name } = item.spec;
  await removeQuietly(work, generationName(name, step.keeps));
  await engine.rename(name, generationName(name, step.keeps));
  await engine.rename(besideName(name), name);
  showFiles(work.ground, item, step.generation, step.keeps);
}

/** Written down before the old one is stopped: from there on the swap needs no room on the disk. */
export async function createBeside(work: Work, spec: ContainerSpec, generation: number): Promise<void> {
  const { name } = spec;
  const before = work.state.unproved[name];
  markUnproved(work, name, generation);
  try {
    await dismiss(work.ground.engine, besideName(name));
    await work.ground.engine.create(spec, besideName(name));
  } catch (error) {
    // The old one serves as before. Without room for that, the next run asks for its health.
    unlessFull(() => markUnproved(work, name, before));
    throw error;
  }
}
