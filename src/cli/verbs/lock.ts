import { relative } from "node:path";
import type { Command } from "commander";
import { KollaError } from "#support";
import { projects as declared } from "../../../docker/index.generated.ts";
import { type Locked, type LockTold, lockOptions, makeLocks } from "../../build/index.ts";
import { buildWatch } from "../build-watch.ts";
import { alignColumns } from "../columns.ts";
import { projectRoot } from "../common-options.ts";
import { note, print, printJson } from "../terminal.ts";
import { type BuildFlags, settingsOf, withBuildOptions } from "./build.ts";

/** `kolla lock`: pins what a source install of each project installs. */
export function addLock(program: Command): void {
  withBuildOptions(
    program
      .command("lock")
      .description("pin what a source install of a project installs: releases/<release>/<project>.lock")
      .argument(
        "[word...]",
        "a release (none: that of the configuration), then projects (none: all that it has a source of)",
      )
      .option(
        "--constraints <file>",
        "upper-constraints.txt of the release (default: fetched from where OpenStack publishes it)",
      ),
    lockOptions,
  )
    .option("--json", "events and what changed, as JSON lines")
    .action(lock);
}

/** Resolves, in an image that is built when it is not there, and tells what changed. */
async function lock(words: string[], flags: BuildFlags): Promise<void> {
  const { release, projects } = lockWords(words, flags.openstackRelease as string | undefined);
  const stop = new AbortController();
  const watch = buildWatch(Boolean(flags.json), stop);
  const tell = (told: LockTold): void => {
    if (told.event !== "resolving") watch.tell(told);
    else if (flags.debug) note(`  ${told.line}`);
  };
  try {
    const locked = await makeLocks({
      projects,
      constraints: flags.constraints === undefined ? undefined : String(flags.constraints),
      settings: settingsOf({ ...flags, ...(release !== undefined && { openstackRelease: release }) }, []),
      declared,
      tell,
      signal: stop.signal,
    });
    for (const one of locked)
      if (flags.json) printJson(one);
      else for (const line of lockLines(one)) print(line);
  } finally {
    watch.end();
  }
}

/**
 * "2026.1 keystone": a first word that begins with a digit is a release, all others are projects.
 * Throws KOLLA_USAGE_RELEASE when the option names another release.
 */
export function lockWords(
  words: readonly string[],
  option?: string,
): { release?: string; projects: string[] } {
  const [first = "", ...rest] = words;
  if (!/^\d/.test(first)) return { projects: [...words] };
  if (option === undefined || option === first) return { release: first, projects: rest };
  throw new KollaError({
    code: "KOLLA_USAGE_RELEASE",
    message: `Two releases are named: ${first}, and ${option} by --openstack-release`,
    hint: "Leave the option out.",
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
