import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import type { Values } from "#model";
import { KollaError, throwProblems } from "#support";
import { releases } from "../../releases/index.ts";
import { type IniDocument, parseIni } from "../config/index.ts";
import { foreignBuildOptions, refusedForeign } from "./foreign-options.ts";
import { checkValue, type RawValue } from "./option-values.ts";
import { type BuildOptionName, buildOptions } from "./options.ts";
import { unknownName } from "./unknown-name.ts";

type Known = Values<typeof buildOptions>;

/** What may be missing even after all is derived. */
type MayBeMissing = "platform" | "bootstrap_mirror";

/** All settings of a build, derived and checked. Paths are absolute. */
export interface BuildSettings extends Omit<Known, MayBeMissing>, Partial<Pick<Known, MayBeMissing>> {
  /** Kolla's own directory: it holds docker/ and releases/. */
  root: string;
  /** Regular expressions that select images by name; they win over profiles. */
  regexes: readonly string[];
  /** The operator's own profiles: name → regular expressions. */
  profiles: Readonly<Record<string, readonly string[]>>;
  /** The operator's own numbers of accounts: name → what differs from the project's. */
  users: Readonly<Record<string, { uid?: number; gid?: number; group?: string }>>;
}

export interface BuildOptionInput {
  root: string;
  /** kolla-build.conf and others that were named; the later win. */
  files?: readonly { text: string; path: string }[];
  /** Flags that were given, under the option's name; booleans as such, all others as text. */
  flags?: Readonly<Record<string, RawValue>>;
  regexes?: readonly string[];
  /** OS_DEFAULT__<OPTION>, as oslo.config reads them, and the proxy variables. */
  environment?: NodeJS.ProcessEnv;
}

const DISTRIBUTIONS = {
  debian: { base_image: "debian", base_tag: "trixie" },
  ubuntu: { base_image: "ubuntu", base_tag: "24.04" },
} as const;

const DEBIAN_NAMES = { x86_64: "amd64", aarch64: "arm64" } as const;

const PROXIES = ["http_proxy", "https_proxy", "ftp_proxy", "no_proxy"].flatMap((name) => [
  name,
  name.toUpperCase(),
]);

/**
 * The settings of a build from flags, environment, file and defaults, in this order of strength.
 * Throws all problems together: KOLLA_BUILD_OPTION_UNKNOWN, KOLLA_BUILD_OPTION_TYPE, KOLLA_BUILD_SECTION_UNKNOWN.
 */
export function resolveBuildOptions(input: BuildOptionInput): BuildSettings {
  const problems: KollaError[] = [];
  const files = (input.files ?? []).map(({ text, path }) => parseIni(text, path));
  const layers: RawValueAt[][] = [
    files.flatMap((file) => fromSection(file, "DEFAULT")),
    fromEnvironment(input.environment ?? {}),
    Object.entries(input.flags ?? {}).map(([name, value]) => ({ name, value })),
  ];
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(buildOptions))
    if (option.default !== undefined) values[name] = option.default;
  for (const given of layers.flat()) {
    const option = buildOptions[given.name as BuildOptionName];
    const foreign = Object.hasOwn(foreignBuildOptions, given.name);
    if (option) values[given.name] = checkValue(option, given, problems);
    else if (foreign) problems.push(...[refusedForeign(given) ?? []].flat());
    else problems.push(unknownName("build option", given.name, ALL_NAMES, given.where));
  }
  const sections = files.map((file) => otherSections(file, problems));
  const rest = {
    profiles: Object.assign({}, ...sections.map(({ profiles }) => profiles)),
    users: Object.assign({}, ...sections.map(({ users }) => users)),
  } as ReturnType<typeof otherSections>;
  throwProblems("KOLLA_BUILD_OPTIONS", problems);
  return derive(
    { ...(values as Partial<Known>), ...rest, root: input.root, regexes: input.regexes ?? [] },
    input.environment ?? {},
  );
}

const ALL_NAMES = [...Object.keys(buildOptions), ...Object.keys(foreignBuildOptions)];

type Underived = Partial<Known> & Pick<BuildSettings, "root" | "regexes" | "profiles" | "users">;

/** Fills in what depends on other options. */
function derive(values: Underived, environment: NodeJS.ProcessEnv): BuildSettings {
  const given = values as Underived & Known;
  const base = { ...DISTRIBUTIONS[given.base], ...withoutUndefined(given) };
  const release = releases[given.openstack_release];
  if (release && !release.distributions.some(({ name }) => name === given.base)) refuseBase(given);
  refuseBaseTag(given);
  refuseInstallType(given);
  const branch = given.openstack_branch ?? `stable-${given.openstack_release}`;
  return {
    ...given,
    ...base,
    install_type: given.install_type ?? release?.installTypes[0] ?? "binary",
    debian_arch: given.debian_arch ?? DEBIAN_NAMES[given.base_arch],
    openstack_branch: branch,
    openstack_branch_slashed: given.openstack_branch_slashed ?? branch.replace("stable-", "stable/"),
    tag: given.tag ?? `${given.openstack_release}-${given.base}-${base.base_tag}`,
    threads: given.threads ?? availableParallelism(),
    build_args: {
      ...proxyArguments(environment),
      ...(given.pip_index_url && { PIP_INDEX_URL: given.pip_index_url }),
      ...given.build_args,
    },
    docker_dir: given.docker_dir.map((path) => resolve(path)),
    template_override: given.template_override.map((path) => resolve(path)),
    patches_path: given.patches_path && resolve(given.patches_path),
    extra_ca: given.extra_ca && resolve(given.extra_ca),
    work_dir: given.work_dir && resolve(given.work_dir),
    logs_dir: given.logs_dir && resolve(given.logs_dir),
  };
}

