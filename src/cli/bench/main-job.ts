import { existsSync } from "node:fs";
import { join } from "node:path";
import { LABEL } from "#model";
import { KollaError } from "#support";
import { connect } from "../../engine/index.ts";
import { note } from "../terminal.ts";
import { kolla, lastDocument } from "./command.ts";
import type { Figure } from "./figure.ts";
import { ROLLBACKS, rollbackFigures } from "./rollback.ts";

interface Report {
  seconds: number;
  phases: readonly { name: string; seconds: number; changed: boolean }[];
}

interface Run extends Report {
  peak: number;
}

const ABSENT = { name: "main job, images absent", unit: "s", budget: 900 } as const;
const BUILDING = { name: "  of it building all images", unit: "s", budget: 600 } as const;
const PRESENT = { name: "main job, images present", unit: "s", budget: 360 } as const;
const DEPLOY = { name: "  of it deploy", unit: "s", budget: 300 } as const;
const MEMORY = { name: "  memory of it, Ansible's processes included", unit: "MB" } as const;
const AGAIN = { name: "main job where all is done", unit: "s" } as const;
const DESTROY = { name: "destroy", unit: "s" } as const;
const ALL: readonly Figure[] = [ABSENT, BUILDING, PRESENT, DEPLOY, MEMORY, AGAIN, ...ROLLBACKS, DESTROY];

/** What the main job would tell. */
export function mainJobMissing(): Figure[] {
  return ALL.map((figure) => ({ ...figure, missing: "--main-job (on a machine without a site)" }));
}

/**
 * Takes the whole way as `kolla quickstart` does: from nothing to a server that answers, once more with all done, some
 * rollbacks, and away again. Where the machine has no image, that way comes first and is measured too. A failure leaves everything as
 * it is then, to be looked at. Throws KOLLA_BENCH_SITE where there is a site already.
 */
export async function mainJobFigures(configdir: string): Promise<Figure[]> {
  await refuseWithSite(configdir);
  const hadImages = await hasImages();
  const absent = hadImages ? undefined : await fromNothing(configdir);
  const present = await quickstart(configdir);
  const again = await quickstart(configdir);
  const rollbacks = await rollbackFigures(configdir);
  const { seconds: destroy } = await destroySite(configdir);
  return [
    ...absentFigures(absent),
    { ...PRESENT, value: present.seconds },
    { ...DEPLOY, value: secondsOf(present, "deploy") },
    ...present.phases
      .filter(({ name }) => name !== "deploy")
      .map(({ name, seconds }): Figure => ({ name: `  of it ${name}`, unit: "s", value: seconds })),
    { ...MEMORY, value: present.peak },
    { ...AGAIN, value: again.seconds },
    ...rollbacks,
    { ...DESTROY, value: destroy },
  ];
}

/** Throws KOLLA_BENCH_SITE: a site is never measured away. */
export async function refuseWithSite(configdir: string): Promise<void> {
  const file = ["globals.yml", "quickstart.json"].map((name) => join(configdir, name)).find(existsSync);
  const containers = await connect()
    .containers(true)
    .catch(() => []);
  const running = containers.filter(({ labels }) => labels[LABEL.managed] !== undefined).length;
  if (file === undefined && running === 0) return;
  throw new KollaError({
    code: "KOLLA_BENCH_SITE",
    message: `This machine has a site (${file ?? `${running} containers of Kolla`}); --main-job deploys one and destroys it.`,
    hint: "Measure on another machine, or take the site away first: kolla destroy --yes-i-really-really-mean-it",
  });
}

async function hasImages(): Promise<boolean> {
  const images = await connect()
    .images()
    .catch(() => []);
  return images.some(({ labels }) => labels[LABEL.digest] !== undefined);
}

async function fromNothing(configdir: string): Promise<Run> {
  const run = await quickstart(configdir);
  await destroySite(configdir);
  return run;
}

async function quickstart(configdir: string): Promise<Run> {
  note("Main job: kolla quickstart");
  const { stdout, peak } = await kolla(["quickstart", "--configdir", configdir, "--json"]);
  return { ...lastDocument<Report>(stdout), peak };
}

/** Images stay. */
function destroySite(configdir: string): ReturnType<typeof kolla> {
  note("Main job: kolla destroy");
  return kolla([
    "destroy",
    "--configdir",
    configdir,
    "--yes-i-really-really-mean-it",
    "--servers-too",
    "--json",
  ]);
}

function absentFigures(run: Run | undefined): Figure[] {
  const missing = "images are here already; docker image rm them first";
  if (!run) return [ABSENT, BUILDING].map((figure) => ({ ...figure, missing }));
  return [
    { ...ABSENT, value: run.seconds },
    { ...BUILDING, value: secondsOf(run, "images") },
  ];
}

function secondsOf({ phases }: Report, phase: string): number {
  return phases.find(({ name }) => name === phase)?.seconds ?? 0;
}
