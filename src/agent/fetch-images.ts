import type { FetchedImage } from "#model";
import type { Ground } from "./ground.ts";
import { pullImage } from "./image.ts";

/** What the verb `fetch` is asked. */
export interface FetchInput {
  /** References. */
  images: readonly string[];
}

/** Pulls images by name, as a deploy would. Answers what each is then, or why it cannot be had. */
export async function fetchImages(
  ground: Ground,
  { images }: FetchInput,
): Promise<Record<string, FetchedImage>> {
  const fetched = images.map(async (image) => [image, await fetchImage(ground, image)] as const);
  return Object.fromEntries(await Promise.all(fetched));
}

async function fetchImage(ground: Ground, image: string): Promise<FetchedImage> {
  try {
    await pullImage(ground, image);
    return { id: (await ground.engine.imageId(image)) ?? "" };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}
