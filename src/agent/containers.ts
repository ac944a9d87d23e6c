import {
  type Bundle,
  baseName,
  besideName,
  type ContainerItem,
  type ContainerSpec,
  filesLabel,
  generationInName,
  generationName,
  type HealthCheck,
  isExpected,
  LABEL,
  partsLabel,
  readLabel,
  type Step,
  TURN_PORT,
} from "#model";
import { sha256 } from "#support";
import type { ContainerDetails, ContainerSummary } from "../engine/index.ts";
import {
  directoryNames,
  directoryOfFiles,
  forgetGenerations,
  makeGeneration,
  mountSource,
  ofGeneration,
  placeIn,
  show,
  showBefore,
} from "./directories.ts";
import { dismiss, openDoor, retire } from "./door.ts";
import { readIfThere, unlessFull } from "./durable.ts";
import { StepFailure, surprise } from "./failure.ts";
import { finishReloads } from "./finish-reloads.ts";
import { imageOf, imageToCreateFrom } from "./generation-images.ts";
import type { Ground } from "./ground.ts";
import { awaitHealth } from "./health.ts";
import { noteMade, recordGeneration } from "./records.ts";
import { type AgentState, remember } from "./state.ts";

/** What steps on containers work with. */
export interface Work {
  ground: Ground;
  state: AgentState;
  /** The run that works. */
  bundle: Bundle;
}

/** What a step says of the generation that it makes. */
export type Made = Pick<
  Extract<Step, { kind: "container"; verb: "create" | "replace" }>,
  "generation" | "port"
>;

/** A step that puts one generation in the place of another. */
export type Replacing = Made & { keeps: number; expects: string };

/** Makes and starts a container that is not there. */
export async function createContainer(work: Work, item: ContainerItem, step: Made): Promise<void> {
  const { name } = item.spec;
  const { generation } = step;
  if (await work.ground.engine.inspect(name)) throw surprise(`There is a container ${name} already`);
  if (item.turns) await dismiss(work.ground.engine, besideName(name));
  await work.ground.engine.create(await newGeneration(work, item, step), name);
  showFiles(work.ground, item, generation);
  markUnproved(work, name, generation);
  await startAlone(work, item);
}

/** The path that operators know leads to the files of this generation; a disk without room must not keep it from serving. */
function showFiles(ground: Ground, item: ContainerItem, generation: number, former?: number): void {
  const directory = directoryOfFiles(item.files);
  if (directory !== undefined) unlessFull(() => show(ground, directory, generation, former));
}

