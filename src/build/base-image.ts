import { existsSync } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KollaError } from "#support";
import type { Engine } from "../engine/index.ts";
import { archiveOf } from "./archive.ts";
import { commandOutput, runCommand } from "./command.ts";
import type { BuildSettings } from "./settings.ts";

/** Label of a base image that was made here: nobody is asked for a newer one. */
const BOOTSTRAPPED = "kolla_bootstrapped";

const UBUNTU_SUITES: Readonly<Record<string, string>> = { "22.04": "jammy", "24.04": "noble" };
const NO_REGISTRY =
  /no such host|name or service not known|temporary failure|connection refused|i\/o timeout|timeout|unreachable|request canceled|forbidden|eof|tls|x509|proxyconnect/i;

export interface BaseRequest {
  settings: BuildSettings;
  engine: Engine;
  reference: string;
  onLine: (line: string) => void;
  signal?: AbortSignal;
}

/**
 * Sees to it that an image from elsewhere is there and returns its id: pulled (when asked for, or missing), or the local
 * one when its registry does not answer. Kolla's own base image is made from the package archive with bootstrap_base, or
 * when no registry answers and there is none.
 */
export async function ensureBase(request: BaseRequest): Promise<string> {
  const { settings, engine, reference } = request;
  const local = await engine.inspectImage(reference);
  const isOurs = reference === `${settings.base_image}:${settings.base_tag}`;
  if (local && (!settings.pull || BOOTSTRAPPED in local.labels)) return local.id;
  if (settings.bootstrap_base && isOurs) return bootstrap(request);
  try {
    request.onLine(`pulling ${reference}`);
    await engine.pull(reference, { ...(request.signal && { signal: request.signal }) });
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    if (local) return keepLocal(request, local.id, error);
    if (!isOurs) throw error;
    request.onLine(`no registry answers for ${reference}`);
    return bootstrap(request);
  }
  return (await engine.imageId(reference)) ?? "";
}

function keepLocal(request: BaseRequest, id: string, error: KollaError): string {
  request.onLine(`using ${request.reference} as it is here: ${error.message}`);
  return id;
}

function isUnanswered(error: unknown): error is KollaError {
  return (
    error instanceof KollaError && error.code.startsWith("KOLLA_ENGINE_") && NO_REGISTRY.test(error.message)
  );
}

async function bootstrap({ settings, engine, reference, onLine, signal }: BaseRequest): Promise<string> {
  refuseUnlessPossible();
  const mirror = settings.bootstrap_mirror ?? (await archiveOf(settings.base));
  const suite =
    settings.base === "debian" ? settings.base_tag.split("-")[0] : UBUNTU_SUITES[settings.base_tag];
  const folder = await mkdtemp(join(tmpdir(), "kolla-base-"));
  try {
    const script = join(settings.root, "docker/base/bootstrap.sh");
    const words = [script, suite ?? settings.base_tag, folder, mirror];
    onLine(`making ${reference} from ${mirror}`);
    // Some four hundred lines, of which the last tell why it failed.
    const aloud = settings.debug ? { onLine } : {};
    const { exitCode, lines } = await runCommand("sh", words, { ...aloud, ...(signal && { signal }) });
    if (exitCode !== 0) throw bootstrapFailed(reference, mirror, lines);
    const tar = commandOutput("tar", [
      "--numeric-owner",
      "--sort=name",
      "--mtime=@0",
      "-C",
      folder,
      "-c",
      ".",
    ]);
    onLine(`importing ${reference}`);
    return await engine.importImage(tar, reference, [
      `LABEL ${BOOTSTRAPPED}=${suite}`,
      "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      'CMD ["bash"]',
    ]);
  } finally {
    await removeTree(folder);
  }
}

/** An interrupted debootstrap may leave /proc mounted in the tree: what is below a mount is never removed. */
async function removeTree(folder: string): Promise<void> {
  const mounts = (await readFile("/proc/mounts", "utf8"))
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .filter((path) => path.startsWith(`${folder}/`));
  for (const path of mounts.reverse()) await runCommand("umount", [path]);
  await runCommand("rm", ["-rf", "--one-file-system", folder]);
}

function refuseUnlessPossible(): void {
  const found = (process.env.PATH ?? "").split(":").concat("/usr/sbin", "/sbin");
  const has = found.some((folder) => existsSync(join(folder, "debootstrap")));
  if (has && process.getuid?.() === 0) return;
  throw new KollaError({
    code: "KOLLA_BUILD_BOOTSTRAP",
    message: has
      ? "Making the base image needs root"
      : "Making the base image needs debootstrap, which is not on this machine",
    hint: has ? "Run as root, or pull the base image from a registry" : "Install it: apt install debootstrap",
  });
}

function bootstrapFailed(reference: string, mirror: string, lines: readonly string[]): KollaError {
  return new KollaError({
    code: "KOLLA_BUILD_BOOTSTRAP",
    message: `${reference} could not be made from ${mirror}:\n${lines.slice(-20).join("\n")}`,
    hint: "Name another package archive with --bootstrap-mirror",
  });
}
