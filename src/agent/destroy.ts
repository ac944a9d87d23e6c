import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LABEL } from "#model";
import { KollaError, sleep } from "#support";
import type { ContainerSummary } from "../engine/index.ts";
import { removeGenerations } from "./directories.ts";
import { isMissing } from "./durable.ts";
import { removeFile } from "./files.ts";
import { releaseImages } from "./generation-images.ts";
import { type Ground, ownDirectory } from "./ground.ts";
import { forgetSysctl, onHost, undoSharedMount } from "./kernel.ts";
import { currentLock, lockedBy } from "./lock.ts";
import { removeBridges, removeDevices, removeNamespaces } from "./network.ts";
import { processArguments, processes, processName } from "./processes.ts";
import { loadState } from "./state.ts";

export interface DestroyInput {
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
 * Throws KOLLA_HOST_LOCKED while a run has the host and KOLLA_SERVERS_RUN while servers run, unless told.
 */
export async function destroy(ground: Ground, input: DestroyInput): Promise<Destroyed> {
  await refuseWhileRunning(ground, input.takeOver);
  const containers = await ownContainers(ground);
  const servers = await endServers(ground, containers, input.serversToo ?? false);
  const left: string[] = [];
  const hasNetwork = containers.some(({ name }) => /^(openvswitch|ovsdpdk|neutron|ovn)_/.test(name));
  if (hasNetwork) left.push(...(await removeBridges(ground, containers)));
  await stopKeepalived(ground, containers);
  for (const { id } of containers) await ground.engine.remove(id, { force: true });
  await removeSockets(containers, left);
  const namespaces = hasNetwork ? await removeNamespaces(left) : [];
  const devices = hasNetwork ? await removeDevices(left) : [];
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

/** Servers run as processes of the host, so they outlive the container of libvirt that started them. */
async function endServers(
  ground: Ground,
  containers: readonly ContainerSummary[],
  serversToo: boolean,
): Promise<number> {
  if (!containers.some(({ name }) => name.startsWith("nova_libvirt"))) return 0;
  const running = serverProcesses();
  if (running.length === 0) return 0;
  if (!serversToo)
    throw new KollaError({
      code: "KOLLA_SERVERS_RUN",
      message: `${running.length} servers still run on this host`,
      hint: "Delete or move them first, or say --servers-too",
      where: { host: ground.host },
    });
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    for (const pid of serverProcesses()) process.kill(pid, signal);
    for (let waited = 0; waited < 10 && serverProcesses().length > 0; waited++) await sleep(0.5);
  }
  return running.length;
}

/** Nova calls its servers instance-<8 digits>; libvirt hands that name to qemu. */
function serverProcesses(): number[] {
  return processes().filter(
    (pid) =>
      /^(qemu|kvm)/.test(processName(pid)) &&
      processArguments(pid).some((argument) => /^guest=instance-[0-9a-f]{8}(,|$)/.test(argument)),
  );
}

/** Only told to end does it take its address from the host's interface. */
async function stopKeepalived(ground: Ground, containers: readonly ContainerSummary[]): Promise<void> {
  for (const { id, name, state } of containers)
    if (name === "keepalived" && state === "running") await ground.engine.stop(id);
}

/** Daemon of ours → the directory below the host's /run that holds its sockets, where others reach it. */
const SOCKETS: Readonly<Record<string, string>> = {
  openvswitch_db: "/run/openvswitch",
  nova_libvirt: "/run/libvirt",
};

/** Only of daemons that ran here: where the host itself runs libvirt, the same directory is the host's. */
async function removeSockets(containers: readonly ContainerSummary[], left: string[]): Promise<void> {
  for (const [daemon, path] of Object.entries(SOCKETS)) {
    if (!containers.some(({ name }) => name === daemon || name.startsWith(`${daemon}.`))) continue;
    await onHost(["rm", "-rf", path]).catch((error: Error) => left.push(`${path}: ${error.message}`));
  }
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
