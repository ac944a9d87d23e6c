import { type ContainerItem, type Handover, handoverIn, LABEL, READY_FILE, type Turns } from "#model";
import { sleep } from "#support";
import type { ContainerSummary, Engine } from "../engine/index.ts";
import { StepFailure } from "./failure.ts";
import { awaitDrained } from "./members.ts";

/** Until load balancers have noticed that one does not want requests any more, where nobody can ask them, in seconds. */
const NOTICED = 4;
/** Between two looks whether one has ended, in seconds. */
const LOOK = 0.5;

/** From now on the container says by its check that it wants requests. */
export async function openDoor(engine: Engine, name: string): Promise<void> {
  const { exitCode, stderr } = await engine.exec(name, ["touch", READY_FILE], { user: "0" });
  if (exitCode !== 0) throw new StepFailure(`${name} could not be told to serve: ${stderr.trim()}`);
}

/** From now on it says that it wants none. One that ends just now needs no telling. */
async function closeDoor(engine: Engine, name: string): Promise<void> {
  await engine.exec(name, ["rm", "-f", READY_FILE], { user: "0" }).catch(() => undefined);
}

/** Whether a generation may serve although another one has its name. */
export function canRetire({ turns }: ContainerItem, { labels }: ContainerSummary): boolean {
  return turns !== undefined || labels[LABEL.handover] !== undefined;
}

/**
 * Tells one to accept nothing more, and waits until what it has accepted has ended, or its time is over. Whatever keeps
 * it from hearing does not keep it from being stopped.
 */
async function letGo(engine: Engine, { id }: ContainerSummary, { signal, seconds }: Handover): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  await engine.signal(id, signal).catch(() => undefined);
  while (Date.now() < deadline && (await engine.inspect(id))?.state === "running") await sleep(LOOK);
}

/**
 * Lets a generation go that others have the turn of: it gets no more requests, ends those it has, and is stopped. One that
 * load balancers would not let go of in time ends the running ones after it was told to stop.
 */
export async function retire(
  engine: Engine,
  turns: Turns | undefined,
  found: ContainerSummary,
): Promise<void> {
  const port = found.labels[LABEL.port];
  const handover = handoverIn(found.labels[LABEL.handover]);
  if (turns && port !== undefined) {
    await closeDoor(engine, found.id);
    await awaitDrained(turns, Number(port));
  }
  if (handover) await letGo(engine, found, handover);
  await engine.stop(found.id);
}

/** Removes a generation that a run was cut off before or in the turn of: it may serve already, beside the one before. */
export async function dismiss(engine: Engine, name: string): Promise<void> {
  const found = await engine.inspect(name);
  const handover = handoverIn(found?.labels[LABEL.handover]);
  if (found?.state === "running" && handover) await letGo(engine, found, handover);
  if (found?.state === "running" && found.labels[LABEL.port] !== undefined) {
    await closeDoor(engine, found.id);
    await sleep(NOTICED);
    // Whatever keeps it from being stopped does not keep it from being removed.
    await engine.stop(found.id).catch(() => undefined);
  }
  await engine.remove(name, { force: true });
}
