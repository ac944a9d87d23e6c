import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KollaError } from "#support";
import { releases } from "../../releases/index.ts";
import { connect, findBuildClient } from "../engine/index.ts";
import { formatLock, type PipReport } from "./lock-file.ts";
import { lockPath } from "./materials.ts";
import { BuildLog } from "./progress.ts";
import { hashesOf } from "./python-index.ts";
import type { BuildSettings } from "./settings.ts";
import { imageReference } from "./variables.ts";

export interface LockRequest {
  /** Names on PyPI; each must have a version in the release. */
  projects: readonly string[];
  /** File of upper constraints (pip's form) of the release. */
  constraints: string;
  settings: BuildSettings;
  onLine?: (line: string) => void;
  signal?: AbortSignal;
}

/** Resolves in the image that the service will run on, so that Python and its markers are the target's. */
const RESOLVER = "openstack-base";
const REPORT = "report.json";

/**
 * Resolves each project of the release against the constraints and writes releases/<release>/<project>.lock: every
 * requirement with its version and the hashes of all its files. Needs the image openstack-base. Returns the paths.
 * Throws KOLLA_LOCK_PROJECT, KOLLA_LOCK_BASE, KOLLA_LOCK_CONSTRAINTS,
 * KOLLA_LOCK_RESOLVE and KOLLA_LOCK_INDEX.
 */
export async function makeLocks(request: LockRequest): Promise<string[]> {
  const { settings } = request;
  const release = releases[settings.openstack_release];
  const versions = release?.projects ?? {};
  const unknown = request.projects.filter((project) => versions[project] === undefined);
  if (unknown.length > 0)
    throw new KollaError({
      code: "KOLLA_LOCK_PROJECT",
      message: `Release ${settings.openstack_release} has no version of ${unknown.join(", ")}`,
      hint: `It has: ${Object.keys(versions).join(", ")}`,
    });
  const paths: string[] = [];
  for (const project of request.projects) {
    const report = await resolve(request, `${project}==${versions[project]}`, release?.drivers ?? []);
    const path = lockPath(settings, project);
    await writeFile(path, await formatLock(report, (name, version) => hashesOf(name, version, settings)));
    paths.push(path);
  }
  return paths;
}

/** What pip would install, told by pip itself in a throw-away build; nothing is installed. */
async function resolve(
  request: LockRequest,
  requirement: string,
  drivers: readonly string[],
): Promise<PipReport> {
  const { settings, onLine, signal } = request;
  const engine = connect();
  const base = imageReference(settings, RESOLVER);
  if ((await engine.imageId(base)) === undefined)
    throw new KollaError({
      code: "KOLLA_LOCK_BASE",
      message: `The image ${base} is missing; requirements are resolved in it`,
      hint: `Build it first: kolla build '^${RESOLVER}$'`,
    });
  const client = await findBuildClient(engine.socketPath);
  const folder = await mkdtemp(join(tmpdir(), "kolla-lock-"));
  try {
    await writeFile(join(folder, "Dockerfile"), dockerfile(base, settings));
    await writeFile(join(folder, "constraints.txt"), await constraintsFor(request.constraints, requirement));
    await writeFile(join(folder, "requirements.txt"), [requirement, ...drivers, ""].join("\n"));
    const log = new BuildLog();
    const exitCode = await client.build({
      context: folder,
      references: [],
      labels: {},
      buildArguments: settings.build_args as Record<string, string>,
      secrets: settings.extra_ca ? { extra_ca: settings.extra_ca } : {},
      network: settings.network_mode,
      cache: true,
      outputDirectory: join(folder, "out"),
      ...(signal && { signal }),
      onLine: (line) => {
        const shown = log.read(line);
        if (shown !== undefined) onLine?.(shown);
      },
    });
    if (exitCode !== 0) throw unresolved(requirement, log);
    return JSON.parse(await readFile(join(folder, "out", REPORT), "utf8")) as PipReport;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The constraints pin the project itself as well, mostly to another version than the release's. */
async function constraintsFor(path: string, requirement: string): Promise<string> {
  const [name = ""] = requirement.split("==");
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new KollaError({
      code: "KOLLA_LOCK_CONSTRAINTS",
      message: "The file of upper constraints cannot be read",
      where: { file: path },
      hint: "--constraints names upper-constraints.txt of the release's repository openstack/requirements",
      cause,
    });
  });
  const lines = text.split("\n");
  return lines.filter((line) => !line.toLowerCase().startsWith(`${name.toLowerCase()}===`)).join("\n");
}

function dockerfile(base: string, settings: BuildSettings): string {
  const index = settings.pip_index_url ? `--index-url ${settings.pip_index_url} ` : "";
  const ca = "/run/secrets/extra_ca.crt";
  return `FROM ${base} AS resolve
USER root
RUN kolla_apt_install python3-venv && python3 -m venv /venv
COPY constraints.txt requirements.txt /
RUN --mount=type=secret,id=extra_ca,target=${ca},required=false \\
    if [ -f ${ca} ]; then export PIP_CERT=${ca}; fi \\
 && /venv/bin/python -m pip --no-cache-dir install --quiet --dry-run --ignore-installed ${index}\\
    --report /${REPORT} --constraint /constraints.txt --requirement /requirements.txt
FROM scratch
COPY --from=resolve /${REPORT} /
`;
}

function unresolved(requirement: string, log: BuildLog): KollaError {
  const failure = log.failure();
  return new KollaError({
    code: "KOLLA_LOCK_RESOLVE",
    message: [`The requirements of ${requirement} cannot be resolved:`, ...failure.log, failure.message].join(
      "\n",
    ),
  });
}
