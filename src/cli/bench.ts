import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { arch, cpus, totalmem } from "node:os";
import { join } from "node:path";
import { stopwatch } from "#support";
import { projects } from "../../docker/index.generated.ts";
import { type BuildSummary, loadTree, resolveBuildOptions, runBuild } from "../build/index.ts";
import { connect } from "../engine/index.ts";
import { projectRoot, type SiteFlags } from "./common-options.ts";
import { loadSite, planSite } from "./site-run.ts";
import { alignColumns } from "./status-tree.ts";
import { print } from "./terminal.ts";

/** One figure: seconds unless the name says otherwise, and its budget where the design has one. */
interface Figure {
  name: string;
  value: number | undefined;
  budget?: number;
}

const RUNS = 3;

/** The median of a few runs: machines are noisy. */
async function median(work: () => Promise<unknown>): Promise<number> {
  const seconds: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const clock = stopwatch();
    await work();
    seconds.push(clock());
  }
  return seconds.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0;
}

async function imageFigures(): Promise<Figure[]> {
  const settings = resolveBuildOptions({ root: projectRoot });
  const figures: Figure[] = [
    { name: "render every Dockerfile", value: await median(() => loadTree(settings, projects)), budget: 1 },
  ];
  let summary: BuildSummary | undefined;
  const noChange = await median(async () => {
    summary = await runBuild(settings, projects);
  });
  const changed = summary?.images.some((image) => image.status === "built");
  figures.push({ name: "build where nothing changed", value: changed ? undefined : noChange, budget: 5 });
  const sizes = new Map(
    (await connect().images()).flatMap(({ references, size }) =>
      references.map((one) => [one, size] as const),
    ),
  );
  for (const [name, budget] of [
    ["base", 527],
    ["keystone", 300],
  ] as const) {
    const bytes = sizes.get(`${settings.namespace}/${name}:${settings.tag}`);
    figures.push({ name: `size of ${name} (MB)`, value: bytes && Math.round(bytes / 1e6), budget });
  }
  return figures;
}

async function siteFigures(configdir: string): Promise<Figure[]> {
  const flags: SiteFlags = {
    configdir,
    extraVars: [],
    vaultId: [],
    vaultPasswordFile: [],
    playbook: [],
    verbose: 0,
  };
  const parts = { resolve: 0, compile: 0, ansible: 0, steps: 0 };
  const whole = await median(async () => {
    const loaded = await loadSite(flags, "deploy");
    parts.steps = planSite(loaded, "deploy", flags).steps.length;
    parts.compile = loaded.seconds.compile;
    parts.ansible = loaded.seconds.ansible.ansible ?? 0;
  });
  return [
    { name: "run where nothing changed", value: parts.steps === 0 ? whole : undefined, budget: 10 },
    { name: "  of it Ansible's", value: parts.ansible },
    { name: "  of it compile", value: parts.compile, budget: 0.2 },
  ];
}

const configdir = process.env.KOLLA_CONFIG_PATH ?? "/etc/kolla";
const figures = [
  ...(await imageFigures()),
  ...(existsSync(join(configdir, "globals.yml")) ? await siteFigures(configdir) : []),
];
figures.push({
  name: "peak memory of this process (MB)",
  value: Math.round(process.resourceUsage().maxRSS / 1024),
});

const rows = figures.map(({ name, value, budget }) => [
  name,
  value === undefined ? "not measured" : String(Math.round(value * 1000) / 1000),
  budget === undefined ? "" : String(budget),
  value === undefined || budget === undefined ? "" : `${(value / budget).toFixed(2)}`,
]);
print(alignColumns([["FIGURE", "MEDIAN", "BUDGET", "RATIO"], ...rows]));
const directory = join(projectRoot, ".bench");
mkdirSync(directory, { recursive: true });
const at = new Date().toISOString();
const commit = execFileSync("git", ["-C", projectRoot, "rev-parse", "--short", "HEAD"], {
  encoding: "utf8",
}).trim();
const machine = { cpus: cpus().length, arch: arch(), memoryGiB: Math.round(totalmem() / 2 ** 30) };
writeFileSync(
  join(directory, `${at.replace(/\D/g, "").slice(0, 14)}.json`),
  `${JSON.stringify({ at, commit, machine, runs: RUNS, figures }, undefined, 2)}\n`,
);
