import { type Command, Option as Flag } from "commander";
import { projects } from "../../../docker/index.generated.ts";
import {
  type BuildOptionName,
  type BuildSettings,
  type BuildSummary,
  buildOptions,
  buildShortFlags,
  chosenTree,
  type DependencyNode,
  dependencyTree,
  foreignBuildOptions,
  listImages,
  loadTree,
  readBuildSettings,
  saveDependencies,
  tellBuild,
  writeTemplates,
} from "../../build/index.ts";
import { buildWatch } from "../build-watch.ts";
import { projectRoot } from "../common-options.ts";
import { print } from "../terminal.ts";

/** Flags by option name, as commander gives them; and those that only the command line has. */
export type BuildFlags = Readonly<Record<string, string | boolean | string[] | undefined>>;

const camel = (name: string): string => name.replace(/_(.)/g, (_all, letter: string) => letter.toUpperCase());

/** The verbs that make and show images. */
export function addBuildVerbs(program: Command): void {
  const build = withBuildOptions(
    program
      .command("build")
      .description("build images")
      .argument("[regex...]", "images by name; those they stand on come along"),
  )
    .option("--list-images", "print the names of the chosen images")
    .option("-l, --list-dependencies", "print the tree of the chosen images as JSON")
    .addOption(new Flag("--nolist-images", "the opposite of --list-images").hideHelp())
    .addOption(new Flag("--nolist-dependencies", "the opposite of --list-dependencies").hideHelp())
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

/** Options of kolla-build.conf as flags, with kolla-build's short forms and `--noX` for flags that are on. */
export function withBuildOptions(
  command: Command,
  names = Object.keys(buildOptions) as readonly BuildOptionName[],
): Command {
  command.option(
    "--config-file <file>",
    "kolla-build.conf, may be repeated (default: /etc/kolla/kolla-build.conf when it is there)",
    collect,
    [],
  );
  command.option("--config-dir <directory>", "its *.conf files are read after those", collect, []);
  for (const name of names) {
    const option = buildOptions[name];
    const long = name.replace(/_/g, "-");
    const short = buildShortFlags[name];
    const head = short ? `-${short}, --${long}` : `--${long}`;
    if (option.type !== "flag") {
      const flag = new Flag(`${head} <value>`, option.doc);
      command.addOption(option.type === "list" ? flag.argParser(collectList) : flag);
      continue;
    }
    command.addOption(new Flag(head, option.doc));
    command.addOption(new Flag(`--no${long}`, `the opposite of --${long}`).hideHelp());
  }
  for (const [name, { flag }] of Object.entries(foreignBuildOptions)) {
    const long = name.replace(/_/g, "-");
    command.addOption(new Flag(flag ? `--${long}` : `--${long} <value>`, "kolla-build's").hideHelp());
    if (flag) command.addOption(new Flag(`--no${long}`, `the opposite of --${long}`).hideHelp());
  }
  return command;
}

const collect = (value: string, all: string[]): string[] => [...all, value];

const collectList = (value: string, all: string[] | undefined): string[] => [
  ...(all ?? []),
  ...value.split(","),
];

/** The settings that flags ask for; what was not given is the machine's. */
export function settingsOf(flags: BuildFlags, regexes: string[]): BuildSettings {
  return readBuildSettings({
    root: projectRoot,
    options: givenOptions(flags),
    regexes,
    files: [flags.configFile ?? []].flat().map(String),
    directories: [flags.configDir ?? []].flat().map(String),
    environment: process.env,
  });
}

/** What was given, under the options' own names; `--noX` is X turned off. */
function givenOptions(flags: BuildFlags): Record<string, string | boolean | string[]> {
  const given: Record<string, string | boolean | string[]> = {};
  const options = [
    ...Object.entries(buildOptions).map(([name, { type }]) => [name, type === "flag"] as const),
    ...Object.entries(foreignBuildOptions).map(([name, { flag }]) => [name, Boolean(flag)] as const),
  ];
  for (const [name, isFlag] of options) {
    const value = flags[camel(name)];
    if (value !== undefined) given[name] = value;
    if (isFlag && flags[camel(`no${name}`)]) given[name] = false;
  }
  return given;
}

const treeOf = (flags: BuildFlags, regexes: string[]) => loadTree(settingsOf(flags, regexes), projects);

/** Serves the flags that only look; true when one of them was given. */
async function onlyLooked(flags: BuildFlags, regexes: string[]): Promise<boolean> {
  const settings = settingsOf(flags, regexes);
  if (settings.template_only) {
    const { directory, images } = await writeTemplates(settings, projects);
    print(`${images.length} build contexts are in ${directory}.`);
    return true;
  }
  if (!flags.listImages && !flags.listDependencies && !flags.saveDependency) return false;
  const tree = chosenTree(await loadTree(settings, projects), settings);
  if (flags.listImages)
    for (const [index, name] of listImages(tree).entries()) print(`${index + 1} : ${name}`);
  if (flags.listDependencies) print(JSON.stringify(dependencyTree(tree)[0], undefined, 2));
  if (flags.saveDependency) saveDependencies(tree, String(flags.saveDependency));
  return true;
}

/** Builds what is missing, and shows it. Failures of images are in the summary, not thrown. */
async function buildImages(flags: BuildFlags, regexes: string[]): Promise<BuildSummary> {
  const stop = new AbortController();
  const watch = buildWatch(Boolean(flags.json), stop);
  try {
    return await tellBuild(settingsOf(flags, regexes), projects, { tell: watch.tell, signal: stop.signal });
  } finally {
    watch.end();
  }
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
