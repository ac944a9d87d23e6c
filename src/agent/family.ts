import {
  baseName,
  besideName,
  type ContainerItem,
  generationInName,
  generationName,
  LABEL,
  readLabel,
} from "#model";
import type { ContainerSummary } from "../engine/index.ts";
import { directoryNames, directoryOfFiles, forgetGenerations } from "./directories.ts";
import { canRetire, dismiss, retire } from "./door.ts";
import { finishReloads } from "./finish-reloads.ts";
import type { Ground } from "./ground.ts";
import { type AgentState, remember } from "./state.ts";
import { markUnproved, type Work } from "./work.ts";

/** A container of ours and those beside it: older generations, one being made. */
export async function family(ground: Ground, name: string): Promise<ContainerSummary[]> {
  const all = await ground.engine.containers(true);
  return all.filter((found) => baseName(found.name) === baseName(name) && isOf(found, name));
}

/** Only the container itself may be another tool's. */
function isOf(found: ContainerSummary, name: string): boolean {
  return found.name === name || found.labels[LABEL.managed] !== undefined || found.name.endsWith(".g0");
}

/** Removes a container, running or not; one that is not there is none to remove. */
export async function removeQuietly(work: Work, name: string): Promise<void> {
  await work.ground.engine.remove(name, { force: true });
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
  for (const found of others)
    if (found.state === "running" && canRetire(item, found))
      await retire(work.ground.engine, item.turns, found);
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
