import { type ContainerItem, type ContainerSpec, filesLabel, LABEL, partsLabel, TURN_PORT } from "#model";
import { sha256 } from "#support";
import { directoryOfFiles, makeGeneration, mountSource, ofGeneration, placeIn } from "./directories.ts";
import { readIfThere } from "./durable.ts";
import { surprise } from "./failure.ts";
import { imageOf, imageToCreateFrom } from "./generation-images.ts";
import { noteMade, recordGeneration } from "./records.ts";
import { remember } from "./state.ts";
import type { Made, Work } from "./work.ts";

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
