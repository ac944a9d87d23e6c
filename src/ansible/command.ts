import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { KollaError, throwProblems } from "#support";
import type { OperatorDirectory } from "../config/index.ts";
import type { AnsibleSettings } from "./settings.ts";
import type { Workspace } from "./workspace.ts";

/** Files of variables in the order in which Ansible reads them: the last one wins. */
export type VariableFiles = Pick<OperatorDirectory, "globals" | "passwords" | "more" | "empty">;

/** Path of ansible-playbook. Throws KOLLA_ANSIBLE_MISSING when it is not in PATH. */
export function findAnsible(path: string = process.env.PATH ?? ""): string {
  const found = path
    .split(delimiter)
    .filter(Boolean)
    .map((directory) => join(directory, "ansible-playbook"))
    .find(isExecutable);
  if (found) return found;
  throw new KollaError({
    code: "KOLLA_ANSIBLE_MISSING",
    message: "ansible-playbook is not installed on this machine",
    hint: "Install ansible-core 2.14 or later: `apt install ansible-core`, or `pip install ansible-core` in a venv whose bin is in PATH.",
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Refuses, all together, what Ansible would only warn about or fail on late. */
export function checkSettings(settings: AnsibleSettings): void {
  const missing = settings.inventory.filter((source) => !source.includes(",") && !existsSync(source));
  const asking = settings.vault.ids.filter((id) => /(^|@)prompt(_ask_vault_pass)?$/.test(id));
  throwProblems("KOLLA_ANSIBLE_SETTINGS", [
    ...missing.map(
      (file) =>
        new KollaError({
          code: "KOLLA_INVENTORY_MISSING",
          message: "there is no such inventory",
          hint: "Name yours with -i; samples are in ansible/inventory.",
          where: { file },
        }),
    ),
    ...settings.inventory.flatMap(noText),
    ...asking.map(
      (id) =>
        new KollaError({
          code: "KOLLA_VAULT_PROMPT",
          message: `--vault-id ${id} would ask for a password in the midst of a run`,
          hint: `Put the password in a file: --vault-id ${id.split("@")[0]}@FILE, or use --ask-vault-password.`,
        }),
    ),
  ]);
}

/** Files of an inventory at which Ansible would end without saying which: those with a NUL in them. */
function noText(source: string): KollaError[] {
  if (source.includes(",") || !existsSync(source)) return [];
  const files = statSync(source).isDirectory()
    ? readdirSync(source, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : [source];
  return files.flatMap((file) => {
    const [before = "", ...others] = readFileSync(file, "latin1").split("\0");
    if (others.length === 0) return [];
    const line = before.split("\n").length;
    const where = { file, line };
    return [
      new KollaError({
        code: "KOLLA_INVENTORY_TEXT",
        message: "the file is no text: it has a NUL in it",
        hint: "Write it anew, or take it out of the inventory.",
        where,
      }),
    ];
  });
}

/**
 * Arguments of ansible-playbook in Kolla-Ansible's order: inventory, globals, passwords, vault, globals.d, the
 * operator's -e, and last what the command itself sets (in a file, so that it never shows in a process list).
 */
export async function playbookArguments(
  settings: AnsibleSettings,
  playbook: string,
  files: VariableFiles,
  variables: Readonly<Record<string, unknown>>,
  workspace: Workspace,
): Promise<string[]> {
  const own = { kolla_action: settings.action, CONFIG_DIR: settings.configDirectory, ...variables };
  const ownFile = await workspace.write(workspace.path("variables.json"), JSON.stringify(own));
  const read = (names: readonly string[]) =>
    names.filter((file) => !files.empty.includes(file)).flatMap((file) => ["-e", `@${file}`]);
  return [
    ...settings.inventory.flatMap((source) => ["--inventory", source]),
    ...read([files.globals, files.passwords]),
    ...(await vaultArguments(settings, workspace)),
    ...read(files.more),
    ...settings.extraVars.flatMap((extra) => ["-e", extra]),
    ...["-e", `@${ownFile}`],
    ...(settings.become ? ["--become"] : []),
    ...(settings.verbosity > 0 ? [`-${"v".repeat(settings.verbosity)}`] : []),
    ...settings.extraFlags,
    join(settings.root, "ansible", `${playbook}.yml`),
  ];
}

/** The operator's passwords of Ansible Vault as arguments; what he typed is in a file of the workspace. */
export async function vaultArguments({ vault }: AnsibleSettings, workspace: Workspace): Promise<string[]> {
  const typed = vault.password
    ? [await workspace.write(workspace.path("vault-password"), vault.password.reveal())]
    : [];
  return [
    ...vault.ids.flatMap((id) => ["--vault-id", id]),
    ...[...vault.passwordFiles, ...typed].flatMap((file) => ["--vault-password-file", file]),
  ];
}

/** Our defaults below the operator's group_vars/all; Ansible itself would put them above. */
const PRECEDENCE = [
  "all_plugins_play",
  "all_inventory",
  "groups_inventory",
  "all_plugins_inventory",
  "groups_plugins_inventory",
  "groups_plugins_play",
].join(",");

/** Facts are gathered anew in each run; of a host that does not answer, the last ones stand. */
function factsCache({ factsDirectory }: AnsibleSettings): Record<string, string> {
  if (factsDirectory === undefined) return { ANSIBLE_CACHE_PLUGIN: "memory" };
  return {
    ANSIBLE_CACHE_PLUGIN: "jsonfile",
    ANSIBLE_CACHE_PLUGIN_CONNECTION: factsDirectory,
    ANSIBLE_CACHE_PLUGIN_TIMEOUT: "0",
  };
}

/** Processes of Ansible ask each other for news a thousand times a second otherwise, which keeps a processor busy. */
const CONFIGURATION = "[defaults]\ninternal_poll_interval = 0.02\n";

/** How Ansible is set for us. Its configuration file is read only where the operator names one in ANSIBLE_CONFIG. */
export async function ansibleEnvironment(
  settings: AnsibleSettings,
  workspace: Workspace,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Record<string, string>> {
  const configuration =
    environment.ANSIBLE_CONFIG ?? (await workspace.write(workspace.path("ansible.cfg"), CONFIGURATION));
  const forks = settings.forks ?? environment.ANSIBLE_FORKS ?? (environment.ANSIBLE_CONFIG ? undefined : 20);
  return {
    KOLLA_EVENTS: workspace.path("events.ndjson"),
    LC_ALL: "C.UTF-8",
    ANSIBLE_CONFIG: configuration,
    ANSIBLE_STDOUT_CALLBACK: "kolla_events",
    ANSIBLE_CALLBACK_PLUGINS: [
      join(settings.root, "ansible/callback_plugins"),
      environment.ANSIBLE_CALLBACK_PLUGINS,
    ]
      .filter(Boolean)
      .join(":"),
    ANSIBLE_PIPELINING: "True",
    ANSIBLE_PRECEDENCE: PRECEDENCE,
    ANSIBLE_PYTHON_INTERPRETER: "auto_silent",
    ...factsCache(settings),
    ANSIBLE_RETRY_FILES_ENABLED: "False",
    ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED: "True",
    ANSIBLE_LOCALHOST_WARNING: "False",
    // Groups of Kolla have dashes; Ansible would warn of them at each run.
    ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS: "ignore",
    ANSIBLE_NOCOWS: "True",
    ANSIBLE_NOCOLOR: "True",
    ANSIBLE_LOCAL_TEMP: workspace.path("ansible-tmp"),
    ...(forks === undefined ? {} : { ANSIBLE_FORKS: String(forks) }),
  };
}
