import type { Command } from "commander";
import { type QuickstartEvent, type QuickstartWish, quickstart } from "../../app/index.ts";
import { buildWatch } from "../build-watch.ts";
import { projectRoot } from "../common-options.ts";
import { formatQuickstart } from "../quickstart-text.ts";
import { note, paint, print, printJson } from "../terminal.ts";
import { runWatch } from "../watch.ts";
import { doneWords, showBefore } from "./deploy.ts";
import { BOOTSTRAPPED, tasksTold } from "./operate.ts";

interface QuickstartFlags {
  configdir: string;
  json?: boolean;
  extraCa?: string;
  baseMirror?: string;
}

/** From a machine to a server on its own cloud. */
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
    .action(runQuickstart);
}

async function runQuickstart(flags: QuickstartFlags): Promise<void> {
  const stop = new AbortController();
  const watch = quickstartWatch(stop);
  try {
    const report = await quickstart(wishOf(flags), { tell: watch.tell, signal: stop.signal });
    if (flags.json) printJson(report);
    else for (const part of formatQuickstart(report, flags.configdir)) print(part);
  } finally {
    watch.end();
  }
}

function wishOf({ configdir, extraCa, baseMirror }: QuickstartFlags): QuickstartWish {
  return {
    root: projectRoot,
    configDirectory: configdir,
    ...(extraCa && { extraCa }),
    ...(baseMirror && { baseMirror }),
  };
}

/** --json is about the report alone: what leads to it is told to a person. */
const PERSON = {};

function quickstartWatch(stop: AbortController): { tell: (event: QuickstartEvent) => void; end: () => void } {
  const build = buildWatch(false, stop);
  const run = runWatch(PERSON, stop);
  const tasks = tasksTold(PERSON);
  return {
    end: () => {
      build.end();
      run.end();
    },
    tell: (event) => {
      switch (event.event) {
        case "part":
          note(paint("bold", `== ${event.name}`, process.stderr));
          break;
        case "said":
          note(`  ${event.words}`);
          break;
        case "bootstrap":
          tasks(event.of);
          break;
        case "bootstrapped":
          note(BOOTSTRAPPED);
          break;
        case "building":
        case "build":
        case "build-ended":
          build.tell(event);
          break;
        case "planned":
          showBefore(event.run, PERSON);
          break;
        case "deployed":
          run.end();
          print(doneWords("deploy", event.run, event.seconds));
          break;
        default:
          run.tell(event);
      }
    },
  };
}
