import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, Option as Flag } from "commander";
import type { BuildEvent } from "#model";
import { formatBytes, formatSeconds, KollaError } from "#support";
import { projects } from "../../../docker/index.generated.ts";
import {
  type BuildSettings,
  type BuildSummary,
  buildOptions,
  buildShortFlags,
  type DependencyNode,
  dependencyDot,
  dependencyTree,
  kollaSummary,
  listImages,
  loadTree,
  resolveBuildOptions,
  runBuild,
} from "../../build/index.ts";
import { buildProgress } from "../build-progress.ts";
import { closingLine, type FailedEvent, failureLines } from "../build-report.ts";
import { projectRoot } from "../common-options.ts";
import { alignColumns } from "../status-tree.ts";
import { note, paint, print, printJson } from "../terminal.ts";

/** Flags by option name, as commander gives them; and those that only the command line has. */
export type BuildFlags = Readonly<Record<string, string | boolean | string[] | undefined>>;

const HOST_CA_BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

const camel = (name: string): string => name.replace(/_(.)/g, (_all, letter: string) => letter.toUpperCase());

export function addBuildVerbs(program: Command): void {
  const build = withBuildOptions(
    program
      .command("build")
      .description("build images")
      .argument("[regex...]", "images by name; those they stand on come along"),
  )
    .option("--list-images", "print the names of all images")
    .option("-l, --list-dependencies", "print the tree of images as JSON")
    .option("--save-dependency <file>", "write the tree as Graphviz text")
    .option("--json", "events as JSON lines");
  build.action(async (regexes: string[], flags: BuildFlags) => {
    if (await onlyLooked(flags, regexes)) return;
    const summary = await buildImages(flags, regexes);
    if (!summary.succeeded) process.exitCode = 1;
  });
  const images = program.command("images").description("what can be built, and how it hangs together");
  withBuildOptions(images.command("list").description("names of all images")).action(
    async (flags: BuildFlags) => {
      for (const name of listImages(await treeOf(flags, []))) print(name);
    },
  );
  withBuildOptions(images.command("tree").description("each image below the one it stands on")).action(
    async (flags: BuildFlags) => {
      for (const line of treeLines(dependencyTree(await treeOf(flags, [])))) print(line);
    },
  );
}

/** Every option of kolla-build.conf as a flag, with kolla-build's short forms and `--noX` for flags that are on. */
function withBuildOptions(command: Command): Command {
  command.option(
    "--config-file <file>",
    "kolla-build.conf (default: /etc/kolla/kolla-build.conf when it is there)",
  );
  for (const [name, option] of Object.entries(buildOptions)) {
    const long = name.replace(/_/g, "-");
    const short = buildShortFlags[name as keyof typeof buildOptions];
    const head = short ? `-${short}, --${long}` : `--${long}`;
    if (option.type !== "flag") {
      const flag = new Flag(`${head} <value>`, option.doc);
      command.addOption(option.type === "list" ? flag.argParser(collectList) : flag);
      continue;
    }
    command.addOption(new Flag(head, option.doc));
    command.addOption(new Flag(`--no${long}`, `the opposite of --${long}`).hideHelp());
  }
  return command;
}

const collectList = (value: string, all: string[] | undefined): string[] => [
  ...(all ?? []),
  ...value.split(","),
];

/** Settings from flags, environment and kolla-build.conf; builds trust what this machine trusts unless told otherwise. */
export function buildSettings(flags: BuildFlags, regexes: string[]): BuildSettings {
  const path = String(
    flags.configFile ?? join(process.env.KOLLA_CONFIG_PATH ?? "/etc/kolla", "kolla-build.conf"),
  );
  if (flags.configFile && !existsSync(path))
    throw new KollaError({
      code: "KOLLA_BUILD_OPTION_FILE",
      message: "The file named by --config-file is not there.",
      where: { file: path },
    });
  const given: Record<string, string | boolean | string[]> = {};
  if (existsSync(HOST_CA_BUNDLE)) given.extra_ca = HOST_CA_BUNDLE;
  for (const [name, option] of Object.entries(buildOptions)) {
    const value = flags[camel(name)];
    if (value !== undefined) given[name] = value;
    if (option.type === "flag" && flags[camel(`no${name}`)]) given[name] = false;
  }
  return resolveBuildOptions({
    root: projectRoot,
    regexes,
    flags: given,
    environment: process.env,
    ...(existsSync(path) && { file: { text: readFileSync(path, "utf8"), path } }),
  });
}

const treeOf = (flags: BuildFlags, regexes: string[]) => loadTree(buildSettings(flags, regexes), projects);

/** Serves the flags that only look; true when one of them was given. */
async function onlyLooked(flags: BuildFlags, regexes: string[]): Promise<boolean> {
  if (!flags.listImages && !flags.listDependencies && !flags.saveDependency) return false;
  const tree = await treeOf(flags, regexes);
  if (flags.listImages)
    for (const [index, name] of listImages(tree).entries()) print(`${index + 1} : ${name}`);
  if (flags.listDependencies) printJson(dependencyTree(tree)[0]);
  if (flags.saveDependency) writeFileSync(String(flags.saveDependency), dependencyDot(tree));
  return true;
}

/** Builds what is missing, with progress, and prints the summary. Failures of images are in the summary, not thrown. */
export async function buildImages(flags: BuildFlags, regexes: string[]): Promise<BuildSummary> {
  const settings = buildSettings(flags, regexes);
  const json = Boolean(flags.json);
  const progress = buildProgress(settings, json);
  const failures: FailedEvent[] = [];
  const hear = (event: BuildEvent): void => {
    if (event.event === "failed") failures.push(event);
    progress.event(event);
  };
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once("SIGINT", interrupt);
  try {
    const summary = await runBuild(settings, projects, hear, stop.signal);
    progress.end();
    if (settings.summary_json_file)
      writeFileSync(settings.summary_json_file, JSON.stringify(kollaSummary(summary)));
    if (json) printJson(summary);
    else report(summary, failures, settings);
    return summary;
  } finally {
    progress.end();
    process.off("SIGINT", interrupt);
  }
}

/** What was built, then what failed: that is told however quiet the build is, and it is what stays on the screen. */
function report(summary: BuildSummary, failures: readonly FailedEvent[], settings: BuildSettings): void {
  const isShown = settings.summary && !settings.quiet;
  if (isShown) printBuilt(summary);
  const { rows = 40, columns = 120 } = process.stderr;
  for (const line of failureLines(summary, failures, { rows, columns }))
    note(line.replace(/^(FAIL|STOP)/, (word) => paint("red", word, process.stderr)));
  if (isShown) print(closingLine(summary));
}

function printBuilt({ images }: BuildSummary): void {
  const rows = images
    .filter(({ status }) => status === "built")
    .map(({ name, seconds = 0, bytes = 0 }) => [name, formatSeconds(seconds), formatBytes(bytes)]);
  if (rows.length > 0) print(alignColumns([["IMAGE", "TOOK", "SIZE"], ...rows]));
}

function treeLines(nodes: readonly DependencyNode[], depth = 0): string[] {
  return nodes.flatMap((node) => {
    const indent = "  ".repeat(depth);
    if (typeof node === "string") return [`${indent}${node}`];
    return Object.entries(node).flatMap(([name, children]) => [
      `${indent}${name}`,
      ...treeLines(children, depth + 1),
    ]);
  });
}
