import { type ContainerItem, LABEL, readLabel } from "#model";
import { invariant } from "#support";
import type { Engine, ExecResult } from "../engine/index.ts";
import { changeInPlace, directoryOfFiles, keep, putBack, show } from "./directories.ts";
import { type Evidence, StepFailure } from "./failure.ts";
import { awaitHealth } from "./health.ts";
import { filesOfGeneration } from "./new-generation.ts";
import { noteMade, recordGeneration } from "./records.ts";
import { remember } from "./state.ts";
import { expectContainer, markUnproved, type Work } from "./work.ts";

/** How long one command of a reload may take, in seconds. */
const COMMAND_SECONDS = 60;
/** Lines of a failed command that are shown. */
const SHOWN_LINES = 10;

/**
 * Lets a running container take up its changed files, and awaits its health. When it refuses them, or is not healthy
 * with them, the files that it ran with are put back and taken up again, if need be by a new start, and the step fails.
 */
export async function reloadContainer(
  work: Work,
  item: ContainerItem,
  expects: string,
  onRestored: (words: string) => void,
): Promise<void> {
  const { ground, state } = work;
  const { name } = item.spec;
  const found = await expectContainer(work, name, expects);
  const generation = Number(found.labels[LABEL.generation]);
  const directory = directoryOfFiles(item.files);
  invariant(directory !== undefined, `${name} takes up files as it runs, and has none`);
  show(ground, directory, generation);
  changeInPlace(ground, directory);
  const taken = await takeUp(work, item);
  if (taken.healthy) {
    const made = recordGeneration(work, item, generation, found.imageId);
    remember(ground, state, () => {
      state.reloads[found.id] = readLabel(filesOfGeneration(work, item, generation));
      noteMade(state, name, generation, made);
    });
    keep(ground, directory);
    return;
  }
  putBack(ground, directory);
  const again = await takeUp(work, item);
  const back = again.healthy ? again : await startAgain(work, item);
  const words = back.healthy
    ? "it has the files before, and is healthy"
    : `it has the files before, but ${back.why}`;
  if (back.healthy) onRestored(words);
  else markUnproved(work, name, generation);
  throw new StepFailure(`${name}: ${taken.why}; ${words}`, taken.evidence);
}

interface Taken {
  healthy: boolean;
  /** Why not. */
  why: string;
  evidence: Pick<Evidence, "log" | "health">;
}

/** Runs the commands of a reload in a container, then asks for its health. */
async function takeUp({ ground: { engine } }: Work, item: ContainerItem): Promise<Taken> {
  return attempt(async () => {
    for (const command of item.reload ?? []) {
      const options = { user: "0", timeoutSeconds: COMMAND_SECONDS };
      const result = await engine.exec(item.spec.name, command, options);
      if (result.exitCode !== 0) return refused(result);
    }
    return healthOf(engine, item);
  });
}

/** A start puts the files in their places by itself. */
async function startAgain({ ground: { engine } }: Work, item: ContainerItem): Promise<Taken> {
  return attempt(async () => {
    await engine.stop(item.spec.name);
    await engine.start(item.spec.name);
    return healthOf(engine, item);
  });
}

async function healthOf(engine: Engine, { spec, gateSeconds }: ContainerItem): Promise<Taken> {
  const { healthy, why, output } = await awaitHealth(engine, spec.name, spec.health, gateSeconds);
  return { healthy, why, evidence: { health: output } };
}

/** What fails here must not keep the files before from coming back. */
async function attempt(act: () => Promise<Taken>): Promise<Taken> {
  try {
    return await act();
  } catch (error) {
    return { healthy: false, why: (error as Error).message, evidence: {} };
  }
}

function refused({ stdout, stderr, timedOut }: ExecResult): Taken {
  const why = timedOut
    ? `a reload did not end within ${COMMAND_SECONDS} s`
    : "it does not take the new files";
  const log = `${stdout}${stderr}`.split("\n").filter((line) => line.trim() !== "");
  return { healthy: false, why, evidence: { log: log.slice(-SHOWN_LINES) } };
}
