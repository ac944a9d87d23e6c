import { KollaError, stopwatch } from "#support";
import { projects } from "../../../docker/index.generated.ts";
import { type BuildTold, type BuildWatching, readBuildSettings, tellBuild } from "../../build/index.ts";
import { settingsFor } from "../access.ts";
import type { AppEvent } from "../events.ts";
import { bootstrapHosts } from "../hosts.ts";
import { writeCloudFiles } from "../post-deploy.ts";
import { type PreparedRun, runLocked } from "../run.ts";
import { configureMachine } from "./configuration.ts";
import type { ServerReport } from "./first-server.ts";
import { checkMachine, engineAnswers, installTools } from "./machine.ts";
import { chooseNetwork, makeNetwork, networkToAvoid, type QuickstartNetwork } from "./network.ts";
import { Parts, type PartsReport } from "./parts.ts";
import { firstServer } from "./server-on-cloud.ts";
import { keptInWords } from "./written-files.ts";

/** What quickstart is to make of this machine. */
export interface QuickstartWish {
  /** The project's directory. */
  root: string;
  /** The operator's directory, where the site's files are written. */
  configDirectory: string;
  /** File of certificate authorities that builds must trust beside the distribution's; absent: this machine's. */
  extraCa?: string;
  /** Debian archive for the base image. */
  baseMirror?: string;
}

/** What quickstart tells while it goes: beside its own, what its build and its deploy tell. */
export type QuickstartEvent =
  | AppEvent
  | BuildTold
  /** A part begins. */
  | { event: "part"; name: string }
  /** What a part made, or left as it was. */
  | { event: "said"; words: string }
  /** What is told while the container engine is installed and started. */
  | { event: "bootstrap"; of: AppEvent }
  | { event: "bootstrapped" }
  /** What the deploy is going to do; nothing on the machine's containers has changed. */
  | { event: "planned"; run: PreparedRun }
  | { event: "deployed"; run: PreparedRun; seconds: number };

/** How quickstart is watched. */
export interface QuickstartWatching {
  tell: (event: QuickstartEvent) => void;
  /** Ends a build, and a deploy after the step that it is at. */
  signal?: AbortSignal;
}

/** What quickstart did, and the server that is there now. */
export interface QuickstartReport extends PartsReport {
  server: ServerReport;
}

/**
 * From a fresh Debian machine to a booted server. Every part is safe to repeat, and on a finished machine none of them
 * changes anything. Throws KOLLA_USAGE_ROOT and KOLLA_QUICKSTART_* for a machine that is none for it, KOLLA_BUILD_FAILED
 * for images that could not be built, and what its other parts throw; what was done until then stays.
 */
export async function quickstart(
  wish: QuickstartWish,
  watching: QuickstartWatching,
): Promise<QuickstartReport> {
  const { root, configDirectory } = wish;
  const { tell } = watching;
  const say = (words: string): void => tell({ event: "said", words });
  checkMachine();
  const parts = new Parts((name) => tell({ event: "part", name }));
  await parts.run("tools", async () => (await installTools(say)).length > 0);
  const network = chooseNetwork(await networkToAvoid());
  await parts.run("configuration", () => configure(wish, network, say));
  await parts.run("network", () => setUpNetwork(network, say));
  await parts.run("container engine", () => startEngine(wish, watching));
  await parts.run("images", () => buildAll(wish, watching));
  await parts.run("deploy", () => deploy(wish, watching, say));
  const server = await parts.run("first cloud and server", () =>
    firstServer({ root, directory: configDirectory, external: network.external }, say),
  );
  return { server, ...parts.report() };
}

type Say = (words: string) => void;

async function configure(
  { root, configDirectory }: QuickstartWish,
  network: QuickstartNetwork,
  say: Say,
): Promise<boolean> {
  const { written, kept } = await configureMachine(root, configDirectory, network);
  for (const path of written) say(`wrote ${path}`);
  for (const file of kept) say(keptInWords(file));
  return written.length > 0;
}

async function setUpNetwork(network: QuickstartNetwork, say: Say): Promise<boolean> {
  const made = await makeNetwork(network);
  for (const words of made) say(`made ${words}`);
  return made.length > 0;
}

async function startEngine(wish: QuickstartWish, { tell }: QuickstartWatching): Promise<boolean> {
  if (await engineAnswers()) return false;
  // A machine with one host needs no names of hosts, and no way through its firewall: both stay as they are.
  const extraVars = ["customize_etc_hosts=no", "disable_firewall=no"];
  const settings = settingsFor({ ...accessTo(wish), extraVars }, "bootstrap-servers");
  await bootstrapHosts(settings, (of) => tell({ event: "bootstrap", of }));
  tell({ event: "bootstrapped" });
  return true;
}

/** Builds what the engine lacks; throws when an image could not be built, since nothing can be deployed then. */
async function buildAll(
  { root, extraCa, baseMirror }: QuickstartWish,
  watching: BuildWatching,
): Promise<boolean> {
  const settings = readBuildSettings({
    root,
    options: {
      ...(extraCa && { extra_ca: extraCa }),
      ...(baseMirror && { bootstrap_mirror: baseMirror }),
      summary: false,
    },
    environment: process.env,
  });
  const summary = await tellBuild(settings, projects, watching);
  const failed = summary.images.filter((image) => image.status === "error").map((image) => image.name);
  if (!summary.succeeded)
    throw new KollaError({
      code: "KOLLA_BUILD_FAILED",
      message: `These images could not be built: ${failed.join(", ") || summary.stopped?.because}.`,
      hint: "The cause is above. What was built is kept: the same command goes on from here.",
    });
  return summary.images.some((image) => image.status === "built");
}

async function deploy(
  wish: QuickstartWish,
  { tell, signal }: QuickstartWatching,
  say: Say,
): Promise<boolean> {
  const seconds = stopwatch();
  const run = await runLocked(
    settingsFor(accessTo(wish), "deploy"),
    { verb: "deploy" },
    async (prepared) => tell({ event: "planned", run: prepared }),
    { tell, ...(signal && { signal }) },
  );
  tell({ event: "deployed", run, seconds: seconds() });
  for (const file of writeCloudFiles(run.loaded).kept) say(keptInWords(file));
  return run.planned.plan.steps.length > 0;
}

/** The site is this machine alone, as quickstart has configured it: nothing of it is chosen with options. */
function accessTo({ root, configDirectory }: QuickstartWish) {
  return {
    root,
    configDirectory,
    inventory: [],
    extraVars: [],
    vault: { ids: [], passwordFiles: [] },
    become: false,
    verbosity: 0,
  };
}
