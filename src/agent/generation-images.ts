import type { ContainerItem } from "#model";
import type { Ground } from "./ground.ts";
import type { AgentState } from "./state.ts";

/**
 * Each generation that a host can return to has its image under a name of its own, so that neither a newer image of the
 * same name nor `docker image prune` takes it away. The names go with the generations.
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

/** Gives a generation's image the name that keeps it. */
export async function holdImage(
  { engine }: Ground,
  container: string,
  generation: number,
  imageId: string,
): Promise<void> {
  await engine.tag(imageId, nameOf(container, generation));
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
