import { writeFile } from "node:fs/promises";
import type { BuildEvent, BuildFailure, Project } from "#model";
import { stopwatch } from "#support";
import { type BuildClient, connect, type Engine, findBuildClient, withRoom } from "../engine/index.ts";
import type { AttemptResult } from "./attempt.ts";
import { type Built, buildImage } from "./build-image.ts";
import { type Estimates, readEstimates } from "./estimates.ts";
import { type BuildPlan, planBuild } from "./plan.ts";
import { pushImages } from "./push.ts";
import { type Outcome, runQueue } from "./queue.ts";
import type { BuildSettings } from "./settings.ts";
import { placeOfStep } from "./step-place.ts";
import { INTERRUPTED, type Stop, stopOf } from "./stop.ts";
import { allThere, type BuildSummary, type ImageResult, kollaSummary } from "./summary.ts";
import { tellFailure } from "./tell-failure.ts";
import { type Image, loadTree, type Tree, tracedDockerfile } from "./tree.ts";

export interface BuildParts {
  engine?: Engine;
  estimates?: Estimates;
}

/**
 * Builds what the settings select and is not there yet, then pushes it if asked for, and writes the summary to its
 * file if there is to be one. Progress goes to `onEvent`.
 * The summary tells of every image, also after failures; thrown is only what makes a build impossible from the start:
 * problems in templates (all together), an engine or a client that is not there, a base image that cannot be had.
 * After `signal` nothing more is started and the summary says so.
 */
export async function runBuild(
  settings: BuildSettings,
  projects: readonly Project[],
  onEvent: (event: BuildEvent) => void = () => undefined,
  signal?: AbortSignal,
  parts: BuildParts = {},
): Promise<BuildSummary> {
  const time = stopwatch();
  const engine = parts.engine ?? connect();
  const tree = await loadTree(settings, projects);
  const onLine = (image: string, line: string): void => onEvent({ event: "output", at: now(), image, line });
  const plan = await planBuild({ tree, settings, engine, onLine, ...(signal && { signal }) }).catch(
    async (error: unknown) => Promise.reject(await withRoom(error, engine)),
  );
  for (const { id, reference } of plan.rename) await engine.tag(id, reference);
  onEvent({ event: "planned", at: now(), build: plan.build, present: plan.present });
  const run = new BuildRun({ settings, projects, tree, plan, engine, onEvent, ...(signal && { signal }) });
  const stopped = await run.build(parts.estimates ?? (await readEstimates()));
  if (settings.push && stopped === undefined) await run.push();
  const images = await run.results();
  const summary = {
    images,
    succeeded: allThere(images, settings.allowed_to_fail),
    seconds: time(),
    ...(stopped !== undefined && { stopped }),
  };
  if (settings.summary_json_file)
    await writeFile(settings.summary_json_file, JSON.stringify(kollaSummary(summary)));
  return summary;
}

interface RunParts {
  settings: BuildSettings;
  projects: readonly Project[];
  tree: Tree;
  plan: BuildPlan;
  engine: Engine;
  onEvent: (event: BuildEvent) => void;
  signal?: AbortSignal;
}

/** One run: what it found out about each image so far. */
class BuildRun {
  readonly #parts: RunParts;
  readonly #found = new Map<string, Partial<ImageResult>>();
  /** Why nothing more is begun; set by the first failure of that kind. */
  #stop: Promise<Stop> | undefined;

  constructor(parts: RunParts) {
    this.#parts = parts;
  }

  /** Builds along the critical path; why it was stopped, if it was. */
  async build(estimates: Estimates): Promise<Stop | undefined> {
    const { plan, tree, engine, settings, signal } = this.#parts;
    if (plan.build.length === 0) return undefined;
    const client = await findBuildClient(engine.socketPath);
    const result = await runQueue({
      jobs: plan.build,
      needs: (name) => tree.images.get(name)?.needs ?? [],
      seconds: (name) => estimates.seconds(name),
      threads: settings.threads,
      run: (name) => this.#buildOne(name, client),
      onSkip: (name, because) => this.#skip(name, because),
      ...(signal && { signal }),
    });
    await estimates.learn(this.#secondsMeasured());
    return (await this.#stop) ?? (result.stopped === undefined ? undefined : INTERRUPTED);
  }

  async push(): Promise<void> {
    const { settings, engine, onEvent, signal } = this.#parts;
    const images = this.#there().map(({ name, reference }) => ({ name, reference }));
    const results = await pushImages({ images, settings, engine, onEvent, ...(signal && { signal }) });
    for (const result of results)
      this.#note(
        result.name,
        result.ok ? { pushed: result.digest } : { status: "push_error", because: result.message },
      );
  }

  /** Every image of the tree, in its order. */
  async results(): Promise<ImageResult[]> {
    const sizes = await this.#sizes();
    return [...this.#parts.tree.images.values()].map((image) => {
      const bytes = sizes.get(image.reference);
      const result = this.#resultOf(image);
      return result.status === "present" && bytes !== undefined ? { ...result, bytes } : result;
    });
  }

