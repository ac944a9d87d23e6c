import type { Project } from "#model";
import { releases } from "../../releases/index.ts";

/** What a lock is resolved from, besides the index and the constraints of that day. */
export interface LockOrigin {
  release: string;
  project: string;
  /** As pip is asked for them: the project in its version, then the drivers. */
  requirements: readonly string[];
  /** Version of the Python that they are resolved on: "3.13". */
  python: string;
}

/** What the release wants of a project that it has a source of. The Python is that of the distribution `base`. */
export function lockOrigin(release: string, base: string, project: Project): LockOrigin {
  const { projects = {}, drivers = [], distributions = [] } = releases[release] ?? {};
  const version = projects[project.name] ?? "";
  return {
    release,
    project: project.name,
    requirements: [`${pypiName(project)}==${version}`, ...drivers],
    python: distributions.find(({ name }) => name === base)?.python ?? "",
  };
}

/** A project's name on PyPI. */
export function pypiName({ name, sources = {} }: Pick<Project, "name" | "sources">): string {
  return Object.values(sources)[0]?.pypi ?? name;
}

/** The first line of a lock: it tells what the lock was made from, so that one that is out of date can be told. */
export function lockHead(origin: LockOrigin): string {
  return `# Made by ${lockCommand(origin)} from ${wishText(origin)}; do not edit.`;
}

/** What to type to make this lock. */
export function lockCommand({ release, project }: Pick<LockOrigin, "release" | "project">): string {
  return `kolla lock ${release} ${project}`;
}

/** Why a lock is out of date: the release has changed since it was made. Undefined when it is as the release wants it. */
export function staleness(lock: string, origin: LockOrigin): string | undefined {
  const [head = ""] = lock.split("\n", 1);
  if (head === lockHead(origin)) return undefined;
  const from = / from (.+); do not edit\.$/.exec(head)?.[1];
  return `${from === undefined ? "does not tell what it was made from" : `was made from ${from}`}, and release ${origin.release} wants ${wishText(origin)}`;
}

function wishText({ requirements, python }: LockOrigin): string {
  return `${requirements.join(", ")} on Python ${python}`;
}
