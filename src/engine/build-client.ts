import { execFile, spawn } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { KollaError } from "#support";

/** Docker's classic builder went out with client 23: from there on BuildKit needs the plugin buildx. */
const FIRST_WITHOUT_BUILTIN = 23;
const SECONDS_TO_STOP = 10;

export interface BuildRequest {
  /** Directory that holds the Dockerfile and all it copies. */
  context: string;
  /** Names of the image; none: the result is not kept as an image. */
  references: readonly string[];
  labels: Readonly<Record<string, string>>;
  buildArguments: Readonly<Record<string, string>>;
  /** Id of a secret → file of this machine that holds it. Secrets are in no layer. */
  secrets: Readonly<Record<string, string>>;
  /** "host" or "none". */
  network: string;
  /** linux/arm64; default: the engine's own. */
  platform?: string;
  /** Stage to stop at. */
  target?: string;
  /** False: no step is taken from an earlier build. */
  cache: boolean;
  /** Directory that gets the files of the last stage, instead of an image. */
  outputDirectory?: string;
  signal?: AbortSignal;
  /** Each line of BuildKit's plain progress. */
  onLine: (line: string) => void;
}

/** A command-line client of the engine that can build with BuildKit (secrets and cache mounts need it). */
export interface BuildClient {
  /** "/usr/bin/docker" */
  path: string;
  /** The exit code: 0 when the image is there. Throws when the client cannot be started, or the signal's reason. */
  build(request: BuildRequest): Promise<number>;
}

/**
 * The first `docker` on PATH that can build with BuildKit: one with the plugin buildx, or one older than 23 which has
 * it built in. It is pointed at this socket. Throws KOLLA_BUILD_NO_CLIENT, naming those it found and why not.
 */
export async function findBuildClient(
  socketPath: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<BuildClient> {
  const env: NodeJS.ProcessEnv = {
    ...environment,
    DOCKER_HOST: `unix://${socketPath}`,
    DOCKER_BUILDKIT: "1",
  };
  const found = await clientsOnPath(env.PATH ?? "");
  for (const path of found) if (await canBuild(path, env)) return client(path, env);
  throw new KollaError({
    code: "KOLLA_BUILD_NO_CLIENT",
    message:
      found.length === 0
        ? "No `docker` command is on PATH; building images needs one"
        : `None of these can build with BuildKit: ${found.join(", ")} (version 23 and newer need the plugin buildx)`,
    hint: "Install it: apt install docker-buildx (or docker-buildx-plugin), or docker-cli below version 23",
  });
}

function client(path: string, env: NodeJS.ProcessEnv): BuildClient {
  return { path, build: (request) => run(path, buildArguments(request), env, request) };
}

/** The client's command line, the same for every version of it. */
function buildArguments(request: BuildRequest): string[] {
  const pairs = (flag: string, table: Readonly<Record<string, string>>): string[] =>
    Object.entries(table).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  return [
    "build",
    "--progress=plain",
    `--network=${request.network}`,
    ...request.references.flatMap((reference) => ["--tag", reference]),
    ...pairs("--label", request.labels),
    ...pairs("--build-arg", request.buildArguments),
    ...Object.entries(request.secrets).flatMap(([id, file]) => ["--secret", `id=${id},src=${file}`]),
    ...(request.platform ? ["--platform", request.platform] : []),
    ...(request.target ? ["--target", request.target] : []),
    ...(request.outputDirectory ? ["--output", `type=local,dest=${request.outputDirectory}`] : []),
    ...(request.cache ? [] : ["--no-cache"]),
    request.context,
  ];
}

function run(
  path: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  request: BuildRequest,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, words, { env, stdio: ["ignore", "pipe", "pipe"] });
    let timer: NodeJS.Timeout | undefined;
    const stop = (): void => {
      child.kill("SIGINT");
      timer = setTimeout(() => child.kill("SIGKILL"), SECONDS_TO_STOP * 1000);
    };
    request.signal?.addEventListener("abort", stop);
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on("line", request.onLine);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      request.signal?.removeEventListener("abort", stop);
      if (request.signal?.aborted) reject(request.signal.reason as Error);
      else resolve(code ?? 1);
    });
    if (request.signal?.aborted) stop();
  });
}

async function clientsOnPath(path: string): Promise<string[]> {
  const candidates = path.split(delimiter).map((folder) => join(folder, "docker"));
  const found: string[] = [];
  for (const candidate of new Set(candidates)) {
    const runs = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) found.push(candidate);
  }
  return found;
}

async function canBuild(path: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const version = await ask(path, ["--version"], env);
  const major = Number(/version (\d+)\./.exec(version)?.[1] ?? Number.NaN);
  if (major < FIRST_WITHOUT_BUILTIN) return true;
  return (await ask(path, ["buildx", "version"], env)).includes("buildx");
}

/** What the client prints, or nothing when it fails: a client that fails is passed over. */
async function ask(path: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  try {
    return (await promisify(execFile)(path, [...words], { env, timeout: 20_000 })).stdout;
  } catch {
    return "";
  }
}
