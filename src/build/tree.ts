import { join } from "node:path";
import { INSTALL_TYPE_TAG, OPENSTACK_BASE, type Project } from "#model";
import { KollaError, nearest, reachable, throwProblems, topologicalOrder } from "#support";
import { releases } from "../../releases/index.ts";
import type { TracedLine } from "../template/index.ts";
import { referencesOf, renameReferences } from "./dockerfile.ts";
import { findFolders } from "./folders.ts";
import { type RenderRequest, renderAll, renderTraced } from "./render.ts";
import type { BuildSettings } from "./settings.ts";
import { isWhole, parentOf, type TemplateFolder } from "./skeleton.ts";
import { imageReference, templateVariables } from "./variables.ts";

/** One image of the tree, rendered, its context not yet read. */
export interface Image {
  name: string;
  project: Project;
  /** Directories of its files, the one that wins last. */
  folders: readonly string[];
  /** Rendered; empty when its template is broken. */
  dockerfile: string;
  reference: string;
  /** The image of this tree that it stands on; undefined for a root. */
  parent?: string;
  /** Images of this tree that must be there first: its parent and those its stages use. */
  needs: readonly string[];
  /** References of images from elsewhere that it is made of. */
  bases: readonly string[];
  /** What is wrong with its template or its parent. */
  problems: readonly KollaError[];
  /** Why it cannot be built here, when that is known. */
  unbuildable?: string;
}

export interface Tree {
  /** Parents before children. */
  images: ReadonlyMap<string, Image>;
}

/** Finds, renders and links all images. A template that is broken is a problem of its image, see refuseBroken. */
export async function loadTree(settings: BuildSettings, projects: readonly Project[]): Promise<Tree> {
  const request = await renderRequest(settings, projects);
  const { folders } = request;
  const rendered = await renderAll(request);
  const names = new Map([...folders.keys()].map((name) => [imageReference(settings, name), name]));
  const linked = { settings, projects, names, folders: new Set(folders.keys()) };
  const images = [...folders.values()].map((folder) =>
    link(folder, rendered.get(folder.image) ?? "", linked),
  );
  return ofInstallType({ images: inOrder(images) }, settings, projects);
}

/** The Dockerfile of one image, each line with the place in a template that it came from. */
export async function tracedDockerfile(
  settings: BuildSettings,
  projects: readonly Project[],
  image: string,
): Promise<TracedLine[]> {
  return renderTraced(await renderRequest(settings, projects), image);
}

async function renderRequest(settings: BuildSettings, projects: readonly Project[]): Promise<RenderRequest> {
  const trees = [join(settings.root, "docker"), ...settings.docker_dir];
  return {
    folders: await findFolders(trees),
    trees,
    variables: templateVariables(settings, projects),
    overrides: settings.template_override,
  };
}

/** Throws what is wrong with these images' templates and parents, all together: KOLLA_TEMPLATE_…, KOLLA_BUILD_PARENT. */
export function refuseBroken(tree: Tree, names: readonly string[]): void {
  const problems = names.flatMap((name) => tree.images.get(name)?.problems ?? []);
  throwProblems("KOLLA_BUILD_TEMPLATES", problems);
}

interface Linking {
  settings: BuildSettings;
  projects: readonly Project[];
  /** Reference of each image → its name. */
  names: ReadonlyMap<string, string>;
  folders: ReadonlySet<string>;
}

function link(folder: TemplateFolder, rendered: string | KollaError, linking: Linking): Image {
  const { settings, names } = linking;
  const image = {
    name: folder.image,
    project: projectOf(folder.project, linking.projects),
    folders: folder.folders,
    reference: imageReference(settings, folder.image),
  };
  if (typeof rendered !== "string") return unrendered(image, folder, rendered, linking);
  const { from, all } = referencesOf(rendered);
  const parent = names.get(from);
  return withReason(settings, {
    ...image,
    dockerfile: rendered,
    needs: all.flatMap((reference) => names.get(reference) ?? []),
    bases: all.filter((reference) => !names.has(reference)),
    problems: strangers(folder.image, all, names, settings),
    ...(parent !== undefined && { parent }),
  });
}

