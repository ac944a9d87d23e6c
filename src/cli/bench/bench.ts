import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { EXIT, exitCodeOf, note, print, printError } from "../terminal.ts";
import { coldBuildFigures, coldBuildMissing } from "./cold-build.ts";
import { type Figure, figureTable } from "./figure.ts";
import { figuresBefore, keep } from "./kept.ts";
import { PAUSES } from "./load/load.ts";
import { mainJobFigures, mainJobMissing, refuseWithSite } from "./main-job.ts";
import { MEMORY_WORDS } from "./memory.ts";
import { plotOf } from "./plot.ts";
import { quickFigures } from "./quick.ts";
import { replacements } from "./replace.ts";
import {
  besideLines,
  failureLines,
  failuresOf,
  replaceFigures,
  replaceMissing,
  replaceTable,
} from "./replace-figures.ts";
import { scaleFigures } from "./scale.ts";

interface BenchFlags {
  configdir: string;
  coldBuild?: boolean;
  mainJob?: boolean;
  replace?: boolean;
  light?: boolean;
  plot?: string;
}

const PLOT_TITLE =
  "Waits of clients while every API is replaced beside itself: each dot a request; in the legend the longest wait meanwhile";

/** Measures, prints the figures beside what they should be and what they were, and keeps them. */
async function bench({ configdir, coldBuild, mainJob, replace, light, plot }: BenchFlags): Promise<void> {
  if (mainJob) await refuseWithSite(configdir);
  const before = figuresBefore();
  const replaced = replace ? await replacements(configdir, light ? PAUSES.light : PAUSES.busy) : [];
  const [beside] = replaced;
  if (plot !== undefined && beside) {
    const { findings, turns } = beside;
    writeFileSync(plot, plotOf(findings, turns, PLOT_TITLE));
  }
  const failures = failuresOf(replaced);
  const figures: Figure[] = [
    ...(await quickFigures(configdir)),
    ...(await scaleFigures()),
    ...(coldBuild ? await coldBuildFigures() : coldBuildMissing()),
    ...(mainJob ? await mainJobFigures(configdir) : mainJobMissing()),
    ...(replace ? replaceFigures(replaced) : replaceMissing("--replace (on a machine with a cloud)")),
  ];
  print(figureTable(figures, before));
  print();
  if (replace)
    print([replaceTable(replaced), ...failureLines(failures), ...besideLines(replaced), ""].join("\n"));
  print(MEMORY_WORDS);
  note(`kept in ${keep(figures, failures)}`);
}

const program = new Command("bench")
  .description("measure what is promised of Kolla; without a flag only what changes nothing here")
  .option(
    "--configdir <directory>",
    "the operator's directory",
    process.env.KOLLA_CONFIG_PATH ?? "/etc/kolla",
  )
  .option("--cold-build", "also build all images from nothing, under names of their own, and remove them")
  .option("--main-job", "also deploy from nothing to a server and destroy all; refused where there is a site")
  .option(
    "--replace",
    "also replace every API of the running cloud under load, beside what serves and by stop and start",
  )
  .option("--light", "with --replace: clients that pause, and leave most of two processors to the rest")
  .option("--plot <file>", "with --replace: also write the waits of all requests beside what serves, as SVG")
  .action(bench);

try {
  await program.parseAsync();
} catch (error) {
  printError(error, false);
  process.exitCode = exitCodeOf(error) || EXIT.failed;
}
