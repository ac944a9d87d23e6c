import { dirname, join } from "node:path";
import { execa } from "execa";
import { KollaError } from "#support";
import { findAnsible, vaultArguments } from "./command.ts";
import type { AnsibleSettings } from "./settings.ts";
import { withWorkspace } from "./workspace.ts";

/** The first line of what Ansible Vault encrypted begins so. */
const MARK = "$ANSIBLE_VAULT;";

/** Whether Ansible Vault encrypted a text. */
export function isVaulted(text: string): boolean {
  return text.startsWith(MARK);
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether the operator named a password of Ansible Vault: with the command, or in Ansible's own variables. */
export function hasVaultPassword(
  { vault }: Pick<AnsibleSettings, "vault">,
  environment: Environment = process.env,
): boolean {
  const named = vault.ids.length + vault.passwordFiles.length > 0 || vault.password !== undefined;
  return named || Boolean(environment.ANSIBLE_VAULT_PASSWORD_FILE ?? environment.ANSIBLE_VAULT_IDENTITY_LIST);
}

/** The text, encrypted with the operator's password; with the first one where he named several. Throws KOLLA_VAULT_FAILED. */
export async function vaultEncrypt(settings: AnsibleSettings, text: string): Promise<string> {
  return runVault(settings, ["encrypt", "--encrypt-vault-id", identityOf(settings, process.env)], text);
}

/** The label of the password to encrypt with: Ansible Vault asks for one where there are several. */
function identityOf({ vault }: AnsibleSettings, environment: Environment): string {
  const isByName = vault.passwordFiles.length > 0 || vault.password !== undefined;
  const listed = isByName ? undefined : environment.ANSIBLE_VAULT_IDENTITY_LIST;
  const [first = ""] = [...vault.ids, ...(listed?.split(",") ?? [])];
  const [label] = /^[^@]+(?=@)/.exec(first.trim()) ?? [];
  return label ?? "default";
}

/** The text that `vaultEncrypt` was given. Throws KOLLA_VAULT_FAILED for a wrong password, and for a changed text. */
export async function vaultDecrypt(settings: AnsibleSettings, text: string): Promise<string> {
  return runVault(settings, ["decrypt"], text);
}

/** Neither the text nor a password is ever in an argument. */
async function runVault(settings: AnsibleSettings, words: readonly string[], input: string): Promise<string> {
  return withWorkspace(async (workspace) => {
    const program = join(dirname(findAnsible()), "ansible-vault");
    const argv = [...words, ...(await vaultArguments(settings, workspace)), "--output", "-"];
    const env = {
      LC_ALL: "C.UTF-8",
      ANSIBLE_NOCOLOR: "True",
      ANSIBLE_LOCAL_TEMP: workspace.path("ansible-tmp"),
    };
    const { stdout, stderr, exitCode } = await execa(program, argv, {
      env,
      input,
      reject: false,
      stripFinalNewline: false,
      maxBuffer: 1 << 30,
    });
    if (exitCode === 0) return stdout;
    throw new KollaError({
      code: "KOLLA_VAULT_FAILED",
      message: `ansible-vault ${words[0]}: ${stderr.trim().split("\n").at(-1) ?? ""}`,
      hint: "Give the right password with --vault-password-file, --vault-id or --ask-vault-password.",
    });
  });
}
