import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import PQueue from "p-queue";
import type { BuildEvent } from "#model";
import { KollaError, stopwatch } from "#support";
import type { Engine, RegistryAuth } from "../engine/index.ts";
import { attempt } from "./attempt.ts";
import type { BuildSettings } from "./settings.ts";

export interface PushRequest {
  images: readonly { name: string; reference: string }[];
  settings: Pick<BuildSettings, "registry" | "push_threads" | "retries">;
  engine: Engine;
  onEvent: (event: BuildEvent) => void;
  signal?: AbortSignal;
}

export type PushResult =
  | { name: string; ok: true; digest: string; seconds: number }
  | { name: string; ok: false; message: string };

/** Sends images to the registry, each tried again when the failure can heal. Reports a push as output of its image. */
export async function pushImages(request: PushRequest): Promise<PushResult[]> {
  const auth = await registryAuth(request.settings.registry);
  const queue = new PQueue({ concurrency: request.settings.push_threads });
  return Promise.all(request.images.map((image) => queue.add(() => pushOne(request, image, auth))));
}

async function pushOne(
  { settings, engine, onEvent, signal }: PushRequest,
  { name, reference }: { name: string; reference: string },
  auth: RegistryAuth | undefined,
): Promise<PushResult> {
  const time = stopwatch();
  const now = (): string => new Date().toISOString();
  const line = (text: string): void => onEvent({ event: "output", at: now(), image: name, line: text });
  const result = await attempt({
    retries: settings.retries,
    once: async () => {
      try {
        line(`pushing ${reference}`);
        const digest = await engine.push(reference, { ...(auth && { auth }), ...(signal && { signal }) });
        return { ok: true, value: digest ?? "" };
      } catch (error) {
        if (!(error instanceof KollaError)) throw error;
        return { ok: false, failure: { message: error.message, log: [], error } };
      }
    },
    onRetry: (because, afterSeconds) =>
      onEvent({ event: "retry", at: now(), image: name, because, afterSeconds }),
    ...(signal && { signal }),
  });
  if (result.ok) {
    line(`pushed ${reference} ${result.value}`);
    return { name, ok: true, digest: result.value, seconds: time() };
  }
  const { message, error } = result.failure;
  const hint = error?.hint ?? "Mend the cause and run the same command again: what was built is kept.";
  const code = error?.code ?? "KOLLA_BUILD_PUSH";
  onEvent({ event: "failed", at: now(), image: name, code, message, log: [], hint });
  return { name, ok: false, message };
}

/** What `docker login` kept for this registry, if anything. */
async function registryAuth(
  registry: string,
  folder = process.env.DOCKER_CONFIG ?? join(homedir(), ".docker"),
): Promise<RegistryAuth | undefined> {
  const text = await readFile(join(folder, "config.json"), "utf8").catch(() => "{}");
  const { auths = {} } = JSON.parse(text) as { auths?: Record<string, { auth?: string }> };
  const kept = auths[registry]?.auth;
  if (!kept) return undefined;
  const [username = "", ...password] = Buffer.from(kept, "base64").toString("utf8").split(":");
  return { username, password: password.join(":"), serverAddress: registry };
}
