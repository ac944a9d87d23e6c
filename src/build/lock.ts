import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { OPENSTACK_BASE, type Project } from "#model";
import { KollaError, nearest } from "#support";
import { releases } from "../../releases/index.ts";
import { connect, findBuildClient } from "../engine/index.ts";
import { readConstraints, withoutProject } from "./constraints.ts";
import { formatLock, type LockChanges, lockChanges, type PipReport } from "./lock-file.ts";
import { type LockOrigin, lockOrigin, pypiName } from "./lock-origin.ts";
import { lockPath } from "./materials.ts";
import type { BuildOptionName } from "./options.ts";
import { BuildLog } from "./progress.ts";
import { hashesOf } from "./python-index.ts";
import type { BuildSettings } from "./settings.ts";
import { type BuildTold, tellBuild } from "./telling.ts";
import { loadTree } from "./tree.ts";

export interface LockRequest {
  /** Those to lock; none: all that the release has a source of. */
  projects: readonly string[];
  /** File of the release's upper constraints; undefined: the published ones. */
  constraints: string | undefined;
  /** How images are built. What is locked is what an install from source needs, whatever they say of that. */
  settings: BuildSettings;
  /** All that are declared below docker/. */
  declared: readonly Project[];
  tell: (told: LockTold) => void;
  /** Ends the build of the image that requirements are resolved in. */
  signal?: AbortSignal;
}

/** The build of the image that requirements are resolved in, and then what pip says, line by line. */
export type LockTold = BuildTold | { event: "resolving"; line: string };

/** What decides which image requirements are resolved in, and how the index is reached. */
export const lockOptions: readonly BuildOptionName[] = [
  "openstack_release",
  "base",
  "base_tag",
  "base_image",
  "base_arch",
  "platform",
  "bootstrap_base",
  "bootstrap_mirror",
  "namespace",
  "registry",
  "image_name_prefix",
  "tag",
  "docker_dir",
  "template_override",
  "patches_path",
  "build_args",
  "extra_ca",
  "pip_index_url",
  "cache",
  "pull",
  "network_mode",
  "retries",
  "debug",
  "quiet",
];

export interface Locked {
  project: string;
  version: string;
  path: string;
  /** How many distributions it pins. */
  pins: number;
  changes: LockChanges;
}

const REPORT = "report.json";

/**
 * Resolves each project of the release against the constraints and writes releases/<release>/<project>.lock: every
 * requirement with its version and the hashes of all its files. Requirements are resolved in the image that the service
 * will run on, so that Python and its markers are the target's; it is built when it is not there, once nothing is wrong
 * with the request. A lock in which nothing changed is not written.
 * Throws KOLLA_LOCK_PROJECT, KOLLA_LOCK_CONSTRAINTS, KOLLA_LOCK_BASE, KOLLA_LOCK_RESOLVE and KOLLA_LOCK_INDEX.
 */
export async function makeLocks(request: LockRequest): Promise<Locked[]> {
  const { declared } = request;
  const settings: BuildSettings = { ...request.settings, install_type: "source" };
  const requirements = requirementsOf(request.projects, settings, declared);
  const constraints = await readConstraints(request.constraints, settings.openstack_release);
  await buildBase(settings, request);
  const base = (await loadTree(settings, declared)).images.get(OPENSTACK_BASE)?.reference ?? "";
  const locked: Locked[] = [];
  for (const requirement of requirements) {
    const report = await resolve({ ...request, ...requirement, settings, base, constraints });
    const path = lockPath(settings, requirement.project);
    const before = await readFile(path, "utf8").catch(() => "");
    const hashes = (name: string, version: string): Promise<string[]> => hashesOf(name, version, settings);
    const after = await formatLock(report, requirement, hashes);
    if (after !== before) {
      // A release's first lock makes its folder.
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, after);
    }
    const { project, version } = requirement;
    locked.push({ project, version, path, pins: report.install.length, changes: lockChanges(before, after) });
  }
  return locked;
}

