import { join } from "node:path";
import { INSTALL_TYPE_TAG } from "#model";
import { KollaError, sleep } from "#support";
import { parseReference, type RegistryAuth } from "../engine/index.ts";
import { readIfThere } from "./durable.ts";
import { type Ground, ownDirectory } from "./ground.ts";

const ATTEMPTS = 3;

/** Fetches an image, with the account that the operator has at its registry. Tries again when the network fails. */
export async function pullImage(ground: Ground, reference: string): Promise<void> {
  const registry = registryOf(reference);
  if (registry === undefined && (await ground.engine.imageId(reference)) !== undefined) return;
  const auth = registry === undefined ? undefined : registryAuth(ground, registry);
  for (let attempt = 1; ; attempt++) {
    try {
      await ground.engine.pull(reference, auth ? { auth } : {});
      return;
    } catch (error) {
      if (attempt < ATTEMPTS && registry !== undefined && !isFinal(error)) await sleep(2 * attempt);
      else throw withHint(error, reference, registry);
    }
  }
}

/** A missing image, a refused account and a full disk do not heal by waiting. */
function isFinal(error: unknown): boolean {
  const { code = "", message = "" } = error as Partial<KollaError>;
  if (["KOLLA_ENGINE_NOT_FOUND", "KOLLA_ENGINE_NO_SPACE"].includes(code)) return true;
  return /not found|unauthorized|denied|manifest unknown/i.test(message);
}

function withHint(error: unknown, reference: string, registry: string | undefined): unknown {
  if (registry !== undefined) return error;
  const type = reference.endsWith(INSTALL_TYPE_TAG.source) ? " --install-type source" : "";
  return new KollaError({
    code: "KOLLA_IMAGE_ABSENT",
    message: `The image ${reference} is not on this host and names no registry: ${(error as Error).message}`,
    hint: `Build it here with kolla build${type}, or set docker_registry and push it there`,
    cause: error,
  });
}

/** Host (and port) of the registry in a reference; undefined when it names none. */
function registryOf(reference: string): string | undefined {
  const { name } = parseReference(reference);
  const [first = "", rest] = name.split("/", 2);
  return rest !== undefined && (/[.:]/.test(first) || first === "localhost") ? first : undefined;
}

/** From a client configuration as Docker writes it: {"auths": {"registry": {"auth": base64("user:password")}}}. */
function registryAuth(ground: Ground, registry: string): RegistryAuth | undefined {
  const text = readIfThere(join(ownDirectory(ground), "registry/config.json"));
  if (!text) return undefined;
  const { auths = {} } = JSON.parse(text.toString("utf8")) as { auths?: Record<string, { auth?: string }> };
  const auth = (auths[registry] ?? auths[`https://${registry}`])?.auth;
  if (auth === undefined) return undefined;
  const words = Buffer.from(auth, "base64").toString("utf8");
  const colon = words.indexOf(":");
  return { username: words.slice(0, colon), password: words.slice(colon + 1), serverAddress: registry };
}
