import { besideName, type ContainerItem, generationName, type HealthCheck, LABEL } from "#model";
import { directoryOfFiles, showBefore } from "./directories.ts";
import { dismiss } from "./door.ts";
import { unlessFull } from "./durable.ts";
import { StepFailure } from "./failure.ts";
import { awaitHealth } from "./health.ts";
import { showFiles, startAlone } from "./start.ts";
import { markUnproved, type Work } from "./work.ts";

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
