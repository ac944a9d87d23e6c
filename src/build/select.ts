import { KollaError, nearest } from "#support";
import type { BuildSettings } from "./settings.ts";
import { ancestorsOf, descendantsOf, type Image, type Tree } from "./tree.ts";

/** What is to be done with each image of the tree, each list in the tree's order. */
export interface Selection {
  /** To be there at the end: those that were asked for, and all they stand on. */
  wanted: readonly string[];
  /** Left out on request, or because what they stand on cannot be built. */
  skipped: readonly { name: string; because: string }[];
  notMatched: readonly string[];
  /** Of those that were asked for. */
  unbuildable: readonly { name: string; because: string }[];
}

type SelectSettings = Pick<
  BuildSettings,
  "regexes" | "profile" | "profiles" | "skip_parents" | "skip_existing" | "enable_unbuildable"
>;

/** What a cloud with the usual services needs, as kolla-build's profile of this name. */
const DEFAULT_PROFILE = [
  "cron",
  "kolla-toolbox",
  "kolla-agent",
  "fluentd",
  "glance",
  "haproxy",
  "heat",
  "horizon",
  "keepalived",
  "keystone",
  "mariadb",
  "memcached",
  "neutron",
  "nova-",
  "placement",
  "proxysql",
  "openvswitch",
  "rabbitmq",
];
const OUR_PROFILES = ["base", "infra", "main", "aux"];

/**
 * Chooses images: by regular expression (any match in the name), else by profile, else all; what they stand on is added.
 * `present` are names whose tag is in the engine. Throws KOLLA_BUILD_PROFILE, KOLLA_BUILD_REGEX, KOLLA_BUILD_NO_MATCH,
 * KOLLA_BUILD_UNBUILDABLE.
 */
export function selectImages(tree: Tree, settings: SelectSettings, present: ReadonlySet<string>): Selection {
  const matches = matcher(settings);
  const matched = [...tree.images.values()].filter(matches).map(({ name }) => name);
  if (matched.length === 0) throw noMatch(tree, settings);
  const closure = new Set(matched.flatMap((name) => [name, ...ancestorsOf(tree, name)]));
  const unbuildable = settings.enable_unbuildable ? [] : unbuildableOf(tree);
  const impossible = new Map(unbuildable.map(({ name, because }) => [name, because]));
  if (matched.every((name) => impossible.has(name))) throw allUnbuildable(matched, impossible);
  const possible = [...tree.images.keys()].filter((name) => closure.has(name) && !impossible.has(name));
  const skipped = possible.flatMap((name) => {
    const because = reasonToSkip(tree, settings, present, name);
    return because === undefined ? [] : [{ name, because }];
  });
  const left = new Set(skipped.map(({ name }) => name));
  return {
    wanted: possible.filter((name) => !left.has(name)),
    skipped,
    notMatched: [...tree.images.keys()].filter((name) => !closure.has(name)),
    unbuildable: unbuildable.filter(({ name }) => closure.has(name)),
  };
}

function reasonToSkip(
  tree: Tree,
  settings: SelectSettings,
  present: ReadonlySet<string>,
  name: string,
): string | undefined {
  if (settings.skip_parents && descendantsOf(tree, name).size > 0) return "others stand on it (skip_parents)";
  if (settings.skip_existing && present.has(name)) return "it is there (skip_existing)";
  return undefined;
}

function unbuildableOf(tree: Tree): { name: string; because: string }[] {
  const found = new Map<string, string>();
  for (const image of tree.images.values()) {
    const parent = image.needs.find((need) => found.has(need));
    if (image.unbuildable !== undefined) found.set(image.name, image.unbuildable);
    else if (parent !== undefined) found.set(image.name, `it stands on ${parent}`);
  }
  return [...found].map(([name, because]) => ({ name, because }));
}

function matcher(settings: SelectSettings): (image: Image) => boolean {
  if (settings.regexes.length > 0) return byRegex(settings.regexes);
  if (settings.profile.length === 0) return () => true;
  const each = settings.profile.map((profile) => byProfile(profile, settings.profiles));
  return (image) => each.some((matches) => matches(image));
}

function byProfile(
  profile: string,
  own: Readonly<Record<string, readonly string[]>>,
): (image: Image) => boolean {
  const regexes = own[profile] ?? (profile === "default" ? DEFAULT_PROFILE : undefined);
  if (regexes) return byRegex(regexes);
  if (OUR_PROFILES.includes(profile)) return (image) => image.project.profile === profile;
  const near = nearest(profile, [...OUR_PROFILES, "default", ...Object.keys(own)]);
  throw new KollaError({
    code: "KOLLA_BUILD_PROFILE",
    message: `There is no profile "${profile}"`,
    hint:
      near === undefined
        ? `Profiles: ${[...OUR_PROFILES, "default", ...Object.keys(own)].join(", ")}`
        : `Did you mean ${near}?`,
  });
}

function byRegex(regexes: readonly string[]): (image: Image) => boolean {
  const compiled = regexes.map(compile);
  return ({ name }) => compiled.some((regex) => regex.test(name));
}

function compile(regex: string): RegExp {
  try {
    return new RegExp(regex);
  } catch (cause) {
    throw new KollaError({
      code: "KOLLA_BUILD_REGEX",
      message: `"${regex}" is not a regular expression: ${(cause as Error).message}`,
      cause,
    });
  }
}

function allUnbuildable(names: readonly string[], reasons: ReadonlyMap<string, string>): KollaError {
  return new KollaError({
    code: "KOLLA_BUILD_UNBUILDABLE",
    message: names.map((name) => `${name} cannot be built here: ${reasons.get(name)}`).join("\n"),
    hint: "To try even so: --enable-unbuildable",
  });
}

function noMatch(tree: Tree, settings: SelectSettings): KollaError {
  const asked = settings.regexes.length > 0 ? settings.regexes : settings.profile;
  const near = asked.flatMap((one) => nearest(one, tree.images.keys()) ?? []);
  return new KollaError({
    code: "KOLLA_BUILD_NO_MATCH",
    message: `No image is named like ${asked.join(", ")}`,
    hint: near.length > 0 ? `Did you mean ${near.join(", ")}?` : "See all: kolla images list",
  });
}
