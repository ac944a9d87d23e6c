import { LABEL } from "#model";
import type { Engine, ImageSummary } from "../engine/index.ts";
import { ensureBase } from "./base-image.ts";
import type { ContextFile } from "./context.ts";
import { digestOf } from "./digest.ts";
import { materialsOf } from "./materials.ts";
import { type Selection, selectImages } from "./select.ts";
import type { BuildSettings } from "./settings.ts";
import { ancestorsOf, refuseBroken, type Tree } from "./tree.ts";

/** One image with all that its build needs. */
export interface PlannedImage {
  digest: string;
  files: readonly ContextFile[];
}

export interface BuildPlan {
  selection: Selection;
  images: ReadonlyMap<string, PlannedImage>;
  /** To build, parents before children. */
  build: readonly string[];
  /** There already, with the same digest. */
  present: readonly string[];
  /** Those of them that the engine has under another name only: of another registry, or another tag. */
  rename: readonly { id: string; reference: string }[];
}

export interface PlanRequest {
  tree: Tree;
  settings: BuildSettings;
  engine: Engine;
  onLine: (image: string, line: string) => void;
  signal?: AbortSignal;
}

/** Compares what is wanted with what the engine has. Throws what selectImages, ensureBase and the engine throw. */
export async function planBuild(request: PlanRequest): Promise<BuildPlan> {
  const { tree, settings, engine } = request;
  const inEngine = await engine.images();
  const byReference = new Map(
    inEngine.flatMap((image) => image.references.map((reference) => [reference, image])),
  );
  const tagged = [...tree.images.values()].filter(({ reference }) => byReference.has(reference));
  const selection = selectImages(tree, settings, new Set(tagged.map(({ name }) => name)));
  refuseBroken(tree, [...new Set(selection.wanted.flatMap((name) => [name, ...ancestorsOf(tree, name)]))]);
  const images = await digestAll(request, selection.wanted);
  const byDigest = new Map(inEngine.map(({ id, labels }) => [labels[LABEL.digest], id]));
  const found = selection.wanted.map((name) => {
    const digest = images.get(name)?.digest ?? "";
    const reference = tree.images.get(name)?.reference ?? "";
    return {
      name,
      reference,
      id: byDigest.get(digest),
      named: digest === digestUnder(byReference, reference),
    };
  });
  return {
    selection,
    images,
    present: found.filter(({ id }) => id !== undefined).map(({ name }) => name),
    rename: found.flatMap(({ id, named, reference }) =>
      id === undefined || named ? [] : [{ id, reference }],
    ),
    build: found.filter(({ id }) => id === undefined).map(({ name }) => name),
  };
}

const digestUnder = (images: ReadonlyMap<string, ImageSummary>, reference: string): string | undefined =>
  images.get(reference)?.labels[LABEL.digest];

/** Digests of these images and of all they stand on, whether those are built or left out. */
async function digestAll(
  request: PlanRequest,
  wanted: readonly string[],
): Promise<Map<string, PlannedImage>> {
  const { tree, settings } = request;
  const needed = new Set(wanted.flatMap((name) => [name, ...ancestorsOf(tree, name)]));
  const images = [...tree.images.values()].filter(({ name }) => needed.has(name));
  const bases = await basesOf(request, [...new Set(images.flatMap((image) => image.bases))]);
  const files = await Promise.all(images.map((image) => materialsOf(image, settings)));
  const planned = new Map<string, PlannedImage>();
  for (const [index, image] of images.entries()) {
    const parts = {
      image,
      files: files[index] ?? [],
      bases: Object.fromEntries(image.bases.map((reference) => [reference, bases.get(reference) ?? ""])),
      needs: Object.fromEntries(image.needs.map((need) => [need, planned.get(need)?.digest ?? ""])),
      buildArguments: settings.build_args as Record<string, string>,
      platform: settings.platform ?? "",
    };
    planned.set(image.name, { digest: digestOf(parts, tree), files: parts.files });
  }
  return planned;
}

async function basesOf(request: PlanRequest, references: readonly string[]): Promise<Map<string, string>> {
  const { settings, engine, signal } = request;
  const ids = new Map<string, string>();
  for (const reference of references) {
    const onLine = (line: string): void => request.onLine("base", line);
    ids.set(reference, await ensureBase({ settings, engine, reference, onLine, ...(signal && { signal }) }));
  }
  return ids;
}
