import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "#model";
import { releases } from "../../releases/index.ts";
import type { BuildSettings } from "./settings.ts";

export interface Account {
  uid: number;
  gid: number;
  group: string;
}

/** The variables that every Dockerfile template sees, under the names Kolla's own have. */
export function templateVariables(
  settings: BuildSettings,
  projects: readonly Project[],
): Record<string, unknown> {
  return {
    base_distro: settings.base,
    base_image: settings.base_image,
    base_distro_tag: settings.base_tag,
    base_arch: settings.base_arch,
    debian_arch: settings.debian_arch,
    base_package_type: "deb",
    distro_package_manager: "apt",
    image_prefix: settings.image_name_prefix,
    namespace: registryAndNamespace(settings),
    tag: settings.tag,
    maintainer: settings.maintainer,
    kolla_version: versionOf(settings.root),
    install_type: settings.install_type,
    openstack_release: settings.openstack_release,
    openstack_release_codename: releases[settings.openstack_release]?.codename ?? "",
    openstack_branch: settings.openstack_branch,
    openstack_branch_slashed: settings.openstack_branch_slashed,
    users: accounts(settings, projects),
    use_dumb_init: settings.use_dumb_init,
    docker_healthchecks: settings.docker_healthchecks,
    clean_package_cache: settings.clean_package_cache,
    patches_path: settings.patches_path || null,
    env: { ...process.env },
  };
}

/** "registry:4000/kolla", or "kolla" without a registry. */
function registryAndNamespace(settings: Pick<BuildSettings, "registry" | "namespace">): string {
  return settings.registry ? `${settings.registry}/${settings.namespace}` : settings.namespace;
}

/** The full name of an image, as templates write it: "kolla/keystone:2025.1-debian-trixie". */
export function imageReference(
  settings: Pick<BuildSettings, "registry" | "namespace" | "image_name_prefix" | "tag">,
  image: string,
): string {
  return `${registryAndNamespace(settings)}/${settings.image_name_prefix}${image}:${settings.tag}`;
}

/** Accounts that belong to no project of their own but are used by several; the numbers are Kolla's. */
const SHARED_ACCOUNTS = { qemu: 42427, libvirt: 42473 };

function accounts(settings: BuildSettings, projects: readonly Project[]): Record<string, Account> {
  const shared = Object.entries(SHARED_ACCOUNTS).map(
    ([name, id]) => [name, { uid: id, gid: id, group: name }] as const,
  );
  const ours = projects.flatMap(({ user }) =>
    user ? [[user.name, { uid: user.id, gid: user.id, group: user.group ?? user.name }] as const] : [],
  );
  const changed = [...shared, ...ours].map(
    ([name, account]) => [name, { ...account, ...settings.users[name] }] as const,
  );
  return Object.fromEntries(changed);
}

function versionOf(root: string): string {
  return (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }).version;
}
