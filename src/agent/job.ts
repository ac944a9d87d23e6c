import { type JobItem, jobKey, LABEL } from "#model";
import { fingerprint, formatSeconds } from "#support";
import type { ContainerDetails } from "../engine/index.ts";
import { jobSource } from "./directories.ts";
import { StepFailure } from "./failure.ts";
import { recordDone } from "./records.ts";
import { remember } from "./state.ts";
import type { Work } from "./work.ts";

const LINES = 30;

/**
 * Runs a container once to its end and remembers the key it ran with. One that a run which was cut off had started is
 * awaited instead of started a second time.
 * Returns the last line of its log where an operator asked for it by its verb.
 * Throws StepFailure with the end of its log when it does not end with exit code 0 in time.
 */
export async function runJob(work: Work, item: JobItem): Promise<string | undefined> {
  const { engine } = work.ground;
  const name = jobContainerName(item.id);
  const left = await engine.inspect(name);
  if (left && isWorthAwaiting(left, item)) return finish(work, item, name);
  await engine.remove(name, { force: true });
  const labels = { ...item.spec.labels, [LABEL.job]: item.id, [LABEL.spec]: jobPrint(item) };
  const { health: _, ...spec } = item.spec;
  const mounts = spec.mounts.map((mount) => ({ ...mount, source: jobSource(work.ground, mount.source) }));
  await engine.create({ ...spec, mounts, labels, restartPolicy: "no" }, name);
  await engine.start(name);
  return finish(work, item, name);
}

/** Name of the container that a job runs in: "job_keystone_bootstrap". */
function jobContainerName(id: string): string {
  return id.replace(/[^a-zA-Z0-9.-]/g, "_");
}

/** It still works, or it ended well and only the note of it is missing. */
function isWorthAwaiting(left: ContainerDetails, item: JobItem): boolean {
  if (left.labels[LABEL.spec] !== jobPrint(item)) return false;
  return left.state === "running" || (left.state === "exited" && left.exitCode === 0);
}

async function finish(work: Work, item: JobItem, name: string): Promise<string | undefined> {
  const { engine } = work.ground;
  const exitCode = await awaitEnd(work, name, item.timeoutSeconds);
  if (exitCode !== 0) {
    const log = await engine.logs(name, { tail: LINES });
    await engine.remove(name, { force: true });
    const why =
      exitCode === undefined
        ? `did not end within ${formatSeconds(item.timeoutSeconds)}`
        : `ended with exit code ${exitCode}`;
    throw new StepFailure(`${item.id} ${why}`, { log });
  }
  const image = (await engine.inspect(name))?.imageId ?? "";
  // What an operator's verb did is no state of the host: a rollback has nothing to return to in it.
  const done = item.verb === undefined ? recordDone(work.ground, item) : { at: new Date().toISOString() };
  remember(work.ground, work.state, (state) => {
    const { upgrade } = item;
    state.jobs[item.id] = { key: jobKey(item.key, image), ...done, ...(upgrade && { upgrade }) };
  });
  const [said] = item.verb === undefined ? [] : await engine.logs(name, { tail: 1 });
  await engine.remove(name, { force: true });
  return said;
}

/** The exit code; undefined when the time ran out, and then the container is stopped. */
async function awaitEnd(work: Work, name: string, seconds: number): Promise<number | undefined> {
  const signal = AbortSignal.timeout(seconds * 1000);
  try {
    return await work.ground.engine.wait(name, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    await work.ground.engine.stop(name);
    return undefined;
  }
}

/** Tells whether a container was made for the same work: same key, same spec. */
function jobPrint(item: JobItem): string {
  return fingerprint([item.key, item.spec]);
}
