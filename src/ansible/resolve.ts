import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { HostFacts, HostRecords, ObservedHost, ResolvedHost, ResolvedSite } from "#model";
import { KollaError, stopwatch, throwProblems, type Where } from "#support";
import {
  decodeText,
  type OperatorDirectory,
  type RepeatedKey,
  readOperatorDirectory,
  readOverrides,
} from "../config/index.ts";
import { extraVarPlaces, extraVarProblems, inventoryPlaces, type Places } from "./places.ts";
import { noAnswer, type PlaybookOutcome, playPlaybook } from "./playbook.ts";
import type { AnsibleSettings, OnEvent, Unreachable } from "./settings.ts";
import { unevaluated } from "./unevaluated.ts";
import { unresolvedHint } from "./unresolved.ts";
import { hasVaultPassword } from "./vault.ts";
import { type Workspace, withWorkspace } from "./workspace.ts";

export interface Resolution {
  site: ResolvedSite;
  /** Hosts that --limit chooses (all without it), each with what its agent saw or why nothing was seen. */
  observed: Readonly<Record<string, ObservedHost | Unreachable>>;
  /** What the same hosts remember of their past; empty where they were not asked. */
  records: Readonly<Record<string, HostRecords | Unreachable>>;
  /** Variables that Ansible could not evaluate, by place and host. Nothing was thrown for them: an unused one does no harm. */
  problems: readonly KollaError[];
  /** `ansible`: all of Ansible's; `start`, `Gather facts`, `Observe`, `Evaluate variables` and others: parts of it. */
  seconds: Readonly<Record<string, number>>;
}

/** What the agent of a host is asked beside what it always tells. */
export interface HostQuestions {
  /** Names of the kernel's modules. */
  kernelModules: readonly string[];
  /**
   * What it remembers of its past, with the contents of what has one of these names (of all where there are none).
   * Absent: it is not asked.
   */
  records?: { contentsOf?: readonly string[] };
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
  /** Where override files are: node_custom_config. */
  customDirectory: string;
  /** Path of each encrypted override → what it holds, decrypted, in base64. */
  overrides: Record<string, string>;
  /** Path of each that no password opened → why. */
  locked: Record<string, string>;
  references: string[];
}

/**
 * Lets Ansible evaluate the operator's variables for every host, gathers facts and observes the hosts of --limit.
 * Throws KOLLA_CONFIG_* and KOLLA_YAML_* of the operator's files, KOLLA_ANSIBLE_* when Ansible could not run,
 * KOLLA_INVENTORY_EMPTY. A host out of reach is no error: its facts are empty and `observed` says why.
 */
export async function resolveSite(
  settings: AnsibleSettings,
  questions: HostQuestions,
  onEvent: OnEvent,
  signal?: AbortSignal,
): Promise<Resolution> {
  const directory = await readOperatorDirectory(settings.configDirectory, settings.passwords);
  throwProblems("KOLLA_CONFIG", [
    ...lockedOut(settings, directory),
    ...(await extraVarProblems(settings.extraVars)),
  ]);
  return withWorkspace(async (workspace) => {
    const clock = stopwatch();
    const variables = await ownVariables(settings, questions, workspace);
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
    const places = {
      ...(await inventoryPlaces(settings.inventory)),
      ...directory.places,
      ...(await extraVarPlaces(settings.extraVars)),
    };
    const whole = await readSite(workspace, outcome, places);
    const hosts = await readHosts(workspace, whole, outcome, places);
    const files = await overridesOf(directory, whole);
    const site = siteOf(settings, hosts, places, { ...whole, ...files });
    const chosen = hosts.filter(({ host }) => whole.chosen.includes(host));
    const looks = await Promise.all(chosen.map((each) => readLook(workspace, each, outcome)));
    return {
      site,
      observed: Object.fromEntries(looks.map(({ host, seen }) => [host, seen])),
      records: questions.records ? Object.fromEntries(looks.map(({ host, told }) => [host, told])) : {},
      problems: [
        ...hosts.flatMap((host) => problemsOf(host, site.places)),
        ...missingDirectory(whole, site.places),
        ...directory.repeated.map(setAgain),
      ],
      seconds: { ...outcome.seconds, ansible },
    };
  });
}

/** Encrypted files for which no password was named at all: Ansible would not say which files. */
function lockedOut(settings: AnsibleSettings, { encrypted }: OperatorDirectory): KollaError[] {
  if (hasVaultPassword(settings) || process.env.ANSIBLE_CONFIG) return [];
  return encrypted.map((file) => lockedFile([file, "no password for Ansible Vault was given"]));
}

