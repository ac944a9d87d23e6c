import { baseName, LABEL, shortHash } from "#model";
import { sha256 } from "#support";
import type { ContainerSummary } from "../engine/index.ts";
import { directoryOfFiles, keep } from "./directories.ts";
import { readIfThere } from "./durable.ts";
import { generationFiles } from "./files.ts";
import type { Ground } from "./ground.ts";
import type { AgentState } from "./state.ts";

/**
 * An agent that was killed after it had noted a reload, and before it had let go of the files of before it, is finished
 * with here: else those would be put back under a container that has taken up the new ones.
 */
export function finishReloads(
  ground: Ground,
  { reloads }: Pick<AgentState, "reloads">,
  containers: readonly ContainerSummary[],
): void {
  for (const { id, name, labels } of containers) {
    const taken = reloads[id];
    const directory = taken && directoryOfFiles(taken);
    if (!taken || directory === undefined || baseName(name) !== name) continue;
    const found = generationFiles(ground, directory, Number(labels[LABEL.generation]));
    const has = new Map(found.map(({ path, place }) => [path, shortHash(sha256(readIfThere(place) ?? ""))]));
    if (Object.entries(taken).every(([path, hash]) => has.get(path) === hash)) keep(ground, directory);
  }
}
