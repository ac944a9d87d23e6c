import { createWriteStream, type WriteStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LABEL } from "#model";
import type { BuildClient, Engine } from "../engine/index.ts";
import { type AttemptResult, attempt } from "./attempt.ts";
import { contextFolder, writeContext } from "./context.ts";
import type { PlannedImage } from "./plan.ts";
import { BuildLog } from "./progress.ts";
import type { BuildSettings } from "./settings.ts";
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

/** Builds one image, trying again what can heal. Its context is normalised and gone afterwards, unless work_dir is set. */
export async function buildImage(build: ImageBuild): Promise<AttemptResult<Built>> {
  const { work_dir } = build.settings;
  const { name, project } = build.image;
  const folder = work_dir
    ? contextFolder(work_dir, project.name, name)
    : await mkdtemp(join(tmpdir(), "kolla-build-"));
  const log = await openLog(build);
  try {
    if (work_dir) await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await writeContext(folder, build.planned.files, build.image.dockerfile);
    return await attempt({
      retries: build.settings.retries,
      once: (number) => once(build, folder, number, log),
      onRetry: build.onRetry,
      ...(build.signal && { signal: build.signal }),
    });
  } finally {
    log?.end();
    if (!work_dir) await rm(folder, { recursive: true, force: true });
  }
}

type Once = { ok: true; value: Built } | { ok: false; failure: ReturnType<BuildLog["failure"]> };

async function once(
  build: ImageBuild,
  folder: string,
  number: number,
  log: WriteStream | undefined,
): Promise<Once> {
  build.onStart(number);
  const progress = new BuildLog();
  const { settings, image } = build;
  const exitCode = await build.client.build({
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
      log?.write(`${line}\n`);
      const shown = progress.read(line);
      if (shown !== undefined) build.onLine(shown);
    },
  });
  if (exitCode !== 0) return { ok: false, failure: progress.failure() };
  const made = await build.engine.inspectImage(image.reference);
  return { ok: true, value: { id: made?.id ?? "", bytes: made?.size ?? 0 } };
}

async function openLog({ settings, image }: ImageBuild): Promise<WriteStream | undefined> {
  if (!settings.logs_dir) return undefined;
  await mkdir(settings.logs_dir, { recursive: true });
  return createWriteStream(join(settings.logs_dir, `${image.name}.log`));
}
