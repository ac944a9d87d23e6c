import { existsSync } from "node:fs";
import { join } from "node:path";
import { KollaError, stopwatch } from "#support";
import { projects } from "../../../docker/index.generated.ts";
import { lookAhead } from "../../app/index.ts";
import { type BuildSettings, loadTree, planBuild, readBuildSettings, type Tree } from "../../build/index.ts";
import { connect, type Engine } from "../../engine/index.ts";
import { projectRoot, type SiteFlags, siteSettings } from "../common-options.ts";
import { type CommandRun, kolla, median } from "./command.ts";
import type { Figure } from "./figure.ts";

const RENDER = { name: "render every Dockerfile", unit: "s", budget: 1 } as const;
const BUILD = { name: "build where nothing changed", unit: "s", budget: 5 } as const;
const BUILD_MEMORY = { name: "  memory of it", unit: "MB" } as const;
/** Megabytes of a well-known build of this release; keystone's budget is ours. */
const SIZES = [
  { image: "base", known: 527 },
  { image: "keystone", known: 1282, budget: 300 },
] as const;
const RUN = { name: "run where nothing changed", unit: "s", budget: 10 } as const;
const ANSIBLE = { name: "  of it Ansible's", unit: "s" } as const;
const COMPILE = { name: "compile one host", unit: "s", budget: 0.2 } as const;
const RUN_MEMORY = { name: "  memory of it and of Ansible's processes", unit: "MB" } as const;

/** What can be measured on any machine as it is, and changes nothing there. */
export async function quickFigures(configdir: string): Promise<Figure[]> {
  const settings = readBuildSettings({ root: projectRoot, environment: process.env });
  const rendering = await median(async () => timed(() => loadTree(settings, projects)));
  const tree = await loadTree(settings, projects);
  return [
    { ...RENDER, value: rendering.seconds },
    ...(await buildFigures(settings, tree)),
    ...(await sizeFigures(settings)),
    ...(await siteFigures(configdir)),
  ];
}

async function timed(work: () => Promise<unknown>): Promise<{ seconds: number }> {
  const seconds = stopwatch();
  await work();
  return { seconds: seconds() };
}

/** Only a build that has nothing to do is started. */
async function buildFigures(settings: BuildSettings, tree: Tree): Promise<Figure[]> {
  const missing = await whyNotBuilt(settings, tree);
  if (missing !== undefined) return [BUILD, BUILD_MEMORY].map((figure) => ({ ...figure, missing }));
  const { seconds, peak } = await median(() => kolla(["build", "--json"], true));
  return [
    { ...BUILD, value: seconds },
    { ...BUILD_MEMORY, value: peak },
  ];
}

async function whyNotBuilt(settings: BuildSettings, tree: Tree): Promise<string | undefined> {
  const engine = connect();
  if (!(await answers(engine))) return "no container engine answers here";
  const base = await engine.imageId(`${settings.base_image}:${settings.base_tag}`);
  if (base === undefined) return "the images are not here: kolla build";
  const { build } = await planBuild({ tree, settings, engine, onLine: () => undefined });
  return build.length > 0 ? `${build.length} images are to be built: kolla build` : undefined;
}

async function answers(engine: Engine): Promise<boolean> {
  try {
    await engine.version();
    return true;
  } catch (error) {
    if (error instanceof KollaError) return false;
    throw error;
  }
}

async function sizeFigures({ namespace, tag }: BuildSettings): Promise<Figure[]> {
  const images = await connect()
    .images()
    .catch(() => []);
  return SIZES.map(({ image, ...rest }) => {
    const there = images.find(({ references }) => references.includes(`${namespace}/${image}:${tag}`));
    const figure = { name: `size of ${image}`, unit: "MB" as const, ...rest };
    return there ? { ...figure, value: there.size / 1e6 } : { ...figure, missing: "kolla build" };
  });
}

async function siteFigures(configdir: string): Promise<Figure[]> {
  const figures = [RUN, ANSIBLE, COMPILE, RUN_MEMORY];
  const without = (missing: string): Figure[] => figures.map((figure) => ({ ...figure, missing }));
  if (!existsSync(join(configdir, "globals.yml"))) return without(`no site in ${configdir}`);
  const run = await median(() => look(configdir));
  if (run.steps > 0) return without(`the site is not as configured, ${run.steps} steps: kolla deploy`);
  const { peak }: CommandRun = await kolla(["plan", "--configdir", configdir, "--json"], true);
  return [
    { ...RUN, value: run.seconds },
    { ...ANSIBLE, value: run.ansible },
    { ...COMPILE, value: run.compile },
    { ...RUN_MEMORY, value: peak },
  ];
}

/** A deploy up to where it finds that there is nothing to do. */
async function look(configdir: string) {
  const flags: SiteFlags = {
    configdir,
    extraVars: [],
    vaultId: [],
    vaultPasswordFile: [],
    playbook: [],
    verbose: 0,
  };
  const seconds = stopwatch();
  const settings = await siteSettings(flags, "deploy");
  const { loaded, planned } = await lookAhead(settings, { verb: "deploy" }, () => undefined);
  const { compile, ansible } = loaded.seconds;
  return { seconds: seconds(), steps: planned.plan.steps.length, compile, ansible: ansible.ansible ?? 0 };
}