async function ownVariables(
  settings: AnsibleSettings,
  { kernelModules, records }: HostQuestions,
  workspace: Workspace,
): Promise<Record<string, unknown>> {
  if (records) await workspace.write(workspace.path("records.json"), JSON.stringify(records));
  return {
    kolla_carrier_asks_records: records !== undefined,
    kolla_carrier_directory: workspace.directory,
    kolla_carrier_agent_image: settings.agentImage,
    kolla_carrier_kernel_modules: kernelModules,
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

async function readSite(
  workspace: Workspace,
  outcome: PlaybookOutcome,
  places: Places,
): Promise<SiteDocument> {
  const site = await workspace.readJson(workspace.path("site.json"));
  if (site !== undefined) return site as SiteDocument;
  throwProblems("KOLLA_INVENTORY", unevaluated(Object.keys(outcome.failures), outcome, places));
  throw emptyInventory();
}

function emptyInventory(): KollaError {
  return new KollaError({
    code: "KOLLA_INVENTORY_EMPTY",
    message: "the inventory has no hosts",
    hint: "Add hosts to the groups control, network, compute, storage and monitoring.",
  });
}

/** The hosts of the group that Kolla's inventories gather them in; the one from which one deploys need not be of it. */
async function readHosts(
  workspace: Workspace,
  { groups }: SiteDocument,
  outcome: PlaybookOutcome,
  places: Places,
): Promise<HostDocument[]> {
  const names = groups.baremetal ?? groups.all ?? [];
  if (names.length === 0) throw emptyInventory();
  const read = await Promise.all(
    names.map(async (host) => {
      const document = await workspace.readJson(workspace.hostFile(host, "resolved.json"));
      return { host, document: document as HostDocument | undefined };
    }),
  );
  const lacking = read.filter(({ document }) => document === undefined).map(({ host }) => host);
  throwProblems("KOLLA_INVENTORY", unevaluated(lacking, outcome, places));
  return read.flatMap(({ document }) => document ?? []);
}

type Overrides = Pick<OperatorDirectory, "overrides" | "binaryOverrides">;

/** The override files of the directory that the operator named, or the usual one; decrypted. */
async function overridesOf(directory: OperatorDirectory, whole: SiteDocument): Promise<Overrides> {
  throwProblems("KOLLA_CONFIG", Object.entries(whole.locked).map(lockedFile));
  const usual = resolve(whole.customDirectory) === resolve(directory.configDirectory, "config");
  const found = usual ? directory : await readOverrides(whole.customDirectory);
  const decrypted = new Map(Object.entries(whole.overrides).map(([path, text]) => [resolve(path), text]));
  const overrides: Record<string, ResolvedSite["overrides"][string]> = {};
  const binaryOverrides = { ...found.binaryOverrides };
  for (const [name, { text, path }] of Object.entries(found.overrides)) {
    const base64 = decrypted.get(resolve(path));
    const plain = base64 === undefined ? text : decodeText(Buffer.from(base64, "base64"));
    if (plain !== undefined) overrides[name] = { text: plain, path };
    else if (base64 !== undefined) binaryOverrides[name] = { path, base64 };
  }
  return { overrides, binaryOverrides };
}

function lockedFile([path, reason]: [string, string]): KollaError {
  return new KollaError({
    code: "KOLLA_CONFIG_VAULT",
    message: `cannot be decrypted: ${reason}`,
    where: { file: path },
    hint: "Give the right password with --vault-password-file, --vault-id or --ask-vault-password.",
  });
}

function setAgain({ where, before }: RepeatedKey): KollaError {
  return new KollaError({
    code: "KOLLA_WARN_KEY_REPEATED",
    message: `${where.key} is set at ${before.length === 1 ? "line" : "lines"} ${before.join(", ")} too, without effect: the last one in the file counts`,
    where,
    hint: "Remove what is not meant.",
  });
}

/** A directory that the operator named and that is not there holds no overrides, which may be a slip. */
function missingDirectory(whole: SiteDocument, places: Readonly<Record<string, Where>>): KollaError[] {
  if (existsSync(whole.customDirectory) || !places.node_custom_config) return [];
  return [
    new KollaError({
      code: "KOLLA_WARN_OVERRIDES_ABSENT",
      message: `node_custom_config is ${whole.customDirectory}, which is not there: nothing is overridden`,
      where: places.node_custom_config,
      hint: "Make the directory, or mend its name.",
    }),
  ];
}

function siteOf(
  settings: AnsibleSettings,
  documents: readonly HostDocument[],
  places: Places,
  whole: Pick<ResolvedSite, "groups" | "overrides" | "binaryOverrides" | "references">,
): ResolvedSite {
  return {
    hosts: documents.map(hostOf),
    groups: whole.groups,
    overrides: whole.overrides,
    ...(whole.binaryOverrides && { binaryOverrides: whole.binaryOverrides }),
    references: whole.references ?? [],
    configDirectory: settings.configDirectory,
    places,
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

/** What an agent that was built before it knew the question does not tell. */
const NOT_TOLD: Unreachable = {
  unreachable: "its agent's image is of an older Kolla, which does not tell: kolla build kolla-agent",
};

/** The one answer of a host's agent: what it saw, and what it remembers where that was asked; or why there is none. */
async function readLook(
  workspace: Workspace,
  { host, facts }: HostDocument,
  outcome: PlaybookOutcome,
): Promise<{ host: string; seen: ObservedHost | Unreachable; told: HostRecords | Unreachable }> {
  const answer = await workspace.readJson(workspace.hostFile(host, "observed.json"));
  if (answer === undefined || facts === null) {
    const none = noAnswer(host, outcome);
    return { host, seen: none, told: none };
  }
  const { records, ...seen } = answer as ObservedHost & { records?: HostRecords };
  return { host, seen, told: records ?? NOT_TOLD };
}

function problemsOf(document: HostDocument, places: Readonly<Record<string, Where>>): KollaError[] {
  return Object.entries(document.problems).map(
    ([name, message]) =>
      new KollaError({
        code: "KOLLA_VARIABLE_UNRESOLVED",
        message: `${name} cannot be evaluated: ${once(message)}`,
        hint: unresolvedHint(message, Object.keys(document.variables)),
        where: { ...places[name], key: name, host: document.host },
      }),
  );
}

/** Ansible tells some reasons twice in one line. */
function once(message: string): string {
  const [first = "", ...others] = message.split(/\. (?=')/);
  return others.every((other) => other === first) ? first : message;
}
