import { KollaError } from "#support";

/** Where an image's template comes from, before anything is rendered. */
export interface TemplateFolder {
  image: string;
  project: string;
  /** Directories of the image, the one whose files win last (operators' own trees are laid over ours). */
  folders: readonly string[];
  /** Text of Dockerfile.j2. */
  template: string;
  hasExtendStart: boolean;
}

const JINJA_COMMENT = /\{#[\s\S]*?#\}/g;
const PARENT = /^\s*\{#-?\s*from:\s*([a-z0-9][a-z0-9._-]*)\s*-?#\}/;

/**
 * The image that a body-only template stands on: named by a first-line comment `{# from: openstack-base #}`, else the
 * project's own `<project>-base`, else `base`.
 */
export function parentOf(folder: TemplateFolder, images: ReadonlySet<string>): string {
  const named = PARENT.exec(folder.template)?.[1];
  if (named !== undefined) return named;
  const own = `${folder.project}-base`;
  return images.has(own) && own !== folder.image ? own : "base";
}

/** True when the first instruction of a template is its own FROM: such a file is taken whole. A block of stages is not. */
export function isWhole(folder: TemplateFolder): boolean {
  const text = bodyOf(folder)
    .replace(JINJA_COMMENT, "")
    .replace(/\{%[\s\S]*?%\}/g, "");
  const first = text.split("\n").find((line) => /\S/.test(line) && !/^\s*(#|ARG\s)/i.test(line));
  return /^\s*FROM\s/i.test(first ?? "");
}

/** Marks in a rendered text: where stages go, and the begin and end of what goes there. */
const MARK = { place: "\u0001", begin: "\u0002", end: "\u0003" };
const NEW_LINE = '{{ "\\n" }}';

/**
 * The full template of an image: a body gets FROM, labels, the macros and the blocks that operators override, all by
 * rule from the folder's name. What is added stands on the body's first line or after its last, so that errors name the
 * lines of the file. `<image>_stages` is only marked here; `placeStages` puts its text before the final FROM.
 */
export function fullTemplate(folder: TemplateFolder, all: ReadonlyMap<string, TemplateFolder>): string {
  if (isWhole(folder)) return folder.template;
  const block = blockName(folder);
  const { before, stages, after } = takeStages(folder);
  const body = stages === "" ? before : `${before}${MARK.begin}${stages}${MARK.end}${after}`;
  const head = [
    `{% import "macros.j2" as macros with context %}${MARK.place}`,
    `FROM {{ namespace }}/{{ image_prefix }}${parentOf(folder, new Set(all.keys()))}:{{ tag }}${NEW_LINE}`,
    `{% block labels %}LABEL maintainer="{{ maintainer }}" name="{{ image_name }}"${NEW_LINE}{% endblock %}`,
    `{% block ${block}_header %}{% endblock %}${NEW_LINE}`,
  ].join("");
  return [
    `${head}${body.trimEnd()}`,
    ...copyOfExtendStart(folder, all),
    `{% block ${block}_footer %}{% endblock %}`,
    "{% block footer %}{% endblock %}",
    "",
  ].join("\n");
}

/** Moves the text of marked stages in a rendered Dockerfile to before the final FROM, and takes the marks away. */
export function placeStages(rendered: string): string {
  const [before = "", marked = ""] = rendered.split(MARK.begin);
  const [stages = "", after = ""] = marked.split(MARK.end);
  return `${before}${after}`.replace(MARK.place, () => (stages === "" ? "" : `${stages.trim()}\n`));
}

/**
 * Name of an image's own start script inside it: kolla_extend_start; for a leaf whose base has one already,
 * kolla_<project>_extend_start, which that one sources.
 */
export function extendStartName(folder: TemplateFolder, all: ReadonlyMap<string, TemplateFolder>): string {
  const parent = all.get(parentOf(folder, new Set(all.keys())));
  const isBase = (one: TemplateFolder): boolean => one.image === `${one.project}-base`;
  if (!parent?.hasExtendStart || !isBase(parent)) return "kolla_extend_start";
  return `kolla_${parent.project.replaceAll("-", "_")}_extend_start`;
}

function copyOfExtendStart(folder: TemplateFolder, all: ReadonlyMap<string, TemplateFolder>): string[] {
  if (!folder.hasExtendStart) return [];
  return [`COPY --chmod=0755 extend_start.sh /usr/local/bin/${extendStartName(folder, all)}`];
}

function blockName(folder: TemplateFolder): string {
  return folder.image.replaceAll("-", "_");
}

function bodyOf(folder: TemplateFolder): string {
  const { before, after } = takeStages(folder);
  return before + after;
}

interface Parts {
  before: string;
  /** The block with its tags; empty when there is none. */
  stages: string;
  after: string;
}

const BLOCK_TAG = /\{%[-+]?\s*(block\s+([A-Za-z0-9_]+)[^%]*|endblock[^%]*?)\s*[-+]?%\}/g;

/** Cuts a template at its block of stages, with all that is nested in that. */
function takeStages(folder: TemplateFolder): Parts {
  const { template } = folder;
  const name = `${blockName(folder)}_stages`;
  let depth = 0;
  let start = -1;
  for (const match of template.matchAll(BLOCK_TAG)) {
    const opens = match[2] !== undefined;
    if (start < 0) {
      if (match[2] === name) [start, depth] = [match.index, 1];
      continue;
    }
    depth += opens ? 1 : -1;
    if (depth > 0) continue;
    const end = match.index + match[0].length;
    return {
      before: template.slice(0, start),
      stages: template.slice(start, end),
      after: template.slice(end),
    };
  }
  if (start < 0) return { before: template, stages: "", after: "" };
  throw new KollaError({
    code: "KOLLA_TEMPLATE_BLOCK",
    message: `The block ${name} in the template of ${folder.image} has no end`,
    hint: "Add {% endblock %}",
  });
}
