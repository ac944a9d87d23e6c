import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Desired, FileItem } from "#model";
import { formatError, KollaError, KollaErrors } from "#support";
import { resolveSite } from "../../src/ansible/index.ts";
import { allOptions } from "../../src/app/all-options.ts";
import { type AssessedSite, assessSite, precheckProblems } from "../../src/app/index.ts";
import { secretsOf } from "../../src/app/passwords.ts";
import { makePlan } from "../../src/plan/index.ts";
import { bareHost } from "../../src/plan/site.fixture.ts";
import { encrypt, settingsFor } from "../engine/operator-world.ts";
import { factsOf } from "./facts.ts";

const root = join(import.meta.dirname, "../..");

/** What is said of a set of files besides the files: about.yml in its folder. */
interface About {
  /** In whose manner it is, and what it is there for. */
  about: string;
  /** Hosts of the inventory, each with interface → address with its prefix length. */
  hosts: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Groups of the shipped inventory with these hosts in them; without it the set's own inventory/ is read. */
  groups?: Readonly<Record<string, readonly string[]>>;
  /** Files that are encrypted with the password "open sesame" before the set is read. */
  encrypted?: readonly string[];
  extraVars?: readonly string[];
  /** Files on hosts whose text is compared: "control01:/etc/kolla/nova-api/nova.conf". */
  files?: readonly string[];
}

export interface Reading {
  /** "accepted" or "refused", every problem and warning in the operator's words, and what would run where. */
  report: string;
  /** What it was refused for. */
  problems: readonly KollaError[];
  /** Of the files that about.yml names: host/path → text. */
  files: Readonly<Record<string, string>>;
  /** From the operator's files to the plan of a first deploy. */
  seconds: number;
}

/**
 * Reads a set of an operator's files as `kolla plan` does: Ansible resolves, then compile, prechecks and plan. The hosts
 * are nowhere, and their facts those of about.yml, so that no address is ever asked. `change` may do something to the
 * copy of the files that is read.
 */
export async function readSet(folder: string, change?: (directory: string) => void): Promise<Reading> {
  const about = parse(readFileSync(join(folder, "about.yml"), "utf8")) as About;
  const directory = copyOf(folder, about);
  change?.(directory);
  const began = performance.now();
  const outcome = await assessed(directory, about);
  const { problems, warnings, desired } = outcome;
  const isAccepted = problems.length === 0;
  if (isAccepted) planOf(desired);
  const report = reportOf(problems, warnings, isAccepted ? containersOf(desired) : "");
  return {
    report: report.replaceAll(directory, "~"),
    problems,
    files: wantedFiles(desired, about.files ?? []),
    seconds: (performance.now() - began) / 1000,
  };
}

/** A first deploy on hosts that have nothing yet must have a plan. Throws when it has none. */
function planOf(desired: Desired): void {
  const bare = Object.fromEntries(desired.hosts.map(({ host }) => [host, bareHost(host)]));
  makePlan(desired, bare, { verb: "deploy" });
}

/** The set in a place of its own, with secrets, encrypted files and facts as an operator's machine would have them. */
function copyOf(folder: string, { hosts, groups, encrypted = [] }: About): string {
  const directory = mkdtempSync(join(tmpdir(), "kolla-corpus-"));
  cpSync(folder, directory, { recursive: true });
  if (groups) writeInventory(directory, groups);
  const passwords = join(directory, "etc/passwords.yml");
  writeFileSync(passwords, secrets());
  writeFileSync(join(directory, "vault-password"), "open sesame\n");
  if (encrypted.length > 0) encrypt(directory, ...encrypted);
  mkdirSync(join(directory, "facts"));
  for (const [host, interfaces] of Object.entries(hosts))
    writeFileSync(join(directory, "facts", host), JSON.stringify(factsOf(host, interfaces)));
  return directory;
}

/** A passwords.yml in which every secret is a text that tells where it went. */
function secrets(): string {
  const told = secretsOf(allOptions())
    .filter(([, { secret }]) => secret !== "operator")
    .map(([name, { secret }]) => {
      const text = `secret-of-${name}`;
      return [name, secret === "ssh-key" ? { private_key: text, public_key: text } : text];
    });
  return stringify(Object.fromEntries(told));
}

/** The shipped inventory, its first groups filled with the set's hosts as an operator fills them. */
function writeInventory(directory: string, groups: Readonly<Record<string, readonly string[]>>): void {
  const shipped = readFileSync(join(root, "ansible/inventory/multinode"), "utf8");
  const filled = Object.entries(groups).map(([group, hosts]) => `[${group}]\n${hosts.join("\n")}\n`);
  const rest = shipped.slice(shipped.indexOf("[deployment]"));
  mkdirSync(join(directory, "inventory"), { recursive: true });
  writeFileSync(join(directory, "inventory/multinode"), `${filled.join("\n")}\n${rest}`);
}

type Outcome = Pick<AssessedSite, "desired" | "problems" | "warnings">;

/** What the tool says of the set; all that it lacks on hosts that are nowhere is that they cannot be looked at. */
async function assessed(directory: string, { extraVars = [] }: About): Promise<Outcome> {
  process.env.ANSIBLE_CONNECTION_PLUGINS = join(import.meta.dirname, "connection_plugins");
  const settings = settingsFor(directory, {
    inventory: [join(directory, "inventory")],
    vault: { ids: [], passwordFiles: [join(directory, "vault-password")] },
    factsDirectory: join(directory, "facts"),
    extraVars: [...extraVars, "ansible_connection=nowhere"],
  });
  try {
    const found = await assessSite(
      settings,
      await resolveSite(settings, { kernelModules: [] }, () => undefined),
    );
    const lacking = precheckProblems({ settings, ...found });
    return { ...found, problems: [...found.problems, ...lacking.filter(isNotOfHosts)] };
  } catch (error) {
    if (!(error instanceof KollaError)) throw error;
    const problems = error instanceof KollaErrors ? error.problems : [error];
    return { problems, warnings: [], desired: { hosts: [] } };
  }
}

const isNotOfHosts = ({ code }: KollaError): boolean => code !== "KOLLA_PRECHECK_HOST";

function reportOf(problems: readonly KollaError[], warnings: readonly KollaError[], runs: string): string {
  const verdict = problems.length > 0 ? "refused" : "accepted";
  const told = [...problems, ...warnings].map(formatError);
  return `${[verdict, ...told, runs].filter(Boolean).join("\n\n")}\n`;
}

function containersOf(desired: Desired): string {
  const lines = desired.hosts.map(({ host, items }) => {
    const names = items.flatMap((item) => (item.kind === "container" ? [item.spec.name] : []));
    return `${host}: ${names.sort().join(" ") || "nothing"}`;
  });
  return lines.join("\n");
}

function wantedFiles(desired: Desired, wanted: readonly string[]): Record<string, string> {
  const found = wanted.map((place) => {
    const [host = "", path = ""] = place.split(":");
    const items = desired.hosts.find((each) => each.host === host)?.items ?? [];
    const file = items.find((item): item is FileItem => item.kind === "file" && item.path === path);
    return [`${host}${path}`, file?.content ?? "(there is no such file)\n"] as const;
  });
  return Object.fromEntries(found);
}
