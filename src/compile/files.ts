import type { ContainerPart, Declarations, FileItem, FilePart, Ini } from "#model";
import { sha256 } from "#support";
import { type IniDocument, iniFromValues, mergeIni, parseIni, printIni } from "../config/ini.ts";
import type { Compilation, PlacedContainer } from "./placed.ts";
import { setOf } from "./placed.ts";

const IN_CONTAINER = "/var/lib/kolla/config_files";

/** The files of a container on its host: config.json, what the service configures, and the operator's policy. */
export function containerFiles(placed: PlacedContainer, compilation: Compilation): FileItem[] {
  const directory = directoryOf(placed, compilation);
  const policy = policyFile(placed, compilation);
  const parts = [...(placed.part.files ?? []), ...(policy ? [policy] : [])];
  const files = parts.map((file) => ({
    name: file.name,
    content: compilation.attempt(() => contentOf(file, placed, compilation, policy)) ?? "",
    sensitive: file.sensitive ?? true,
  }));
  const start = {
    name: "config.json",
    content: configJson(placed, parts, logDirectory(placed, compilation)),
    sensitive: false,
  };
  return [start, ...files].map(({ name, content, sensitive }) => ({
    kind: "file",
    id: `file:${directory}/${name}`,
    set: setOf(placed.service, placed.declaration.set),
    needs: [],
    path: `${directory}/${name}`,
    content,
    mode: "0660",
    owner: "root",
    group: "root",
    sensitive,
  }));
}

/** Path → SHA-256 of files. */
export function fileHashes(files: readonly FileItem[]): Record<string, string> {
  return Object.fromEntries(files.map((file) => [file.path, sha256(file.content)]));
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

function ofGroupKolla(part: ContainerPart): string {
  return `${part.account.split(":")[0]}:kolla`;
}

function contentOf(
  file: FilePart,
  placed: PlacedContainer,
  compilation: Compilation,
  policy: FilePart | undefined,
): string {
  if (typeof file.content === "string") return file.content;
  const { ini, overrides } = file.content;
  const own = policy && isMainFile(file, placed) ? withPolicy(ini, policy.name) : ini;
  const layers: IniDocument[] = [iniFromValues(own)];
  for (const path of overrides) {
    const source = compilation.evaluation.overrides.first([path]);
    if (source) layers.push(parseIni(compilation.evaluation.text(source, placed.host), source.path));
  }
  return printIni(mergeIni(layers));
}

/** OpenStack's services read policy.yaml by themselves; a file of another name must be told to them. */
function withPolicy(ini: Ini, name: string): Ini {
  return { ...ini, oslo_policy: { policy_file: name, ...ini.oslo_policy } };
}

function isMainFile(file: FilePart, { service, definition }: PlacedContainer): boolean {
  return file.name === `${service.name}.conf` || file.name === `${definition}.conf`;
}

/** The operator's policy of a service, when it has accounts in Keystone: <service>/policy.yaml or policy.json. */
function policyFile(placed: PlacedContainer, compilation: Compilation): FilePart | undefined {
  const { name } = placed.service;
  const declarations = declarationsOf(name, compilation);
  if (!declarations?.users?.length && !declarations?.apis?.some((api) => api.catalogue)) return undefined;
  for (const file of ["policy.yaml", "policy.json"]) {
    const content = compilation.views.override([`${name}/${file}`], placed.host);
    if (content !== undefined) return { name: file, dest: `/etc/${name}/${file}`, content, sensitive: false };
  }
  return undefined;
}
