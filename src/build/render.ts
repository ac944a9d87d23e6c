import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { KollaError } from "#support";
import { Environment, type Filter, type TracedLine, traceLines } from "../template/index.ts";
import { customized } from "./customizable.ts";
import { fullTemplate, placeStages, type TemplateFolder } from "./skeleton.ts";

export interface RenderRequest {
  folders: ReadonlyMap<string, TemplateFolder>;
  variables: Readonly<Record<string, unknown>>;
  /** Trees that hold macros.j2 and other shared templates; the last that has a file wins. */
  trees: readonly string[];
  /** Paths of operators' override files, in order. */
  overrides: readonly string[];
}

const EXTENDS = /\{%[-+]?\s*extends\b[^%]*%\}\n?/g;

/** The Dockerfile of every image, or what is wrong with its template: that concerns only who builds it. */
export async function renderAll(request: RenderRequest): Promise<Map<string, string | KollaError>> {
  const render = await renderer(request);
  const rendered = new Map<string, string | KollaError>();
  for (const image of request.folders.keys()) {
    try {
      rendered.set(image, tidy(placeStages(render(image))));
    } catch (error) {
      if (!(error instanceof KollaError)) throw error;
      rendered.set(image, error);
    }
  }
  return rendered;
}

/** The Dockerfile of one image, each line with the file and line of the template that it came from. */
export async function renderTraced(request: RenderRequest, image: string): Promise<TracedLine[]> {
  const render = await renderer(request, true);
  return traceLines(placeStages(render(image)));
}

/** Renders an image by its name. */
async function renderer(request: RenderRequest, marked = false): Promise<(image: string) => string> {
  const override = await readOverrides(request.overrides);
  const environment = new Environment({
    loader: (name) => load(name, request),
    filters: { customizable },
    globals: { raise_error: refuse },
    marked,
  });
  const overriding =
    override === undefined ? undefined : environment.fromString(override, request.overrides.join(" + "));
  return (image) => {
    const own = environment.getTemplate(image);
    const context = { ...request.variables, image_name: image, parent_template: own };
    return (overriding ?? own).render(context);
  };
}

const customizable: Filter = function (value, kind) {
  return customized(value, String(this.resolve("image_name")), String(kind), (name) => this.resolve(name));
};

function load(name: string, request: RenderRequest): { source: string; path: string } | undefined {
  const folder = request.folders.get(name);
  if (folder) {
    const path = join(folder.folders.at(-1) ?? "", "Dockerfile.j2");
    return { source: fullTemplate(folder, request.folders), path };
  }
  const path = request.trees.map((tree) => join(tree, name)).findLast((one) => existsSync(one));
  return path === undefined ? undefined : { source: readFileSync(path, "utf8"), path };
}

/** Several files act as one: the first may extend the template, the others' `extends` would be a second. */
async function readOverrides(paths: readonly string[]): Promise<string | undefined> {
  if (paths.length === 0) return undefined;
  const texts = await Promise.all(paths.map(readOverride));
  return texts.map((text, index) => (index === 0 ? text : text.replace(EXTENDS, ""))).join("\n");
}

async function readOverride(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new KollaError({
      code: "KOLLA_BUILD_OVERRIDE",
      message: `The template override ${path} cannot be read: ${(cause as Error).message}`,
      cause,
    });
  }
}

function refuse(message: unknown): never {
  throw new KollaError({ code: "KOLLA_TEMPLATE_RAISED", message: String(message) });
}

/** Templates leave blank lines behind; inside a continued instruction the engine warns of them. */
function tidy(dockerfile: string): string {
  const text = dockerfile.replace(/[ \t]+$/gm, "").replace(/\\\n(\s*\n)+/g, "\\\n");
  return `${text.replace(/\n{3,}/g, "\n\n").trim()}\n`;
}