  async #buildOne(name: string, client: BuildClient): Promise<Outcome> {
    const { tree, plan, settings, engine, onEvent, signal } = this.#parts;
    const image = tree.images.get(name) as Image;
    const planned = plan.images.get(name) ?? { digest: "", files: [] };
    const time = stopwatch();
    const result = await interruptible(signal, () =>
      buildImage({
        image,
        planned,
        settings,
        client,
        engine,
        onStart: (attempt) => onEvent({ event: "started", at: now(), image: name, attempt }),
        onLine: (line) => onEvent({ event: "output", at: now(), image: name, line }),
        onRetry: (because, afterSeconds) =>
          onEvent({ event: "retry", at: now(), image: name, because, afterSeconds }),
        ...(signal && { signal }),
      }),
    );
    if (result === undefined) return this.#interrupted(name);
    if (!result.ok) return this.#failed(name, result);
    const seconds = time();
    const { attempts, value } = result;
    this.#note(name, { status: "built", seconds, bytes: value.bytes, digest: planned.digest, attempts });
    onEvent({ event: "built", at: now(), image: name, seconds, bytes: value.bytes, id: value.id });
    return { state: "done" };
  }

  /** A failure that no other image can escape is told once; the images that share it are left as the others are. */
  async #failed(image: string, result: Failed): Promise<Outcome> {
    const { failure, kind } = result;
    const isFatal = kind === "disk-full" || kind === "engine-gone";
    const isTold = isFatal && (failure.error !== undefined || this.#stop !== undefined);
    if (isFatal) this.#stop ??= stopOf(kind, failure, this.#parts.engine);
    const because = isFatal ? ((await this.#stop)?.because ?? "") : "";
    if (isTold) this.#skip(image, because);
    else {
      this.#note(image, { status: "error", because: failure.message, attempts: result.attempts });
      this.#parts.onEvent({ event: "failed", at: now(), image, ...(await this.#told(image, result)) });
    }
    return isFatal ? { state: "fatal", because } : { state: "failed" };
  }

  async #told(image: string, result: Failed): Promise<BuildFailure> {
    const { settings, projects } = this.#parts;
    // A template that was changed meanwhile may be broken now: then nobody knows the place.
    const dockerfile = await tracedDockerfile(settings, projects, image).catch(() => []);
    const where = placeOfStep(result.failure.message, dockerfile);
    return tellFailure({ image, where, ...result }, settings);
  }

  #interrupted(name: string): Outcome {
    const { because } = INTERRUPTED;
    this.#note(name, { status: "unprocessed", because });
    return { state: "fatal", because };
  }

  #skip(name: string, because: string): void {
    const status = because.endsWith(" failed") ? "parent_error" : "unprocessed";
    this.#note(name, { status, because });
    this.#parts.onEvent({ event: "skipped", at: now(), image: name, because });
  }

  #note(name: string, found: Partial<ImageResult>): void {
    this.#found.set(name, { ...this.#found.get(name), ...found });
  }

  #resultOf({ name }: Image): ImageResult {
    const { selection, present, images } = this.#parts.plan;
    const skipped = selection.skipped.find((one) => one.name === name);
    const unbuildable = selection.unbuildable.find((one) => one.name === name);
    const first: ImageResult = unbuildable
      ? { name, status: "unbuildable", because: unbuildable.because }
      : skipped
        ? { name, status: "skipped", because: skipped.because }
        : present.includes(name)
          ? { name, status: "present", digest: images.get(name)?.digest ?? "" }
          : { name, status: "unmatched" };
    return { ...first, ...this.#found.get(name) };
  }

  #there(): Image[] {
    const { tree, plan } = this.#parts;
    const there = (name: string): boolean =>
      plan.present.includes(name) || this.#found.get(name)?.status === "built";
    return [...tree.images.values()].filter(({ name }) => there(name));
  }

  async #sizes(): Promise<Map<string, number>> {
    if (this.#parts.plan.present.length === 0) return new Map();
    const images = await this.#parts.engine.images().catch(() => []);
    return new Map(images.flatMap(({ references, size }) => references.map((one) => [one, size])));
  }

  #secondsMeasured(): Record<string, number> {
    const built = [...this.#found].filter(([, { status }]) => status === "built");
    return Object.fromEntries(built.map(([name, { seconds = 0 }]) => [name, Math.round(seconds * 10) / 10]));
  }
}

type Failed = Extract<AttemptResult<Built>, { ok: false }>;

/** Undefined when the signal ended it; any other error goes on. */
async function interruptible<T>(
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted) return undefined;
    throw error;
  }
}

function now(): string {
  return new Date().toISOString();
}
