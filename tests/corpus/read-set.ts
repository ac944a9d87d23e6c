import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { Desired, FileItem, ResolvedSite } from "#model";
import { formatError, type KollaError, KollaErrors } from "#support";
import { services } from "../../services/index.generated.ts";
import { resolveSite } from "../../src/ansible/index.ts";
import { allOptions } from "../../src/cli/all-options.ts";
import { fillPasswords } from "../../src/cli/passwords.ts";
import { checkSite, compile, sortedProblems } from "../../src/compile/index.ts";
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
  /** Of the files that about.yml names: host/path → text. */
  files: Readonly<Record<string, string>>;
  /** From the operator's files to the plan of a first deploy. */
  seconds: number;
}

/**
 * Reads a set of an operator's files as `kolla plan` does: Ansible resolves, then compile, prechecks and plan. The hosts
 * are nowhere, and their facts those of about.yml, so that no address is ever asked.
 */
export async function readSet(folder: string): Promise<Reading> {
  const about = parse(readFileSync(join(folder, "about.yml"), "utf8")) as About;
  const directory = copyOf(folder, about);
  const began = performance.now();
  const outcome = await resolved(directory, about);
  const seconds = (): number => (performance.now() - began) / 1000;
  const short = (text: string): string => text.replaceAll(directory, "~");
  if (!("site" in outcome))
    return { report: short(reportOf(outcome.problems, [], "")), files: {}, seconds: seconds() };
  const compiled = compile(services, outcome.site, {});
  const problems = sortedProblems([
    ...outcome.problems,
    ...compiled.problems,
    ...(compiled.problems.length === 0 ? checkSite(services, outcome.site, {}) : []),
  ]);
  if (problems.length === 0) planOf(compiled.desired);
  const runs = problems.length === 0 ? containersOf(compiled.desired) : "";
  return {
    report: short(reportOf(problems, compiled.warnings, runs)),
    files: wantedFiles(compiled.desired, about.files ?? []),
    seconds: seconds(),
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
  const text = existsSync(passwords) ? readFileSync(passwords, "utf8") : "---\n";
  writeFileSync(passwords, fillPasswords(text, allOptions(), passwords).text);
  writeFileSync(join(directory, "vault-password"), "open sesame\n");
  if (encrypted.length > 0) encrypt(directory, ...encrypted);
  mkdirSync(join(directory, "facts"));
  for (const [host, interfaces] of Object.entries(hosts))
    writeFileSync(join(directory, "facts", host), JSON.stringify(factsOf(host, interfaces)));
  return directory;
}

/** The shipped inventory, its first groups filled with the set's hosts as an operator fills them. */
function writeInventory(directory: string, groups: Readonly<Record<string, readonly string[]>>): void {
  const shipped = readFileSync(join(root, "ansible/inventory/multinode"), "utf8");
  const filled = Object.entries(groups).map(([group, hosts]) => `[${group}]\n${hosts.join("\n")}\n`);
  const rest = shipped.slice(shipped.indexOf("[deployment]"));
  mkdirSync(join(directory, "inventory"), { recursive: true });
  writeFileSync(join(directory, "inventory/multinode"), `${filled.join("\n")}\n${rest}`);
}

type Outcome = { site: ResolvedSite; problems: readonly KollaError[] } | { problems: readonly KollaError[] };

async function resolved(directory: string, { extraVars = [] }: About): Promise<Outcome> {
  process.env.ANSIBLE_CONNECTION_PLUGINS = join(import.meta.dirname, "connection_plugins");
  const settings = settingsFor(directory, {
    inventory: [join(directory, "inventory")],
    vault: { ids: [], passwordFiles: [join(directory, "vault-password")] },
    factsDirectory: join(directory, "facts"),
    extraVars: [...extraVars, "ansible_connection=nowhere"],
  });
  try {
    const { site, problems } = await resolveSite(settings, () => undefined);
    return { site, problems };
  } catch (error) {
    if (error instanceof KollaErrors) return { problems: error.problems };
    throw error;
  }
}

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
