import { readFile } from "node:fs/promises";
import type { HostFacts, ObservedHost, ResolvedHost, ResolvedSite } from "#model";
import { invariant, KollaError, stopwatch, type Where } from "#support";
import { type OperatorDirectory, readOperatorDirectory } from "../config/index.ts";
import { extraVarPlaces, inventoryPlaces } from "./places.ts";
import { type PlaybookOutcome, playPlaybook } from "./playbook.ts";
import type { AnsibleSettings, OnEvent, Unreachable } from "./settings.ts";
import { type Workspace, withWorkspace } from "./workspace.ts";

export interface Resolution {
  site: ResolvedSite;
  /** Hosts that --limit chooses (all without it), each with what its agent saw or why nothing was seen. */
  observed: Readonly<Record<string, ObservedHost | Unreachable>>;
  /** Variables that Ansible could not evaluate, by place and host. Nothing was thrown for them: an unused one does no harm. */
  problems: readonly KollaError[];
  /** `ansible`: all of Ansible's; `start`, `Gather facts`, `Observe`, `Evaluate variables`: parts of it. */
  seconds: Readonly<Record<string, number>>;
}

/** What the plugin kolla_resolve writes for a host. */
interface HostDocument {
  host: string;
  variables: Record<string, unknown>;
  problems: Record<string, string>;
  facts: HostFacts | null;
}

/** What it writes once. */
interface SiteDocument {
  groups: Record<string, string[]>;
  /** Hosts of --limit. */
  chosen: string[];
  /** Encrypted overrides, decrypted. */
  overrides: Record<string, string>;
}

/**
 * Lets Ansible evaluate the operator's variables for every host, gathers facts and observes the hosts of --limit.
 * Throws KOLLA_CONFIG_* and KOLLA_YAML_* of the operator's files, KOLLA_ANSIBLE_* when Ansible could not run,
 * KOLLA_INVENTORY_EMPTY. A host out of reach is no error: its facts are empty and `observed` says why.
 */
export async function resolveSite(
  settings: AnsibleSettings,
  onEvent: OnEvent,
  signal?: AbortSignal,
): Promise<Resolution> {
  const directory = await readOperatorDirectory(settings.configDirectory, settings.passwords);
  return withWorkspace(async (workspace) => {
    const clock = stopwatch();
    const variables = await ownVariables(settings, directory, workspace);
    const outcome = await playPlaybook({
      settings,
      playbook: "resolve",
      files: directory,
      variables,
      workspace,
      onEvent,
      ...(signal ? { signal } : {}),
    });
    const ansible = clock();
    const whole = await readSite(workspace);
    const hosts = await readHosts(workspace, whole);
    const site = await siteOf(settings, directory, hosts, whole);
    return {
      site,
      observed: await readObserved(workspace, hosts, whole.chosen, outcome),
      problems: hosts.flatMap((host) => problemsOf(host, site.places)),
      seconds: { ...outcome.seconds, ansible },
    };
  });
}

async function ownVariables(
  settings: AnsibleSettings,
  directory: OperatorDirectory,
  workspace: Workspace,
): Promise<Record<string, unknown>> {
  const vaulted = directory.vaulted.map((name) => [name, directory.overrides[name]?.path]);
  return {
    kolla_carrier_directory: workspace.directory,
    kolla_carrier_agent_image: settings.agentImage,
    kolla_carrier_vaulted: Object.fromEntries(vaulted),
    ...(settings.limit ? { kolla_carrier_limit: await limitPattern(settings.limit) } : {}),
  };
}

/** Ansible reads "@file" only on its own command line, where it would keep the other hosts' facts from us. */
async function limitPattern(limit: string): Promise<string> {
  const parts = limit.split(",").map(async (part) => {
    if (!part.startsWith("@")) return part;
    const text = await readFile(part.slice(1), "utf8").catch((cause: unknown) => {
      throw new KollaError({
        code: "KOLLA_LIMIT_FILE",
        message: "the file of hosts that --limit names cannot be read",
        hint: "Name hosts or groups, or an existing file after the @.",
        where: { file: part.slice(1) },
        cause,
      });
    });
    return text.split(/\s+/).filter(Boolean).join(",");
  });
  return (await Promise.all(parts)).join(",");
}

async function readSite(workspace: Workspace): Promise<SiteDocument> {
  const site = await workspace.readJson(workspace.path("site.json"));
  if (site !== undefined) return site as SiteDocument;
  throw new KollaError({
    code: "KOLLA_INVENTORY_EMPTY",
    message: "the inventory has no hosts",
    hint: "Add hosts to the groups control, network, compute, storage and monitoring.",
  });
}

async function readHosts(workspace: Workspace, site: SiteDocument): Promise<HostDocument[]> {
  const names = site.groups.all ?? [];
  return Promise.all(
    names.map(async (host) => {
      const document = await workspace.readJson(workspace.hostFile(host, "resolved.json"));
      invariant(document !== undefined, `no variables were written for ${host}`);
      return document as HostDocument;
    }),
  );
}

async function siteOf(
  settings: AnsibleSettings,
  directory: OperatorDirectory,
  documents: readonly HostDocument[],
  whole: SiteDocument,
): Promise<ResolvedSite> {
  const overrides = { ...directory.overrides };
  for (const [name, text] of Object.entries(whole.overrides))
    overrides[name] = { text, path: directory.overrides[name]?.path ?? name };
  return {
    hosts: documents.map(hostOf),
    groups: whole.groups,
    overrides,
    configDirectory: settings.configDirectory,
    places: {
      ...(await inventoryPlaces(settings.inventory)),
      ...directory.places,
      ...(await extraVarPlaces(settings.extraVars)),
    },
  };
}

function hostOf(document: HostDocument): ResolvedHost {
  return {
    name: document.host,
    variables: document.variables,
    facts: document.facts ?? unknownFacts(document.host),
  };
}

/** Facts of a host that is out of reach: nothing that would make anything work by chance. */
function unknownFacts(host: string): HostFacts {
  return {
    nodename: host,
    cpus: 0,
    memoryMiB: 0,
    distribution: "",
    distributionVersion: "",
    interfaces: {},
    initSystem: "",
    pythonVersion: "",
  };
}

async function readObserved(
  workspace: Workspace,
  hosts: readonly HostDocument[],
  chosen: readonly string[],
  outcome: PlaybookOutcome,
): Promise<Record<string, ObservedHost | Unreachable>> {
  const entries = hosts
    .filter(({ host }) => chosen.includes(host))
    .map(async ({ host, facts }) => {
      const seen = await workspace.readJson(workspace.hostFile(host, "observed.json"));
      const usable = seen !== undefined && facts !== null;
      return [host, usable ? (seen as ObservedHost) : { unreachable: reasonOf(host, outcome) }] as const;
    });
  return Object.fromEntries(await Promise.all(entries));
}

/** A host that cannot be reached says the same at each task. */
function reasonOf(host: string, outcome: PlaybookOutcome): string {
  return [...new Set(outcome.failures[host] ?? ["no reason was given"])].join("\n");
}

function problemsOf(document: HostDocument, places: Readonly<Record<string, Where>>): KollaError[] {
  return Object.entries(document.problems).map(
    ([name, message]) =>
      new KollaError({
        code: "KOLLA_VARIABLE_UNRESOLVED",
        message: `${name} cannot be evaluated for ${document.host}: ${message}`,
        hint: "Mend the Jinja2 expression, or set the variable that it needs.",
        where: { ...places[name], key: name, host: document.host },
      }),
  );
}
