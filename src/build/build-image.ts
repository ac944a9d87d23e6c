import { createWriteStream, type WriteStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LABEL } from "#model";
import { diskFull, isDiskFull, KollaError } from "#support";
import type { BuildClient, Engine } from "../engine/index.ts";
import { type AttemptResult, attempt, type Failure } from "./attempt.ts";
import { contextFolder, writeContext } from "./context.ts";
import type { PlannedImage } from "./plan.ts";
import { BuildLog } from "./progress.ts";
import type { BuildSettings } from "./settings.ts";
import { engineAnswers, engineGone } from "./stop.ts";
import type { Image } from "./tree.ts";

export interface ImageBuild {
  image: Image;
  planned: PlannedImage;
  settings: BuildSettings;
  client: BuildClient;
  engine: Engine;
  onStart: (attempt: number) => void;
  onLine: (line: string) => void;
  onRetry: (because: string, afterSeconds: number) => void;
  signal?: AbortSignal;
}

export interface Built {
  id: string;
  bytes: number;
}

/** Name of the secret by which the operator's certificate authorities reach a RUN. */
const EXTRA_CA = "extra_ca";

/**
 * Builds one image, trying again what can heal. Its context is normalised and gone afterwards, unless work_dir is set.
 * A full disk, here or of the engine, and an engine that went away are failures as any other; see `Failure.error`.
 */
export async function buildImage(build: ImageBuild): Promise<AttemptResult<Built>> {
  return attempt({
    retries: build.settings.retries,
    once: (number) => once(build, number),
    onRetry: build.onRetry,
    ...(build.signal && { signal: build.signal }),
  });
}

type Once = { ok: true; value: Built } | { ok: false; failure: Failure };

/** One attempt in a context of its own. */
async function once(build: ImageBuild, number: number): Promise<Once> {
  build.onStart(number);
  const { settings, image } = build;
  let folder = settings.work_dir ? contextFolder(settings.work_dir, image.project.name, image.name) : "";
  try {
    folder ||= await mkdtemp(join(tmpdir(), "kolla-build-"));
    await prepare(build, folder);
    return await run(build, folder, number);
  } catch (error) {
    const ours = isDiskFull(error)
      ? diskFull(folder || tmpdir(), `the build context of ${image.name}`, error)
      : error;
    if (!(ours instanceof KollaError)) throw error;
    return { ok: false, failure: { message: ours.message, log: [], error: ours } };
  } finally {
    if (!settings.work_dir) await rm(folder, { recursive: true, force: true });
  }
}

async function prepare({ settings, planned, image }: ImageBuild, folder: string): Promise<void> {
  if (settings.work_dir) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeContext(folder, planned.files, image.dockerfile);
}

async function run(build: ImageBuild, folder: string, number: number): Promise<Once> {
  const { settings, image, engine } = build;
  const progress = new BuildLog();
  const log = await LogFile.open(build, number);
  const exitCode = await build.client
    .build({
      context: folder,
      references: [image.reference],
      labels: { [LABEL.digest]: build.planned.digest },
      buildArguments: settings.build_args as Record<string, string>,
      secrets: settings.extra_ca ? { [EXTRA_CA]: settings.extra_ca } : {},
      network: settings.network_mode,
      cache: settings.cache,
      ...(settings.platform && { platform: settings.platform }),
      ...(build.signal && { signal: build.signal }),
      onLine: (line) => {
        log?.write(line);
        const shown = progress.read(line);
        if (shown !== undefined) build.onLine(shown);
      },
    })
    .finally(() => log?.end());
  if (exitCode !== 0) return { ok: false, failure: await failureOf(progress, engine) };
  const made = await engine.inspectImage(image.reference);
  return { ok: true, value: { id: made?.id ?? "", bytes: made?.size ?? 0 } };
}

/** The client of an engine that died says "unexpected EOF" and no more: only the engine's silence tells. */
async function failureOf(progress: BuildLog, engine: Engine): Promise<Failure> {
  const failure = progress.failure();
  return (await engineAnswers(engine)) ? failure : { ...failure, error: engineGone(engine.socketPath) };
}

/** The file that holds all that an image's build printed. */
export function logPath(folder: string, image: string): string {
  return join(folder, `${image}.log`);
}

/** All that an image's build prints, when the operator asked for it. A log that cannot be written fails no build. */
class LogFile {
  readonly #stream: WriteStream;

  private constructor(path: string, flags: "w" | "a", onLine: (line: string) => void) {
    this.#stream = createWriteStream(path, { flags });
    this.#stream.on("error", (error) => onLine(`${path} is not whole: ${error.message}`));
  }

  static async open({ settings, image, onLine }: ImageBuild, attempt: number): Promise<LogFile | undefined> {
    if (!settings.logs_dir) return undefined;
    await mkdir(settings.logs_dir, { recursive: true });
    return new LogFile(logPath(settings.logs_dir, image.name), attempt === 1 ? "w" : "a", onLine);
  }

  write(line: string): void {
    if (this.#stream.writable) this.#stream.write(`${line}\n`);
  }

  end(): void {
    this.#stream.end();
  }
}