function refuseBase(given: Known): never {
  const names = releases[given.openstack_release]?.distributions.map(({ name }) => name) ?? [];
  throw new KollaError({
    code: "KOLLA_BUILD_BASE",
    message: `Release ${given.openstack_release} is not made for ${given.base}`,
    hint: `Use --base ${names.join(" or ")}`,
  });
}

/** Templates name packages of one version of a distribution; an image of the operator's own may have any tag. */
function refuseBaseTag({ base, base_image, base_tag, openstack_release }: Known): void {
  const made = releases[openstack_release]?.distributions.find(({ name }) => name === base);
  if (!made || !base_tag || base_tag.startsWith(made.tag)) return;
  if (base_image !== undefined && base_image !== DISTRIBUTIONS[base].base_image) return;
  throw new KollaError({
    code: "KOLLA_BUILD_BASE",
    message: `Release ${openstack_release} is made for ${base} ${made.tag}, not ${base_tag}`,
    hint: "Leave base_tag out, or name an image of your own in base_image.",
  });
}

/** An install type that the release has not: no distribution here has packages of it, or nobody locked its sources. */
function refuseInstallType({ install_type, openstack_release }: Known): void {
  const installTypes: readonly string[] = releases[openstack_release]?.installTypes ?? [];
  if (install_type === undefined || installTypes.includes(install_type)) return;
  throw new KollaError({
    code: "KOLLA_BUILD_INSTALL_TYPE",
    message: `Release ${openstack_release} can be built of type ${installTypes.join(" or ")} only, not ${install_type}`,
    hint: "Leave install_type out.",
  });
}

function proxyArguments(environment: NodeJS.ProcessEnv): Record<string, string> {
  const set = PROXIES.filter((name) => environment[name]);
  return Object.fromEntries(set.map((name) => [name, environment[name] ?? ""]));
}

function fromSection(file: IniDocument, section: string): RawValueAt[] {
  const keys = [...(file.sections.get(section) ?? [])];
  return keys.map(([key, assignments]) => {
    const where = assignments.at(-1)?.where;
    const texts = assignments.flatMap(({ lines }) => lines);
    const value = texts.length === 1 ? (texts[0] ?? "") : texts;
    return { name: key, value, ...(where && { where }) };
  });
}

type RawValueAt = Parameters<typeof checkValue>[1];

function fromEnvironment(environment: NodeJS.ProcessEnv): RawValueAt[] {
  const prefix = "OS_DEFAULT__";
  const names = Object.keys(environment).filter((name) => name.startsWith(prefix));
  return names.map((variable) => ({
    name: variable.slice(prefix.length).toLowerCase(),
    value: environment[variable] ?? "",
    where: { file: "environment", key: variable },
  }));
}

/** The operator's profiles and accounts; any other section would be silently without effect, so it is refused. */
function otherSections(file: IniDocument, problems: KollaError[]): Pick<BuildSettings, "profiles" | "users"> {
  const users: Record<string, { uid?: number; gid?: number; group?: string }> = {};
  for (const [section, keys] of file.sections) {
    if (section === "DEFAULT" || section === "profiles" || (section === "" && keys.size === 0)) continue;
    if (section.endsWith("-user"))
      users[section.slice(0, -"-user".length)] = account(file, section, problems);
    else problems.push(unknownSection(section, keys));
  }
  const profiles = fromSection(file, "profiles").map(({ name, value }) => [name, wordsOf(value)] as const);
  return { profiles: Object.fromEntries(profiles), users };
}

function wordsOf(value: RawValue): string[] {
  return String(value)
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);
}

function account(
  file: IniDocument,
  section: string,
  problems: KollaError[],
): { uid?: number; gid?: number; group?: string } {
  const result: { uid?: number; gid?: number; group?: string } = {};
  for (const { name, value, where } of fromSection(file, section)) {
    if (name === "group") result.group = String(value);
    else if (name === "uid" || name === "gid")
      result[name] = checkValue(
        { type: "count", default: 0, doc: "" },
        { name, value, ...(where && { where }) },
        problems,
      ) as number;
    else problems.push(unknownName("key", name, ["uid", "gid", "group"], where));
  }
  return result;
}

function unknownSection(
  section: string,
  keys: ReadonlyMap<string, readonly { where?: { file?: string; line?: number } }[]>,
): KollaError {
  const where = [...keys.values()][0]?.[0]?.where;
  if (section === "")
    return new KollaError({
      code: "KOLLA_BUILD_SECTION_UNKNOWN",
      message: `${[...keys.keys()].join(", ")} stands before the first section`,
      hint: "Put [DEFAULT] on the line before it.",
      ...(where && { where }),
    });
  if (["type", "location", "reference", "version"].some((key) => keys.has(key)))
    return new KollaError({
      code: "KOLLA_BUILD_SECTION_UNKNOWN",
      message: `[${section}] names a source, but sources and their versions are the release's lock here`,
      hint: "Remove the section; patches_path and template_override can change what is installed.",
      ...(where && { where }),
    });
  const known = ["DEFAULT", "profiles"];
  const error = unknownName("section", section, known, where);
  return new KollaError({
    code: "KOLLA_BUILD_SECTION_UNKNOWN",
    message: error.message,
    hint:
      error.hint ??
      "Sections are [DEFAULT], [profiles] and [<account>-user]; sources are the release's locks",
    ...(where && { where }),
  });
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
}
