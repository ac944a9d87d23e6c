import {
  type HostLock,
  LABEL,
  type ObservedContainer,
  type ObservedHost,
  type ObservedJournal,
} from "#model";
import type { ContainerDetails, ContainerSummary } from "../engine/index.ts";
import { observeFacts } from "./facts.ts";
import { observeFiles } from "./files.ts";
import type { Ground } from "./ground.ts";
import { stillHolds } from "./kernel.ts";
import { currentLock, type Lock } from "./lock.ts";
import { type AgentState, loadState } from "./state.ts";

/** Everything a plan needs to know of this host, with the kernel's modules asked for, in one look. Changes nothing. */
export async function observe(ground: Ground, kernelModules: readonly string[] = []): Promise<ObservedHost> {
  const { engine } = ground;
  const [version, containers, images, volumes, lock] = await Promise.all([
    engine.version(),
    observeContainers(ground),
    engine.images(),
    engine.volumes.list(),
    currentLock(ground),
  ]);
  return {
    host: ground.host,
    engine: { name: version.name, version: version.version, cgroupVersion: version.cgroupVersion },
    facts: observeFacts(version.rootDirectory, kernelModules),
    containers,
    images: Object.fromEntries(images.flatMap(({ id, references }) => references.map((name) => [name, id]))),
    volumes: volumes.map(({ name }) => name),
    files: observeFiles(ground),
    journal: journalOf(loadState(ground)),
    ...(lock && { lock: lockOf(lock) }),
  };
}

function lockOf({ process: _, ...lock }: Lock): HostLock {
  return lock;
}

/** All containers but the agent's own and those of jobs; the engine is asked for details only of ours. */
async function observeContainers(ground: Ground): Promise<ObservedContainer[]> {
  const all = await ground.engine.containers(true);
  const others = all.filter(
    ({ labels }) => labels.kolla_agent === undefined && labels[LABEL.job] === undefined,
  );
  const looked = await Promise.all(others.map((found) => look(ground, found)));
  return looked.filter((found) => found !== undefined);
}

async function look(ground: Ground, found: ContainerSummary): Promise<ObservedContainer | undefined> {
  const { id, name, image, imageId, state, labels } = found;
  const isOurs = labels[LABEL.managed] !== undefined;
  if (!isOurs) return { id, name, image, imageId, state, labels, health: "none", startedAt: "", restarts: 0 };
  const takesTurns = state === "running" && labels[LABEL.port] !== undefined;
  const [details, memoryBytes] = await Promise.all([
    ground.engine.inspect(id),
    takesTurns ? ground.engine.memory(id) : undefined,
  ]);
  if (!details) return undefined;
  const { health, startedAt, restarts } = details;
  return {
    id,
    name,
    image: details.image,
    imageId,
    state: details.state,
    labels,
    health,
    startedAt,
    restarts,
    ...(memoryBytes !== undefined && { memoryBytes }),
    ...troublesOf(details),
  };
}

/** What tells a container that starts again and again, or is ill for long, from one that serves. */
function troublesOf(details: ContainerDetails): Partial<ObservedContainer> {
  const { state, startedAt, exitCode, healthLog } = details;
  const sound = healthLog.findLastIndex((check) => check.exitCode === 0);
  const failedChecks = healthLog.length - 1 - sound;
  return {
    ...(state === "running" && { upSeconds: (Date.now() - new Date(startedAt).getTime()) / 1000 }),
    ...(state === "restarting" && { exitCode }),
    ...(failedChecks > 0 && { failedChecks }),
  };
}

/** Settings of the kernel that the host lost since are left out, so that a plan makes them again. */
function journalOf(state: AgentState): ObservedJournal {
  const { generations, unproved, reloads, swaps, files, lastRun } = state;
  const jobs = Object.entries(state.jobs).map(
    ([id, { key, at, upgrade }]) => [id, { key, at, ...(upgrade && { upgrade }) }] as const,
  );
  const returned = returnedOf(state);
  const resources = Object.entries(state.resources).flatMap(([id, { key, at, holds }]) =>
    holds && !stillHolds(holds) ? [] : [[id, { key, at }] as const],
  );
  return {
    jobs: Object.fromEntries(jobs),
    resources: Object.fromEntries(resources),
    generations,
    unproved,
    reloads,
    swaps,
    files,
    ...(Object.keys(returned).length > 0 && { returned }),
    ...(lastRun && { lastRun }),
  };
}

/** The generations that rollbacks made. */
function returnedOf({ made }: AgentState): NonNullable<ObservedJournal["returned"]> {
  const all = Object.entries(made).map(([name, generations]) => {
    const returned = Object.entries(generations).flatMap(([generation, { run, at, returnsTo }]) =>
      returnsTo === undefined ? [] : [[generation, { run, at, to: returnsTo }] as const],
    );
    return [name, Object.fromEntries(returned)] as const;
  });
  return Object.fromEntries(all.filter(([, returned]) => Object.keys(returned).length > 0));
}
