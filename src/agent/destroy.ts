import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type ContainerTeardown, LABEL } from "#model";
import { KollaError, sleep } from "#support";
import type { ContainerSummary } from "../engine/index.ts";
import { removeGenerations } from "./directories.ts";
import { ensureDirectory, isMissing, readIfThere, writeDurably } from "./durable.ts";
import { removeFile } from "./files.ts";
import { releaseImages } from "./generation-images.ts";
import { type Ground, ownDirectory } from "./ground.ts";
import { forgetSysctl, onHost, undoSharedMount } from "./kernel.ts";
import { currentLock, lockedBy } from "./lock.ts";
import { removeDevices, removeListed, removeNamespaces } from "./network.ts";
import { processArguments, processes, processName } from "./processes.ts";
import { type Remains, remainsOf } from "./remains.ts";
import { loadState } from "./state.ts";

export interface DestroyInput {
  /** What containers leave, of all that there may be; only of those that are here anything is taken away. */
  teardowns: readonly ContainerTeardown[];
  /** End servers that still run; otherwise they are a reason to refuse. */
  serversToo?: boolean;
  /** A run that is dead: that it still has the host is no reason to refuse. */
  takeOver?: string;
}

export interface Destroyed {
  removed: {
    servers: number;
    containers: string[];
    volumes: string[];
    files: number;
    namespaces: string[];
    devices: string[];
    mounts: string[];
  };
  /** What could not or must not be removed, with the reason. */
  left: string[];
}

/**
 * Removes all that Kolla made on this host: containers with their older generations, volumes, files, networks, mounts
 * and the agent's memory. Nothing without its label, or that its memory does not name, is touched.
 * Throws KOLLA_HOST_LOCKED while a run has the host and KOLLA_SERVERS_RUN while servers run, unless told;
 * KOLLA_AGENT_TEARDOWN for teardowns that are not clear. Nothing was removed then.
 */
export async function destroy(ground: Ground, input: DestroyInput): Promise<Destroyed> {
  await refuseWhileRunning(ground, input.takeOver);
  const containers = await ownContainers(ground);
  const gone = namesBegun(ground);
  const remains = remainsOf(containers, input.teardowns, gone);
  const servers = await endServers(ground, remains.servers, input.serversToo ?? false);
  noteBegun(ground, [...gone, ...containers.map(({ name }) => name)]);
  const left: string[] = [];
  for (const listed of remains.listed) left.push(...(await removeListed(ground, listed)));
  for (const { id } of remains.toldToEnd) await ground.engine.stop(id);
  for (const { id } of containers) await ground.engine.remove(id, { force: true });
  await removeDirectories(remains.directories, left);
  const namespaces = await removeNamespaces(remains.namespaces, left);
  const devices = await removeDevices(remains, left);
  const volumes = await removeVolumes(ground, left);
  const state = loadState(ground);
  await releaseImages(ground, state);
  for (const path of Object.keys(state.files)) removeFile(ground, path);
  removeGenerations(ground);
  for (const path of state.mounts) await undoSharedMount(path);
  for (const [id, { holds }] of Object.entries(state.resources))
    if (holds?.kind === "sysctl") await forgetSysctl(id);
  forgetAll(ground);
  return {
    removed: {
      servers,
      containers: containers.map(({ name }) => name),
      volumes,
      files: Object.keys(state.files).length,
      namespaces,
      devices,
      mounts: state.mounts,
    },
    left,
  };
}

async function refuseWhileRunning(ground: Ground, dead: string | undefined): Promise<void> {
  const lock = await currentLock(ground);
  if (lock && (lock.run !== dead || lock.until === undefined)) throw lockedBy(ground, lock);
}

async function ownContainers(ground: Ground): Promise<ContainerSummary[]> {
  const all = await ground.engine.containers(true);
  return all.filter(({ labels }) => labels[LABEL.managed] !== undefined || labels[LABEL.job] !== undefined);
}

/** Servers run as processes of the host, so they outlive the container that started them. Returns how many ran. */
async function endServers(
  ground: Ground,
  patterns: Remains["servers"],
  serversToo: boolean,
): Promise<number> {
  const running = serverProcesses(patterns);
  if (running.length === 0) return 0;
  if (!serversToo)
    throw new KollaError({
      code: "KOLLA_SERVERS_RUN",
      message: `${running.length} servers still run on this host`,
      hint: "Delete or move them first, or say --servers-too",
      where: { host: ground.host },
    });
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    for (const pid of serverProcesses(patterns)) process.kill(pid, signal);
    for (let waited = 0; waited < 10 && serverProcesses(patterns).length > 0; waited++) await sleep(0.5);
  }
  return running.length;
}

function serverProcesses(patterns: Remains["servers"]): number[] {
  if (patterns.length === 0) return [];
  return processes().filter((pid) =>
    patterns.some(
      ({ program, argument }) =>
        program.test(processName(pid)) && processArguments(pid).some((given) => argument.test(given)),
    ),
  );
}

/** Names of the containers that a destroy was about to take off: should it die, the next one knows what else they left. */
const begunFile = (ground: Ground): string => join(ownDirectory(ground), "destroying.json");

function namesBegun(ground: Ground): string[] {
  return JSON.parse(readIfThere(begunFile(ground))?.toString("utf8") ?? "[]") as string[];
}

function noteBegun(ground: Ground, names: readonly string[]): void {
  ensureDirectory(ownDirectory(ground), 0o700);
  writeDurably(begunFile(ground), JSON.stringify([...new Set(names)]), { mode: 0o600 });
}

async function removeDirectories(paths: readonly string[], left: string[]): Promise<void> {
  for (const path of paths)
    await onHost(["rm", "-rf", path]).catch((error: Error) => left.push(`${path}: ${error.message}`));
}

async function removeVolumes(ground: Ground, left: string[]): Promise<string[]> {
  const ours = (await ground.engine.volumes.list()).filter(
    ({ labels }) => labels[LABEL.managed] !== undefined,
  );
  const removed: string[] = [];
  for (const { name } of ours) {
    try {
      await ground.engine.volumes.remove(name);
      removed.push(name);
    } catch (error) {
      left.push(`volume ${name}: ${(error as Error).message}`);
    }
  }
  return removed;
}

function forgetAll(ground: Ground): void {
  const directory = ownDirectory(ground);
  try {
    for (const name of readdirSync(directory))
      rmSync(join(directory, name), { recursive: true, force: true });
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
