import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, Option as Flag, InvalidArgumentError } from "commander";
import { KollaError } from "#support";
import type { AnsibleSettings } from "../ansible/index.ts";
import { type SiteAccess, settingsFor, type Wish } from "../app/index.ts";
import { askSecret } from "./ask.ts";

/** What all verbs that speak of a site take; names are kolla-ansible's. */
export interface SiteFlags {
  inventory?: string[];
  configdir: string;
  passwords?: string;
  extraVars: string[];
  limit?: string;
  tags?: string;
  skipTags?: string;
  vaultId: string[];
  vaultPasswordFile: string[];
  askVaultPassword?: boolean;
  become?: boolean;
  check?: boolean;
  diff?: boolean;
  listTasks?: boolean;
  remove?: boolean;
  /** Of upgrade: complete the databases, from where there is no way back. */
  finish?: boolean;
  playbook: string[];
  forks?: number;
  yes?: boolean;
  /** Shows the plan and asks before it is carried out. */
  ask?: boolean;
  json?: boolean;
  verbose: number;
  /** A run that the operator says is dead. */
  takeOver?: string;
}

const collect = (value: string, all: string[]): string[] => [...all, value];

/** For options that take a count. */
export function wholeNumber(value: string): number {
  if (/^[1-9]\d*$/.test(value)) return Number(value);
  throw new InvalidArgumentError("It must be a whole number of at least 1.");
}

/** For verbs that show a plan and carry it out. */
export const ASK = ["--ask", "show the plan and ask before it is carried out"] as const;

/** Options that every verb takes, as with Kolla-Ansible, and only some can heed; by what commander calls them. */
const SOMETIMES = {
  tags: "--tags",
  skipTags: "--skip-tags",
  check: "--check",
  listTasks: "--list-tasks",
  diff: "--diff",
  yes: "--yes",
  takeOver: "--take-over",
  json: "--json",
} as const;

type Sometimes = keyof typeof SOMETIMES;

/** What a verb heeds that plans and changes a site. */
export const ALL_HEEDED = Object.keys(SOMETIMES) as Sometimes[];

/** Those without which a verb would do more than it was asked to, not only tell more. */
const NARROWING: readonly Sometimes[] = ["tags", "skipTags", "check", "listTasks"];

/** Adds the options that every site verb shares; help is silent on what this one does not heed. */
export function withSiteOptions(command: Command, heeded: readonly Sometimes[]): Command {
  addSiteOptions(command);
  for (const option of command.options) {
    const name = option.attributeName() as Sometimes;
    if (name in SOMETIMES && !heeded.includes(name)) option.hideHelp();
  }
  return command;
}

/** Throws where a verb that acts was given an option that narrows what is done, and does not heed it. */
export function refuseUnheeded(flags: SiteFlags, verb: string, heeded: readonly Sometimes[]): void {
  const given = NARROWING.filter((name) => flags[name] && !heeded.includes(name));
  if (given.length === 0) return;
  throw new KollaError({
    code: "KOLLA_USAGE_OPTION",
    message: `${verb} cannot be given ${given.map((name) => SOMETIMES[name]).join(" and ")}: it would do more than that says.`,
    hint: `kolla ${verb} --help says what it does, and to what.`,
  });
}

function addSiteOptions(command: Command): Command {
  return command
    .option(
      "-i, --inventory <path>",
      "Ansible inventory, may be repeated (default: <configdir>/ansible/inventory/all-in-one)",
      collect,
      [],
    )
    .option(
      "--configdir <directory>",
      "the operator's directory",
      process.env.KOLLA_CONFIG_PATH ?? "/etc/kolla",
    )
    .option("--passwords <file>", "passwords file (default: <configdir>/passwords.yml)")
    .option("-e, --extra-vars <vars>", "extra variables, may be repeated", collect, [])
    .option("-l, --limit <hosts>", "only these hosts")
    .option("-t, --tags <sets>", "only these container sets, comma-separated")
    .option("--skip-tags <sets>", "not these container sets")
    .option("--vault-id <id>", "Ansible Vault identity, may be repeated", collect, [])
    .option("--vault-password-file <file>", "Ansible Vault password file, may be repeated", collect, [])
    .option("-J, --ask-vault-password", "ask for the Ansible Vault password")
    .option("-b, --become", "become root on the hosts")
    .option("-C, --check", "change nothing: print the plan")
    .option("-D, --diff", "with the plan, print what changes in files; secrets as ***")
    .option("--list-tasks", "as --check; also -lt")
    .addOption(
      new Flag("-p, --playbook <file>", "Kolla-Ansible's; not taken here")
        .argParser(collect)
        .default([])
        .hideHelp(),
    )
    .addOption(new Flag("--forks <number>", "hosts worked on at once by Ansible").argParser(wholeNumber))
    .option("-y, --yes", "do not ask")
    .option("--take-over <run>", "go on where this run, which is dead, has hosts")
    .option("--json", "for machines: one JSON document or JSON lines")
    .option(
      "-v, --verbose",
      "more of Ansible's own words, may be repeated",
      (_value, level: number) => level + 1,
      0,
    );
}

/** The checkout this command runs from: dist/ lies in it. */
export const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** What Ansible is run with for an action; asks for the vault's password when told to. */
export async function siteSettings(flags: SiteFlags, action: string): Promise<AnsibleSettings> {
  refusePlaybooks(flags);
  const access: SiteAccess = {
    inventory: flags.inventory ?? [],
    configDirectory: flags.configdir,
    ...(flags.passwords && { passwords: flags.passwords }),
    extraVars: flags.extraVars,
    ...(flags.limit && { limit: flags.limit }),
    vault: {
      ids: flags.vaultId,
      passwordFiles: flags.vaultPasswordFile,
      ...(flags.askVaultPassword && { password: await askSecret("Vault password: ") }),
    },
    become: Boolean(flags.become),
    ...(flags.forks && { forks: flags.forks }),
    verbosity: flags.verbose,
    root: projectRoot,
  };
  return settingsFor(access, action);
}

/** What is asked of a site with a verb. */
export function wishOf(verb: string, { tags, skipTags, remove, finish }: SiteFlags): Wish {
  return {
    verb,
    ...(tags !== undefined && { tags }),
    ...(skipTags !== undefined && { skipTags }),
    ...(remove && { remove }),
    ...(finish && { finish }),
  };
}

/** What a verb does follows from the services' definitions: there is no playbook of it that another could replace. */
function refusePlaybooks({ playbook }: SiteFlags): void {
  const [first] = playbook;
  if (first === undefined) return;
  throw new KollaError({
    code: "KOLLA_USAGE_PLAYBOOK",
    message: "Verbs have no playbook here that --playbook could replace.",
    hint: `Run your own by itself: ansible-playbook -i INVENTORY ${first}`,
  });
}
