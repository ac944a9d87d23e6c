/** A release of OpenStack as Kolla builds and deploys it: facts, no code. */
export interface Release {
  /** "2025.1" */
  name: string;
  codename: string;
  distributions: readonly ReleaseDistribution[];
  /** What can be built from source: project → its version on PyPI. */
  projects: Readonly<Record<string, string>>;
  /** Names on PyPI of what every lock holds as well, since configuration names it: drivers of databases and caches. */
  drivers: readonly string[];
}

export interface ReleaseDistribution {
  name: "debian" | "ubuntu";
  /** Tag of its base image. */
  tag: string;
  /** Version of its Python, for which the locks are resolved: "3.13". */
  python: string;
}
