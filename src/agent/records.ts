import {
  type Bundle,
  type ContainerItem,
  contentsBelow,
  type GenerationRecord,
  type HostRecords,
  type HostState,
  type JobItem,
  type ObservedJournal,
  type ResourceItem,
  type RunName,
  type RunRecord,
  recordsNamed,
  servingContainers,
} from "#model";
import { stableJson } from "#support";
import { contentOf, documentOf, forgetContents, keepContent } from "./contents.ts";
import { directoryOfFiles } from "./directories.ts";
import { readIfThere } from "./durable.ts";
import { generationFiles } from "./files.ts";
import { holdImages, type ImageUse, releaseImage } from "./generation-images.ts";
import type { Ground } from "./ground.ts";
import { type AgentState, loadState, type Made, remember } from "./state.ts";

/** How many earlier states a host keeps that was never told. */
const KEPT = 3;

type Outcome = NonNullable<ObservedJournal["lastRun"]>["outcome"];

/** What concerns records of those that work on a host. */
interface Recorder {
  ground: Ground;
  state: AgentState;
  bundle: Bundle;
}

/**
 * Keeps what makes a generation again, as it is on the host now: the container, its image, its files. To be noted in
 * the state, as what `made` returns, together with whatever tells that the generation is there.
 */
export function recordGeneration(
  { ground, state, bundle }: Recorder,
  item: ContainerItem,
  generation: number,
  imageId: string,
): Made {
  const files = filesOfGeneration(ground, state, item, generation);
  const hashes = Object.keys(item.files).map((path) => [path, files[path]?.sha256 ?? item.files[path]]);
  const { returnsTo, ...lasting } = item;
  const document: GenerationRecord = {
    generation,
    item: { ...lasting, files: Object.fromEntries(hashes), imageId },
    files,
  };
  return {
    record: keepContent(ground, stableJson(document)),
    run: bundle.run,
    at: new Date().toISOString(),
    ...(returnsTo !== undefined && { returnsTo }),
  };
}

function filesOfGeneration(
  ground: Ground,
  state: AgentState,
  item: ContainerItem,
  generation: number,
): GenerationRecord["files"] {
  const directory = directoryOfFiles(item.files);
  if (directory === undefined) return {};
  const found = generationFiles(ground, directory, generation);
  return Object.fromEntries(
    found.map(({ path, place, mode, uid, gid }) => {
      const hash = keepContent(ground, readIfThere(place) ?? "");
      return [path, { sha256: hash, mode, uid, gid, set: state.files[path] ?? item.set.join("/") }];
    }),
  );
}

/** Notes a generation among those that were made. */
export function noteMade(state: AgentState, container: string, generation: number, made: Made): void {
  state.made[container] = { ...state.made[container], [generation]: made };
}

/** What is remembered of a job or resource that was done. */
export function recordDone(
  ground: Ground,
  item: JobItem | ResourceItem,
): { at: string; set: string; record: string } {
  const record = keepContent(ground, stableJson(item));
  return { at: new Date().toISOString(), set: item.set.join("/"), record };
}

/** Remembers which run has the host from now on; what one before it left without a word is kept under its name. */
export async function beginRecord(recorder: Recorder): Promise<void> {
  const { ground, state, bundle } = recorder;
  if (state.begun) keepState(recorder, await stateOf(ground, state), state.begun, "interrupted");
  remember(ground, state, () => {
    state.begun = nameOf(bundle);
    state.generationsKept = bundle.generationsKept;
  });
}

/** At the end of a run: keeps the state that it leaves and the images of its generations, and forgets those that are too old. */
export async function endRecord(recorder: Recorder, outcome: Outcome): Promise<void> {
  const { ground, state, bundle } = recorder;
  const now = await stateOf(ground, state);
  keepState(recorder, now, nameOf(bundle), outcome);
  const generations = await forgetOld(recorder, now);
  await holdImages(ground, imagesOf(state, generations));
}

/** Generations by the hash of their record; undefined where it cannot be had. */
type GenerationRecords = ReadonlyMap<string, GenerationRecord | undefined>;

function imagesOf({ made }: AgentState, records: GenerationRecords): ImageUse[] {
  return Object.entries(made).flatMap(([container, generations]) =>
    Object.entries(generations).flatMap(([generation, { record }]) => {
      const imageId = records.get(record)?.item.imageId;
      return imageId === undefined ? [] : [{ container, generation, imageId }];
    }),
  );
}

const nameOf = ({ run, verb, began }: RunName): RunName => ({ run, verb, began });

/** A run that changed nothing leaves no state of its own. */
function keepState({ ground, state }: Recorder, now: HostState, run: RunName, outcome: Outcome): void {
  const record = keepContent(ground, stableJson(now));
  if (state.records.at(-1)?.record === record) return;
  remember(ground, state, () => {
    state.records.push({ ...run, outcome, record });
  });
}

