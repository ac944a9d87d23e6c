import { join } from "node:path";
import type { Command } from "commander";
import { formatSeconds, KollaError } from "#support";
import {
  checkMachine,
  chooseNetwork,
  configureMachine,
  engineAnswers,
  firstServer,
  installTools,
  keptInWords,
  makeNetwork,
  networkToAvoid,
  type QuickstartNetwork,
  type ServerReport,
  writeCloudFiles,
} from "../../app/index.ts";
import { alignColumns } from "../columns.ts";
import { projectRoot, type SiteFlags } from "../common-options.ts";
import { Phases } from "../phases.ts";
import { note, print, printJson } from "../terminal.ts";
import { type BuildFlags, buildImages } from "./build.ts";
import { runVerb } from "./deploy.ts";
import { bootstrapServers } from "./operate.ts";

interface QuickstartFlags {
  configdir: string;
  json?: boolean;
  extraCa?: string;
  baseMirror?: string;
}

/** quickstart and its undoing. */
export function addQuickstart(program: Command): void {
  program
    .command("quickstart")
    .description("from a fresh Debian machine to a booted server")
    .option(
      "--configdir <directory>",
      "the operator's directory",
      process.env.KOLLA_CONFIG_PATH ?? "/etc/kolla",
    )
    .option("--extra-ca <file>", "CA bundle that builds must trust beside the distribution's")
    .option("--base-mirror <url>", "Debian archive for the base image")
    .option("--json", "the report as one JSON document")
    .action(quickstart);
}

const say = (words: string): void => note(`  ${words}`);

/** The main job: every part is safe to repeat, and on a finished machine none of them changes anything. */
async function quickstart(flags: QuickstartFlags): Promise<void> {
  checkMachine();
  const site = siteFlags(flags);
  const phases = new Phases();
  await phases.run("tools", async () => (await installTools(say)).length > 0);
  const network = chooseNetwork(await networkToAvoid());
  await phases.run("configuration", () => configure(flags.configdir, network));
  await phases.run("network", () => setUpNetwork(network));
  await phases.run("container engine", () => startEngine(site));
  await phases.run("images", () => buildAll(buildFlags(flags)));
  await phases.run("deploy", () => deploy(site));
  const report = await phases.run("first cloud and server", () =>
    firstServer({ root: projectRoot, directory: flags.configdir, external: network.external }, say),
  );
  tell(flags, phases, report);
}

function siteFlags(flags: QuickstartFlags): SiteFlags {
  return {
    configdir: flags.configdir,
    extraVars: [],
    vaultId: [],
    vaultPasswordFile: [],
    playbook: [],
    verbose: 0,
    yes: true,
  };
}

function buildFlags(flags: QuickstartFlags): BuildFlags {
  return {
    ...(flags.extraCa && { extraCa: flags.extraCa }),
    ...(flags.baseMirror && { bootstrapMirror: flags.baseMirror }),
  };
}

/** Builds what the engine lacks; throws when an image could not be built, since nothing can be deployed then. */
async function buildAll(flags: BuildFlags): Promise<boolean> {
  const summary = await buildImages({ ...flags, summary: false, nosummary: true }, []);
  const failed = summary.images.filter((image) => image.status === "error").map((image) => image.name);
  if (!summary.succeeded)
    throw new KollaError({
      code: "KOLLA_BUILD_FAILED",
      message: `These images could not be built: ${failed.join(", ") || summary.stopped?.because}.`,
      hint: "The cause is above. What was built is kept: the same command goes on from here.",
    });
  return summary.images.some((image) => image.status === "built");
}

async function configure(directory: string, network: QuickstartNetwork): Promise<boolean> {
  const { written, kept } = await configureMachine(projectRoot, directory, network);
  for (const path of written) say(`wrote ${path}`);
  for (const file of kept) say(keptInWords(file));
  return written.length > 0;
}

async function setUpNetwork(network: QuickstartNetwork): Promise<boolean> {
  const made = await makeNetwork(network);
  for (const words of made) say(`made ${words}`);
  return made.length > 0;
}

async function startEngine(site: SiteFlags): Promise<boolean> {
  if (await engineAnswers()) return false;
  // A machine with one host needs no names of hosts, and no way through its firewall: both stay as they are.
  await bootstrapServers({ ...site, extraVars: ["customize_etc_hosts=no", "disable_firewall=no"] });
  return true;
}

async function deploy(site: SiteFlags): Promise<boolean> {
  const { loaded, changed } = await runVerb("deploy", site);
  for (const file of writeCloudFiles(loaded).kept) say(keptInWords(file));
  return changed;
}

function tell(flags: QuickstartFlags, phases: Phases, report: ServerReport): void {
  if (flags.json) {
    printJson({ server: report, ...phases.summary() });
    return;
  }
  print(serverLines(report));
  print();
  print(phases.table());
  print();
  print(
    phases.changed
      ? `The cloud is ready: source ${join(flags.configdir, "admin-openrc.sh")}`
      : `Nothing changed: the cloud was ready (${formatSeconds(phases.seconds)}).`,
  );
}

function serverLines(report: ServerReport): string {
  return alignColumns([
    ["server", `${report.name} ${report.status}`],
    ["lease", report.lease.replace(/^lease /, "")],
    ["metadata", report.metadata.replace(/^metadata /, "")],
    ["floating IP", `${report.floatingIp}: ${report.ping}`],
    ["login", report.login],
  ]);
}
