/** Where OpenStack in an image comes from: the distribution's packages, or the release's locked sources. */
export const INSTALL_TYPES = ["binary", "source"] as const;

export type InstallType = (typeof INSTALL_TYPES)[number];

/** The image below all that hold OpenStack: it and what stands on it have an install type, all others have none. */
export const OPENSTACK_BASE = "openstack-base";

/** Follows the tag of images of an install type, so that both types of an image stand beside each other. */
export const INSTALL_TYPE_TAG: Readonly<Record<InstallType, string>> = { binary: "", source: "-source" };

/** Where the source of an image's project comes from when the install type is `source`. */
export interface PypiSource {
  /** Name of the distribution on PyPI; the version and the hashes are the release's. */
  pypi: string;
}

export interface ProjectSpec {
  summary: string;
  /** Selection by `--profile`; "base" belongs to all of them. */
  profile: "base" | "infra" | "main" | "aux";
  /** The account the project's images run as. The number is a public contract: it never changes. */
  user?: { name: string; id: number; group?: string };
  /** By image name. */
  sources?: Readonly<Record<string, PypiSource>>;
  /** Files made by this project's own build, put into a context: name in the context → path from the root. */
  context?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  unbuildable?: readonly { image: string; on: string; because: string }[];
}

export interface Project extends ProjectSpec {
  name: string;
}

/** Declares a project: one folder below docker/, holding a folder for each of its images. */
export function project(name: string, spec: ProjectSpec): Project {
  return { name, ...spec };
}