/** Removes a first container that did not prove itself, and its files with it. */
export async function removeFirst(work: Work, item: ContainerItem): Promise<void> {
  const { name } = item.spec;
  const directory = directoryOfFiles(item.files);
  const found = await work.ground.engine.inspect(name);
  await work.ground.engine.remove(name, { force: true });
  if (found && directory !== undefined)
    showBefore(work.ground, directory, Number(found.labels[LABEL.generation]));
  markUnproved(work, name, undefined);
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

/** Starts a container that proves itself while nobody else serves: load balancers may send it requests at once. */
async function startAlone(work: Work, { spec: { name }, turns }: ContainerItem): Promise<void> {
  const { engine } = work.ground;
  await engine.start(name);
  if (!turns) return;
  const others = (await family(work.ground, name)).filter((found) => found.name !== name);
  // One that ends at once cannot be told; its gate says why.
  if (!others.some(({ state }) => state === "running")) await openDoor(engine, name).catch(() => undefined);
}

/** Starts a container; until its gate is passed the journal names it as not proved. */
export async function startContainer(work: Work, name: string, generation: number): Promise<void> {
  markUnproved(work, name, generation);
  await work.ground.engine.start(name);
}

/** Writes down that a container serves and that nobody knows yet how well; without a generation: that one knows. */
export function markUnproved(work: Work, name: string, generation: number | undefined): void {
  remember(work.ground, work.state, (state) => {
    if (generation === undefined) delete state.unproved[name];
    else state.unproved[name] = generation;
  });
}

/** The container of this name, as a step expects it. Throws when the host has another one or none. */
export async function expectContainer(work: Work, name: string, expects: string): Promise<ContainerDetails> {
  const found = await work.ground.engine.inspect(name);
  if (!found || !isExpected(expects, name, found))
    throw surprise(`The container ${name} is ${found ? "another one" : "gone"}`);
  return found;
}

/** Removes a container with all its older generations. Its number stays remembered. */
export async function removeContainer(work: Work, name: string): Promise<void> {
  const { engine } = work.ground;
  for (const found of await family(work.ground, name)) {
    if (found.state === "running") await engine.stop(found.id);
    await engine.remove(found.id, { force: true });
  }
  markUnproved(work, name, undefined);
}

/** What is told of an attempt to bring an older generation back. */
export interface Back {
  restored: boolean;
  words: string;
}

/**
 * Puts an older generation back under its name, with the files it was made from, and awaits its health.
 * Whatever has the name now is removed. Never throws: what failed is in the words.
 */
export async function bringBack(work: Work, item: ContainerItem, generation: number): Promise<Back> {
  const { name } = item.spec;
  try {
    const verdict = await restore(work, item, generation);
    if (!verdict.healthy)
      return { restored: false, words: `generation ${generation} is back but ${verdict.why}` };
    // Where there is no room for it, the next run asks for its health once more.
    unlessFull(() => markUnproved(work, name, undefined));
    return { restored: true, words: `generation ${generation} is back and healthy` };
  } catch (error) {
    const why = (error as Error).message;
    return {
      restored: false,
      words: `generation ${generation} of ${name} could not be brought back: ${why}`,
    };
  }
}

async function restore(work: Work, item: ContainerItem, generation: number) {
  const { engine } = work.ground;
  const { name } = item.spec;
  const kept = await engine.inspect(generationName(name, generation));
  const now = await engine.inspect(name);
  await dismiss(engine, besideName(name));
  if (kept) {
    if (now) await engine.remove(now.id, { force: true });
    await engine.rename(kept.id, name);
    showFiles(work.ground, item, generation);
  } else if (!now) {
    throw new StepFailure("it is not on the host any more");
  }
  await startAlone(work, item);
  const health = healthOf((kept ?? now)?.labels ?? {});
  return awaitHealth(engine, name, health, Math.max(item.gateSeconds, 30));
}

/** The health check that a container was made with; the newer one's may be just what was wrong with it. */
function healthOf(labels: Readonly<Record<string, string>>): HealthCheck | undefined {
  const text = labels[LABEL.health];
  return text === undefined ? undefined : (JSON.parse(text) as HealthCheck);
}

/**
 * After a container proved healthy: of its older generations only the newest stays, with the files it was made from. Where
 * a run was cut off between two turns, it may still serve: it ends what it has.
 */
export async function keepOnlyLast(work: Work, item: ContainerItem): Promise<void> {
  const { name } = item.spec;
  const others = (await family(work.ground, name)).filter((found) => found.name !== name);
  const age = (found: ContainerSummary): number => generationInName(found.name) ?? -1;
  const [, ...older] = others.sort((a, b) => age(b) - age(a));
  const beside = others.filter((found) => found.name === besideName(name));
  if (item.turns)
    for (const found of others)
      if (found.state === "running") await retire(work.ground.engine, item.turns, found);
  for (const found of new Set([...older, ...beside])) await removeQuietly(work, found.name);
  markUnproved(work, name, undefined);
}

/** Removes what a run that was cut off left beside containers, and files of generations that are gone. */
export async function tidy(ground: Ground, state: AgentState): Promise<void> {
  const all = await ground.engine.containers(true);
  const ours = all.filter(({ labels }) => labels[LABEL.managed] !== undefined);
  const left = ours.filter((found) => found.name === besideName(baseName(found.name)));
  await Promise.all(left.map(({ id }) => dismiss(ground.engine, id)));
  forgetUnused(
    ground,
    all.filter((found) => !left.includes(found)),
  );
  finishReloads(ground, state, ours);
  const { reloads } = state;
  const gone = Object.keys(reloads).filter((id) => !ours.some((found) => found.id === id));
  if (gone.length > 0)
    remember(ground, state, () => {
      for (const id of gone) delete reloads[id];
    });
}

/** A container's own files go with it; those of another tool's container stay as long as it waits. */
function forgetUnused(ground: Ground, containers: readonly ContainerSummary[]): void {
  const wanted = new Map<string, Set<number>>();
  for (const found of containers) {
    const directory = directoryOfFiles(readLabel(found.labels[LABEL.files]));
    if (directory === undefined) continue;
    const numbers = wanted.get(directory) ?? new Set();
    numbers.add(Number(found.labels[LABEL.generation]));
    if (containers.some(({ name }) => name === generationName(baseName(found.name), 0))) numbers.add(0);
    wanted.set(directory, numbers);
  }
  for (const name of directoryNames(ground)) forgetGenerations(ground, name, wanted.get(name) ?? new Set());
}

/** A container of ours and those beside it: older generations, one being made. */
async function family(ground: Ground, name: string): Promise<ContainerSummary[]> {
  const all = await ground.engine.containers(true);
  return all.filter((found) => baseName(found.name) === baseName(name) && isOf(found, name));
}

/** Only the container itself may be another tool's. */
function isOf(found: ContainerSummary, name: string): boolean {
  return found.name === name || found.labels[LABEL.managed] !== undefined || found.name.endsWith(".g0");
}

async function removeQuietly(work: Work, name: string): Promise<void> {
  await work.ground.engine.remove(name, { force: true });
}

/** The container as the engine gets it, with its files in place and what makes it again on record. */
export async function newGeneration(work: Work, item: ContainerItem, step: Made): Promise<ContainerSpec> {
  const { ground, state } = work;
  const { name } = item.spec;
  const { generation } = step;
  countGeneration(work, name, generation);
  const spec = made(work, item, step, await imageToCreateFrom(ground, item));
  const imageId = await imageOf(ground, item);
  // Without its image the engine refuses to create it, in words of its own.
  if (imageId === undefined) return spec;
  const record = recordGeneration(work, item, generation, imageId);
  remember(ground, state, () => noteMade(state, name, generation, record));
  return spec;
}

/** Written down before the container exists, so that no number is ever given twice. */
function countGeneration(work: Work, name: string, generation: number): void {
  const last = work.state.generations[name] ?? 0;
  if (generation <= last) throw surprise(`Generation ${generation} of ${name} was used already`);
  remember(work.ground, work.state, (state) => {
    state.generations[name] = generation;
  });
}

/** The container as it is made, with files of its own that nobody changes under it. Its labels say what they are. */
function made(work: Work, item: ContainerItem, { generation, port }: Made, image: string): ContainerSpec {
  const directory = directoryOfFiles(item.files);
  if (directory !== undefined) makeGeneration(work.ground, directory, generation);
  const labels = {
    ...item.spec.labels,
    [LABEL.managed]: "true",
    [LABEL.generation]: String(generation),
    [LABEL.spec]: item.specHash,
    [LABEL.parts]: partsLabel(item.spec),
    [LABEL.files]: filesOfGeneration(work, item, generation),
    [LABEL.set]: item.set.join("/"),
    ...(item.spec.health && { [LABEL.health]: JSON.stringify(item.spec.health) }),
    ...(port !== undefined && { [LABEL.port]: String(port) }),
  };
  const environment = {
    ...item.spec.environment,
    ...(port !== undefined && { [TURN_PORT]: String(port) }),
  };
  const mounts = item.spec.mounts.map((mount) => ({
    ...mount,
    source:
      directory === undefined
        ? mount.source
        : mountSource(work.ground, mount.source, { directory, generation }),
  }));
  return { ...item.spec, image, environment, mounts, labels };
}

/** Label of the files that a generation reads: hashes are those of what is on the host. */
export function filesOfGeneration(work: Work, item: ContainerItem, generation: number): string {
  const name = directoryOfFiles(item.files);
  if (name === undefined) return filesLabel(item.files);
  const directory = ofGeneration(work.ground, name, generation);
  const files = Object.entries(item.files).map(([path, hash]) => {
    const content = readIfThere(placeIn(directory, name, path));
    return [path, content ? sha256(content) : hash];
  });
  return filesLabel(Object.fromEntries(files));
}
