import type {
  BinaryFile,
  ContainerPart,
  Declarations,
  FileItem,
  FilePart,
  Ini,
  MergedContent,
  OperatorContent,
} from "#model";
import { fileBytes } from "#model";
import { KollaError, sha256 } from "#support";
import { type IniDocument, iniFromValues, mergeIni, parseIni, printIni } from "../config/ini.ts";
import type { OverrideFile } from "./override-files.ts";
import type { Compilation, PlacedContainer } from "./placed.ts";
import { setOf } from "./placed.ts";

const IN_CONTAINER = "/var/lib/kolla/config_files";

/** What a file holds, as the item on the host says it. */
type Content = Pick<FileItem, "content" | "encoding">;

/** A file of a container with what it holds. */
interface Filled extends Content {
  part: FilePart;
}

/** The files of a container on its host: config.json, what the service configures, and the operator's policy. */
export function containerFiles(placed: PlacedContainer, compilation: Compilation): FileItem[] {
  const directory = directoryOf(placed, compilation);
  const files = filledFiles(placed, compilation);
  const parts = files.map(({ part }) => part);
  const start = configJson(placed, parts, logDirectory(placed, compilation));
  const value = (option: string) => compilation.evaluation.value(option, placed.host);
  return [
    { name: "config.json", content: start, sensitive: false },
    ...files.map(({ part: { name, sensitive = true }, ...held }) => ({ name, sensitive, ...held })),
  ].map(({ name, ...held }) => ({
    kind: "file",
    id: `file:${directory}/${name}`,
    set: setOf(placed.service, placed.declaration.set),
    needs: [],
    path: `${directory}/${name}`,
    mode: "0660",
    owner: String(value("config_owner_user")),
    group: String(value("config_owner_group")),
    ...held,
  }));
}

/** Path → SHA-256 of files. */
export function fileHashes(files: readonly FileItem[]): Record<string, string> {
  return Object.fromEntries(files.map((file) => [file.path, sha256(fileBytes(file))]));
}

/** The container's files without those that only an operator would bring and that he did not; problems are kept. */
function filledFiles(placed: PlacedContainer, compilation: Compilation): Filled[] {
  const policy = policyFile(placed, compilation);
  const parts = [...(placed.part.files ?? []), ...(policy ? [policy] : [])];
  return parts.flatMap((part) => {
    const held = compilation.attempt(() => contentOf(part, placed, compilation, policy)) ?? { content: "" };
    return held === "absent" ? [] : [{ part, ...held }];
  });
}

/** "/etc/kolla/keystone" */
function directoryOf({ definition, host }: PlacedContainer, { evaluation }: Compilation): string {
  return `${evaluation.value("node_config_directory", host)}/${definition}`;
}

/** What kolla_set_configs does at the container's start. */
function configJson({ part }: PlacedContainer, files: readonly FilePart[], log: string | undefined): string {
  const json = {
    command: part.command,
    config_files: files.map((file) => ({
      source: `${IN_CONTAINER}/${file.name}`,
      dest: file.dest,
      owner: file.owner ?? part.account,
      perm: file.perm ?? "0600",
    })),
    ...(log && { directories: [{ path: log, owner: ofGroupKolla(part), perm: "0755" }] }),
    permissions: [
      ...(log ? [{ path: log, owner: ofGroupKolla(part), recurse: true }] : []),
      ...(part.permissions ?? []),
    ],
  };
  return `${JSON.stringify(json, null, 4)}\n`;
}

/** The service's directory of logs belongs to its account; containers of root write wherever they like. */
function logDirectory({ service, part }: PlacedContainer, compilation: Compilation): string | undefined {
  const logs = declarationsOf(service.name, compilation)?.logs ?? [];
  if (part.account === "root" || !logs.includes(service.name)) return undefined;
  return `/var/log/kolla/${service.name}`;
}

function declarationsOf(service: string, { declared }: Compilation): Declarations | undefined {
  return declared.find((each) => each.service.name === service)?.declarations;
}

function ofGroupKolla({ account }: Pick<ContainerPart, "account">): string {
  return `${account.split(":")[0]}:kolla`;
}

function contentOf(
  part: FilePart,
  placed: PlacedContainer,
  compilation: Compilation,
  policy: FilePart | undefined,
): Content | "absent" {
  const { content } = part;
  if (typeof content === "string") return { content };
  if ("first" in content) return operatorContent(content, placed, compilation);
  const named = policy && isMainFile(part, placed) ? withPolicy(content.ini, policy.name) : content.ini;
  return { content: merged({ ...content, ini: named }, placed, compilation) };
}

function merged(
  { ini, overrides }: MergedContent,
  placed: PlacedContainer,
  compilation: Compilation,
): string {
  const layers: IniDocument[] = [iniFromValues(ini)];
  for (const path of overrides) {
    const source = compilation.evaluation.overrides.first([path]);
    if (source) layers.push(parseIni(rendered(source, placed, compilation), source.path));
  }
  return printIni(mergeIni(layers));
}

function operatorContent(
  { first, otherwise, asIs }: OperatorContent,
  placed: PlacedContainer,
  compilation: Compilation,
): Content | "absent" {
  const source = compilation.evaluation.overrides.first(first);
  if (!source) return otherwise === undefined ? "absent" : { content: otherwise };
  if (!("text" in source)) return { content: bytesOf(source), encoding: "base64" };
  return { content: asIs ? source.text : rendered(source, placed, compilation) };
}

/** The operator's text for a container. Throws KOLLA_OVERRIDE_BINARY when it is none. */
function rendered(
  source: OverrideFile,
  { host, definition }: PlacedContainer,
  { evaluation }: Compilation,
): string {
  if ("text" in source) return evaluation.text(source, host, definition);
  bytesOf(source);
  throw new KollaError({
    code: "KOLLA_OVERRIDE_BINARY",
    message: "the file is not UTF-8 text, and so it cannot be merged",
    where: { file: source.path },
    hint: "Save it as UTF-8.",
  });
}

function bytesOf({ path, base64 }: BinaryFile): string {
  if (base64 !== undefined) return base64;
  throw new KollaError({
    code: "KOLLA_OVERRIDE_SIZE",
    message: "the file is too large for one of a container's files",
    where: { file: path },
    hint: "Put it on the hosts yourself, and mount it with <container>_extra_volumes.",
  });
}

/** OpenStack's services read policy.yaml by themselves; a file of another name must be told to them. */
function withPolicy(ini: Ini, name: string): Ini {
  return { ...ini, oslo_policy: { policy_file: name, ...ini.oslo_policy } };
}

function isMainFile(file: FilePart, { service, definition }: PlacedContainer): boolean {
  return file.name === `${service.name}.conf` || file.name === `${definition}.conf`;
}

/**
 * The operator's policy, <service>/policy.yaml or policy.json, of a service with accounts or a catalogue entry in
 * Keystone: for each of its programs.
 */
function policyFile(placed: PlacedContainer, compilation: Compilation): FilePart | undefined {
  const { name } = placed.service;
  const declarations = declarationsOf(name, compilation);
  if (!declarations?.users?.length && !declarations?.apis?.some((api) => api.catalogue)) return undefined;
  if (!placed.part.files?.some((file) => isMainFile(file, placed))) return undefined;
  const [file] = ["policy.yaml", "policy.json"].filter((each) =>
    compilation.evaluation.overrides.first([`${name}/${each}`]),
  );
  if (file === undefined) return undefined;
  return {
    name: file,
    dest: `/etc/${name}/${file}`,
    content: { first: [`${name}/${file}`] },
    sensitive: false,
  };
}
