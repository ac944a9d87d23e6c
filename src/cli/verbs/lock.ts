import { relative } from "node:path";
import type { Command } from "commander";
import { OPENSTACK_BASE } from "#model";
import { KollaError } from "#support";
import { projects as declared } from "../../../docker/index.generated.ts";
import { type BuildOptionName, type Locked, makeLocks } from "../../build/index.ts";
import { alignColumns } from "../columns.ts";
import { projectRoot } from "../common-options.ts";
import { note, print, printJson } from "../terminal.ts";
import { type BuildFlags, buildImages, settingsOf, withBuildOptions } from "./build.ts";

/** What decides which image the requirements are resolved in, and how the index is reached. */
const OPTIONS: readonly BuildOptionName[] = [
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

/** `kolla lock`: pins what a source install of each project installs. */
export function addLock(program: Command): void {
  withBuildOptions(
    program
      .command("lock")
      .description("pin what a source install of a project installs: releases/<release>/<project>.lock")
      .argument("[project...]", "projects; none: all that the release has a source of")
      .option(
        "--constraints <file>",
        "upper-constraints.txt of the release (default: fetched from where OpenStack publishes it)",
      ),
    OPTIONS,
  )
    .option("--json", "events and what changed, as JSON lines")
    .action(lock);
}

/** Resolves, in an image that is built when it is not there, and tells what changed. */
async function lock(projects: string[], given: BuildFlags): Promise<void> {
  const flags = { ...given, installType: "source", summary: false };
  const locked = await makeLocks({
    projects,
    constraints: given.constraints === undefined ? undefined : String(given.constraints),
    settings: settingsOf(flags, []),
    declared,
    buildBase: () => buildBase(flags),
    onLine: (line) => given.debug && note(`  ${line}`),
  });
  for (const one of locked)
    if (given.json) printJson(one);
    else for (const line of lockLines(one)) print(line);
}

/** Throws KOLLA_LOCK_BASE when it fails; why has been told by then. */
async function buildBase(flags: BuildFlags): Promise<void> {
  const { succeeded } = await buildImages(flags, [`^${OPENSTACK_BASE}$`]);
  if (succeeded) return;
  throw new KollaError({
    code: "KOLLA_LOCK_BASE",
    message: `Nothing was locked: requirements are resolved in the image ${OPENSTACK_BASE}, which could not be built`,
  });
}

/** What a lock pins now and did not before, a line each. */
function lockLines({ project, version, path, pins, changes }: Locked): string[] {
  const head = `${relative(projectRoot, path)}: ${project} ${version} and ${pins - 1} more`;
  const rows = [
    ...changes.moved.map(({ name, from, to }) => ["moved", name, `${from} → ${to}`]),
    ...changes.added.map(({ name, version: its }) => ["added", name, its]),
    ...changes.removed.map(({ name, version: its }) => ["removed", name, its]),
    ...changes.rehashed.map((name) => ["same", name, "other files on the index"]),
  ];
  if (rows.length === 0) return [`${head}: nothing changed`];
  return [
    head,
    ...alignColumns(rows)
      .split("\n")
      .map((line) => `  ${line}`),
  ];
}
