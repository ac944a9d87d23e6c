import type { ContainerItem } from "#model";
import { directoryOfFiles, show } from "./directories.ts";
import { openDoor } from "./door.ts";
import { unlessFull } from "./durable.ts";
import { family } from "./family.ts";
import type { Ground } from "./ground.ts";
import { markUnproved, type Work } from "./work.ts";

/** Starts a container; until its gate is passed the journal names it as not proved. */
export async function startContainer(work: Work, item: ContainerItem, generation: number): Promise<void> {
  markUnproved(work, item.spec.name, generation);
  await startAlone(work, item);
}

/** Starts a container that proves itself while nobody else serves: load balancers may send it requests at once. */
export async function startAlone(work: Work, { spec: { name }, turns }: ContainerItem): Promise<void> {
  const { engine } = work.ground;
  await engine.start(name);
  if (!turns) return;
  const others = (await family(work.ground, name)).filter((found) => found.name !== name);
  // One that ends at once cannot be told; its gate says why.
  if (!others.some(({ state }) => state === "running")) await openDoor(engine, name).catch(() => undefined);
}

/** The path that operators know leads to the files of this generation; a disk without room must not keep it from serving. */
export function showFiles(ground: Ground, item: ContainerItem, generation: number, former?: number): void {
  const directory = directoryOfFiles(item.files);
  if (directory !== undefined) unlessFull(() => show(ground, directory, generation, former));
}