/** What the host serves with now. */
async function stateOf(ground: Ground, state: AgentState): Promise<HostState> {
  return {
    containers: servingContainers(await ground.engine.containers(true), state.made),
    jobs: doneWithRecord(state.jobs),
    resources: doneWithRecord(state.resources),
  };
}

function doneWithRecord(done: AgentState["jobs"]): HostState["jobs"] {
  return Object.fromEntries(
    Object.entries(done).flatMap(([id, { set, record, upgrade }]) =>
      set === undefined || record === undefined ? [] : [[id, { set, record, ...(upgrade && { upgrade }) }]],
    ),
  );
}

/** Older states than are to be kept go, with the generations and images that only they needed. Returns what stays. */
async function forgetOld({ ground, state, bundle }: Recorder, now: HostState): Promise<GenerationRecords> {
  const records = state.records.slice(-(bundle.generationsKept + 1));
  const states = records.flatMap(({ record }) => documentOf<HostState>(ground, record) ?? []);
  const made = wantedGenerations(state.made, [...states, now], now, bundle.generationsKept);
  for (const [name, generations] of Object.entries(state.made))
    for (const generation of Object.keys(generations))
      if (made[name]?.[generation] === undefined) await releaseImage(ground, name, generation);
  remember(ground, state, () => {
    state.records = records;
    state.made = made;
  });
  const generations = generationsOf(ground, state, states);
  forgetContents(
    ground,
    new Set([...records.map(({ record }) => record), ...contentsOf(state, states, generations)]),
  );
  return generations;
}

/**
 * Of each container the generations that a kept state has, and so many of those before the one that serves. What is
 * newer than that one did not prove itself.
 */
function wantedGenerations(
  made: AgentState["made"],
  states: readonly HostState[],
  now: HostState,
  kept: number,
): AgentState["made"] {
  return Object.fromEntries(
    Object.entries(made).flatMap(([name, generations]) => {
      const used = new Set(states.flatMap(({ containers }) => containers[name]?.generation ?? []));
      const serving = now.containers[name]?.generation ?? Number.POSITIVE_INFINITY;
      const earlier = Object.keys(generations)
        .map(Number)
        .filter((generation) => generation < serving)
        .sort((a, b) => b - a)
        .slice(0, kept);
      const wanted = Object.entries(generations).filter(
        ([generation]) => used.has(Number(generation)) || earlier.includes(Number(generation)),
      );
      return wanted.length === 0 ? [] : [[name, Object.fromEntries(wanted)]];
    }),
  );
}

/** The generations that the state and the kept states name. */
function generationsOf(
  ground: Ground,
  { made }: AgentState,
  states: readonly HostState[],
): GenerationRecords {
  const hashes = [
    ...Object.values(made).flatMap((each) => Object.values(each).map(({ record }) => record)),
    ...states.flatMap(({ containers }) => Object.values(containers).flatMap(({ record }) => record ?? [])),
  ];
  return new Map([...new Set(hashes)].map((hash) => [hash, documentOf<GenerationRecord>(ground, hash)]));
}

/** Hashes of all that makes the state and the kept states again: generations, their files, what was done. */
function contentsOf(
  state: AgentState,
  states: readonly HostState[],
  generations: GenerationRecords,
): string[] {
  const files = [...generations.values()].flatMap((record) =>
    Object.values(record?.files ?? {}).map((file) => file.sha256),
  );
  const done = [state, ...states].flatMap(({ jobs, resources }) =>
    [...Object.values(jobs), ...Object.values(resources)].flatMap(({ record }) => record ?? []),
  );
  return [...generations.keys(), ...files, ...done];
}

/** What the verb `observe` is asked of the host's past. */
export interface RecordsInput {
  /** Names of sets or of containers whose contents are wanted as well; empty: all. Absent: no contents. */
  contentsOf?: readonly string[];
}

/** All that this host can return to. */
export async function tellRecords(ground: Ground, { contentsOf: names }: RecordsInput): Promise<HostRecords> {
  const state = loadState(ground);
  const earlier = state.records.flatMap(({ record, ...of }): RunRecord[] => {
    const then = documentOf<HostState>(ground, record);
    return then ? [{ ...of, state: then }] : [];
  });
  const now = await stateOf(ground, state);
  const last = earlier.at(-1);
  const isRecorded = last !== undefined && stableJson(last.state) === stableJson(now);
  const unrecorded = state.begun && { ...state.begun, outcome: "unfinished" as const, state: now };
  const current = isRecorded ? last : unrecorded;
  const read = (hash: string): Buffer | "gone" | "damaged" => contentOf(ground, hash);
  const states = [now, ...earlier.map((each) => each.state)];
  return {
    ...(current && { now: current }),
    earlier: (isRecorded ? earlier.slice(0, -1) : earlier).reverse(),
    generations: state.made,
    generationsKept: state.generationsKept ?? KEPT,
    ...(names && { contents: contentsBelow(recordsNamed({ generations: state.made }, states, names), read) }),
  };
}
