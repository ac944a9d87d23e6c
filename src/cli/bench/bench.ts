import { Command } from "commander";
import { EXIT, exitCodeOf, note, print, printError } from "../terminal.ts";
import { coldBuildFigures, coldBuildMissing } from "./cold-build.ts";
import { type Figure, figureTable } from "./figure.ts";
import { figuresBefore, keep } from "./kept.ts";
import { mainJobFigures, mainJobMissing, refuseWithSite } from "./main-job.ts";
import { MEMORY_WORDS } from "./memory.ts";
import { quickFigures } from "./quick.ts";
import { scaleFigures } from "./scale.ts";

interface BenchFlags {
  configdir: string;
  coldBuild?: boolean;
  mainJob?: boolean;
}

/** Measures, prints the figures beside what they should be and what they were, and keeps them. */
async function bench({ configdir, coldBuild, mainJob }: BenchFlags): Promise<void> {
  if (mainJob) await refuseWithSite(configdir);
  const before = figuresBefore();
  const figures: Figure[] = [
    ...(await quickFigures(configdir)),
    ...(await scaleFigures()),
    ...(coldBuild ? await coldBuildFigures() : coldBuildMissing()),
    ...(mainJob ? await mainJobFigures(configdir) : mainJobMissing()),
  ];
  print(figureTable(figures, before));
  print();
  print(MEMORY_WORDS);
  note(`kept in ${keep(figures)}`);
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
  .action(bench);

try {
  await program.parseAsync();
} catch (error) {
  printError(error, false);
  process.exitCode = exitCodeOf(error) || EXIT.failed;
}
