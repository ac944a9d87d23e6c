import { shell } from "#model";
import type { BuildSummary } from "../../build/index.ts";
import { bareSpec, connect, type Engine } from "../../engine/index.ts";
import { note } from "../terminal.ts";
import { kolla, lastDocument } from "./command.ts";
import compilers from "./compilers.sh";
import type { Figure } from "./figure.ts";

const NAMESPACE = "kolla-bench";
const TAG = "cold";
const IN_ALL = { name: "cold build of all images", unit: "s", budget: 600 } as const;
const MEMORY = { name: "  memory of it and of its clients", unit: "MB" } as const;
const COMPILERS = { name: "images with a compiler", unit: "images", budget: 0 } as const;

/** What the cold build would tell. */
export function coldBuildMissing(): Figure[] {
  return [IN_ALL, MEMORY, COMPILERS].map((figure) => ({ ...figure, missing: "--cold-build" }));
}

/**
 * Builds every image from nothing under names of its own, and takes them away again. No step is taken from an earlier
 * build; what was downloaded stays in the engine's cache of packages, and the distribution's base image is as it is.
 */
export async function coldBuildFigures(): Promise<Figure[]> {
  note(
    "Cold build: no layer of an earlier build is used. Packages that were downloaded before are not again.",
  );
  const engine = connect();
  try {
    const words = ["build", "--nocache", "--nopull", "--namespace", NAMESPACE, "--tag", TAG];
    const { stdout, seconds, peak } = await kolla(words);
    // Without a terminal the last line is the summary; progress is on standard error, for whoever waits.
    const { images } = lastDocument<Pick<BuildSummary, "images">>(stdout);
    const built = images.filter(({ status }) => status === "built");
    return [
      { ...IN_ALL, value: seconds },
      { ...MEMORY, value: peak },
      { ...COMPILERS, value: (await withCompiler(engine)).length },
      ...built.flatMap(({ name, seconds = 0, bytes = 0 }): Figure[] => [
        { name: `cold build of ${name}`, unit: "s", value: seconds, image: name },
        { name: `size of ${name}, built cold`, unit: "MB", value: bytes / 1e6, image: name },
      ]),
    ];
  } finally {
    for (const reference of (await ours(engine)).reverse())
      await engine.removeImage(reference, { force: true });
  }
}

async function ours(engine: Engine): Promise<string[]> {
  const references = (await engine.images()).flatMap((image) => image.references);
  return references.filter((reference) => reference.startsWith(`${NAMESPACE}/`));
}

/** Images in which a shell finds a compiler. */
async function withCompiler(engine: Engine): Promise<string[]> {
  const found: string[] = [];
  for (const image of await ours(engine))
    if ((await printedBy(engine, image)).some((line) => line.startsWith("/"))) found.push(image);
  for (const image of found) note(`  ${image} has a compiler`);
  return found;
}

async function printedBy(engine: Engine, image: string): Promise<string[]> {
  const name = "kolla_bench_look";
  await engine.remove(name, { force: true });
  await engine.create(bareSpec(name, image, { command: shell("compilers", compilers) }));
  try {
    await engine.start(name);
    await engine.wait(name);
    return await engine.logs(name);
  } finally {
    await engine.remove(name, { force: true });
  }
}
