import type { InstallType } from "./image.ts";

/** A release of OpenStack as Kolla builds and deploys it: facts, no code. */
export interface Release {
  /** "2025.1" */
  name: string;
  codename: string;
  distributions: readonly ReleaseDistribution[];
  /** Where its OpenStack can come from. The first is what is built unless another is asked for. */
  installTypes: readonly [InstallType, ...InstallType[]];
  /** What can be built from source: project → its version on PyPI. */
  projects: Readonly<Record<string, string>>;
  /** Names on PyPI of what every lock holds as well, since configuration names it: drivers of databases and
   * caches, and what encrypts that which is cached (keystonemiddleware's memcache_security_strategy).
   */
  drivers: readonly string[];
  /** What operators' files may name. Without it images can be built, and no site can be of this release. */
  operatorFiles?: OperatorFiles;
}

export interface OperatorFiles {
  kollaAnsible: KollaAnsibleRelease;
  /** What the collection that bootstraps hosts adds to that. */
  openstackKolla: Pick<KollaAnsibleRelease, "source" | "roles">;
}

export interface ReleaseDistribution {
  name: "debian" | "ubuntu";
  /** Tag of its base image. */
  tag: string;
  /** Version of its Python, for which the locks are resolved: "3.13". */
  python: string;
}

type Defaults = Readonly<Record<string, unknown>>;

/** What a release of Kolla-Ansible defines, as tools/kolla-ansible-variables.mjs took it from the package. */
export interface KollaAnsibleRelease {
  /** Package and version. */
  source: string;
  /** Variables of all hosts, each with its default: data, Jinja2 text as it stands. */
  site: Defaults;
  /** Role → what its own defaults are. */
  roles: Readonly<Record<string, Defaults>>;
  /** Variable of `site` or `globals` → roles that name it. */
  readers: Readonly<Record<string, readonly string[]>>;
  /** Group of its inventory → groups that are its members. */
  groups: Readonly<Record<string, readonly string[]>>;
  /** Names in its sample globals.yml, commented out or not, and in its passwords.yml. */
  globals: readonly string[];
  passwords: readonly string[];
  /** Versions before that were compared with, and a name that it has no more → the last major version that had it. */
  before: readonly string[];
  gone: Readonly<Record<string, number>>;
}
