import type { ContainerItem } from "#model";
import type { Ground } from "./ground.ts";
import type { AgentState } from "./state.ts";

/**
 * Each generation that a host can return to has its image under a name of its own, so that neither a newer image of the
 * same name nor `docker image prune` takes it away. They get them at the end of a run, until when their containers hold
 * them, and lose them with the generations.
 */
const nameOf = (container: string, generation: number | string): string =>
  `kolla-generations/${container}:${generation}`;

/** Id of the image that a container is to be made from; undefined when it is not on the host. */
export async function imageOf({ engine }: Ground, item: ContainerItem): Promise<string | undefined> {
  return engine.imageId(item.imageId ?? item.spec.image);
}

/** What to create a container from: the reference, which people can read, unless it means another image by now. */
export async function imageToCreateFrom({ engine }: Ground, item: ContainerItem): Promise<string> {
  const { imageId, spec } = item;
  if (imageId === undefined || (await engine.imageId(spec.image)) === imageId) return spec.image;
  return imageId;
}

/** A generation with the id of its image. */
export interface ImageUse {
  container: string;
  generation: string;
  imageId: string;
}

/** Gives the images of these generations the names that keep them. An image that is gone is not missed before it is wanted. */
export async function holdImages({ engine }: Ground, uses: readonly ImageUse[]): Promise<void> {
  const images = await engine.images();
  const there = new Set(images.map(({ id }) => id));
  const named = new Set(images.flatMap(({ references }) => references));
  for (const { container, generation, imageId } of uses) {
    const name = nameOf(container, generation);
    if (there.has(imageId) && !named.has(name)) await engine.tag(imageId, name);
  }
}

/** Takes the name away. Nothing happens where the image, or its name, is gone already. */
export async function releaseImage(
  { engine }: Ground,
  container: string,
  generation: number | string,
): Promise<void> {
  await engine.removeImage(nameOf(container, generation), { force: true });
}

/** Takes the names of all generations away that a host knows. */
export async function releaseImages(ground: Ground, { made }: Pick<AgentState, "made">): Promise<void> {
  for (const [container, generations] of Object.entries(made))
    for (const generation of Object.keys(generations)) await releaseImage(ground, container, generation);
}