/** Throws KOLLA_LOCK_BASE when it fails; why has been told by then. */
async function buildBase(settings: BuildSettings, request: LockRequest): Promise<void> {
  const base = { ...settings, regexes: [`^${OPENSTACK_BASE}$`], summary: false };
  const { succeeded } = await tellBuild(base, request.declared, request);
  if (succeeded) return;
  throw new KollaError({
    code: "KOLLA_LOCK_BASE",
    message: `Nothing was locked: requirements are resolved in the image ${OPENSTACK_BASE}, which could not be built`,
  });
}

interface Requirement extends LockOrigin {
  /** Name on PyPI. */
  pypi: string;
  version: string;
}

/** What to resolve for each of these projects. Throws KOLLA_LOCK_PROJECT for those that the release has no source of. */
export function requirementsOf(
  projects: readonly string[],
  { openstack_release: release, base }: Pick<BuildSettings, "openstack_release" | "base">,
  declared: readonly Project[],
): Requirement[] {
  const { projects: versions = {} } = releases[release] ?? {};
  const unknown = projects.filter((project) => versions[project] === undefined);
  if (unknown.length > 0) {
    const near = unknown.flatMap((project) => nearest(project, Object.keys(versions)) ?? []);
    throw new KollaError({
      code: "KOLLA_LOCK_PROJECT",
      message: `Release ${release} has no source of ${unknown.join(", ")}`,
      hint:
        near.length > 0 ? `Did you mean ${near.join(", ")}?` : `It has: ${Object.keys(versions).join(", ")}`,
    });
  }
  const wanted = projects.length > 0 ? projects : Object.keys(versions);
  return wanted.map((name) => {
    const project = declared.find((one) => one.name === name) ?? { name, summary: "", profile: "aux" };
    return {
      ...lockOrigin(release, base, project),
      pypi: pypiName(project),
      version: versions[name] ?? "",
    };
  });
}

type Resolving = Requirement &
  Pick<LockRequest, "settings" | "tell"> & {
    base: string;
    /** Their text. */
    constraints: string;
  };

/** What pip would install, told by pip itself in a throw-away build; nothing is installed. */
async function resolve(resolving: Resolving): Promise<PipReport> {
  const { settings, tell, pypi, requirements } = resolving;
  const client = await findBuildClient(connect().socketPath);
  const folder = await mkdtemp(join(tmpdir(), "kolla-lock-"));
  try {
    await writeFile(join(folder, "Dockerfile"), dockerfile(resolving.base));
    await writeFile(join(folder, "constraints.txt"), withoutProject(resolving.constraints, pypi));
    // The index may answer otherwise than at the last time: the time keeps its answer from being taken again.
    const lines = [`# ${new Date().toISOString()}`, ...requirements, ""];
    await writeFile(join(folder, "requirements.txt"), lines.join("\n"));
    const log = new BuildLog();
    const exitCode = await client.build({
      context: folder,
      references: [],
      labels: {},
      buildArguments: settings.build_args as Record<string, string>,
      secrets: settings.extra_ca ? { extra_ca: settings.extra_ca } : {},
      network: settings.network_mode,
      cache: settings.cache,
      outputDirectory: join(folder, "out"),
      ...(settings.platform && { platform: settings.platform }),
      onLine: (line) => {
        const shown = log.read(line);
        if (shown !== undefined) tell({ event: "resolving", line: shown });
      },
    });
    if (exitCode !== 0) throw unresolved(requirements[0] ?? pypi, log);
    return JSON.parse(await readFile(join(folder, "out", REPORT), "utf8")) as PipReport;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function dockerfile(base: string): string {
  const ca = "/run/secrets/extra_ca.crt";
  return `FROM ${base} AS resolve
USER root
RUN kolla_apt_install python3-venv && python3 -m venv /venv
COPY constraints.txt requirements.txt /
ARG PIP_INDEX_URL
RUN --mount=type=secret,id=extra_ca,target=${ca},required=false \\
    if [ -f ${ca} ]; then export PIP_CERT=${ca}; fi \\
 && /venv/bin/python -m pip --no-cache-dir install --quiet --dry-run --ignore-installed \\
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