/** Its parent is known by rule, so that lists and selections are right even so. */
function unrendered(
  image: Pick<Image, "name" | "project" | "folders" | "reference">,
  folder: TemplateFolder,
  problem: KollaError,
  { folders }: Linking,
): Image {
  const parent = isWhole(folder) ? undefined : parentOf(folder, folders);
  const needs = parent !== undefined && folders.has(parent) ? [parent] : [];
  const broken = { ...image, dockerfile: "", needs, bases: [], problems: [problem] };
  return needs[0] === undefined ? broken : { ...broken, parent: needs[0] };
}

/** All images that stand on this one, however far. */
export function descendantsOf(tree: Tree, image: string): Set<string> {
  const children = new Map<string, string[]>();
  for (const { name, needs } of tree.images.values())
    for (const need of needs) children.set(need, [...(children.get(need) ?? []), name]);
  return reachable(image, (name) => children.get(name) ?? []);
}

/** All images that this one stands on, however far. */
export function ancestorsOf(tree: Tree, image: string): Set<string> {
  return reachable(image, (name) => tree.images.get(name)?.needs ?? []);
}

function inOrder(images: readonly Image[]): Map<string, Image> {
  const byName = new Map(images.map((image) => [image.name, image]));
  const order = topologicalOrder([...byName.keys()], (name) => byName.get(name)?.needs ?? []);
  return new Map(order.flatMap((name) => [[name, byName.get(name) as Image]]));
}

/**
 * Templates write one tag. Images that hold OpenStack get the install type's behind it, wherever they are named; those
 * of a project that the release has no source of say so, lest packages be called a source install.
 */
function ofInstallType(tree: Tree, settings: BuildSettings, projects: readonly Project[]): Tree {
  const typed = new Set([OPENSTACK_BASE, ...descendantsOf(tree, OPENSTACK_BASE)]);
  const images = [...tree.images.values()];
  const end = INSTALL_TYPE_TAG[settings.install_type];
  const written = images.filter(({ name }) => typed.has(name)).map(({ reference }) => reference);
  const names = new Map(written.map((reference) => [reference, `${reference}${end}`]));
  const sources = releases[settings.openstack_release]?.projects ?? {};
  const lacksSource = ({ name, project }: Image): boolean =>
    settings.install_type === "source" &&
    typed.has(name) &&
    name !== OPENSTACK_BASE &&
    projects.includes(project) &&
    sources[project.name] === undefined;
  const changed = images.map((image): Image => {
    const reference = names.get(image.reference) ?? image.reference;
    const named = { ...image, reference, dockerfile: renameReferences(image.dockerfile, names) };
    if (image.unbuildable !== undefined || !lacksSource(image)) return named;
    return {
      ...named,
      unbuildable: `release ${settings.openstack_release} has no source of ${image.project.name}`,
    };
  });
  return { images: new Map(changed.map((image) => [image.name, image])) };
}

/** References that look like ours and are no image of this tree: mostly a misspelt parent. */
function strangers(
  image: string,
  references: readonly string[],
  names: ReadonlyMap<string, string>,
  settings: BuildSettings,
): KollaError[] {
  const [start = "", end = ""] = imageReference(settings, "\0").split("\0");
  const base = `${settings.base_image}:${settings.base_tag}`;
  const looksOurs = (one: string): boolean => one.startsWith(start) && one.endsWith(end) && one !== base;
  const wrong = references.filter((one) => looksOurs(one) && !names.has(one));
  return wrong.map((reference) => {
    const parent = reference.slice(start.length, reference.length - end.length);
    const near = nearest(parent, names.values());
    return new KollaError({
      code: "KOLLA_BUILD_PARENT",
      message: `The image ${image} stands on ${parent}, which does not exist`,
      ...(near !== undefined && { hint: `Did you mean ${near}?` }),
    });
  });
}

/** A folder of an operator's own tree needs no declaration. */
function projectOf(name: string, projects: readonly Project[]): Project {
  const declared = projects.find((one) => one.name === name);
  return declared ?? { name, summary: "", profile: "aux" };
}

/** `on` of an unbuildable image is a distribution, a processor, or both: "debian+aarch64". */
function withReason(settings: BuildSettings, image: Image): Image {
  const here = [settings.base, settings.base_arch, `${settings.base}+${settings.base_arch}`];
  const reason = (image.project.unbuildable ?? []).find(
    (one) => one.image === image.name && here.includes(one.on),
  );
  return reason ? { ...image, unbuildable: reason.because } : image;
}
