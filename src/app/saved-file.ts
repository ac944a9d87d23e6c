import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { KollaError } from "#support";
import {
  type AnsibleSettings,
  hasVaultPassword,
  isVaulted,
  vaultDecrypt,
  vaultEncrypt,
} from "../ansible/index.ts";
import { readSaved, refusal, type SavedPlan, savedText } from "./saved-plan.ts";

/**
 * Writes a saved plan (mode 0600), encrypted where the operator named a password of Ansible Vault. A file that is there
 * is replaced as a whole. Throws KOLLA_SAVED_PLAN_WRITE.
 */
export async function writeSaved(settings: AnsibleSettings, saved: SavedPlan, file: string): Promise<void> {
  const text = savedText(saved);
  const content = hasVaultPassword(settings) ? await vaultEncrypt(settings, text) : text;
  const beside = `${file}.${process.pid}`;
  try {
    writeFileSync(beside, content, { mode: 0o600, flag: "wx" });
    renameSync(beside, file);
  } catch (cause) {
    throw refusal("WRITE", `cannot be written: ${(cause as Error).message}`, file, "Name another file.");
  }
}

/** Reads one back, as `readSaved` does. Throws what that throws, KOLLA_SAVED_PLAN_MISSING and KOLLA_SAVED_PLAN_LOCKED. */
export async function loadSaved(settings: AnsibleSettings, kolla: string, file: string): Promise<SavedPlan> {
  const content = readGiven(file);
  if (!isVaulted(content)) return readSaved(content, kolla, file);
  return readSaved(await opened(settings, content, file), kolla, file);
}

function readGiven(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const words = `cannot be read: ${(cause as Error).message}`;
    throw refusal("MISSING", words, file, "kolla plan --out FILE makes one.");
  }
}

async function opened(settings: AnsibleSettings, content: string, file: string): Promise<string> {
  const hint = "Give the password that it was saved with: --vault-password-file, --vault-id or -J.";
  if (!hasVaultPassword(settings)) throw refusal("LOCKED", "the plan is encrypted", file, hint);
  try {
    return await vaultDecrypt(settings, content);
  } catch (error) {
    if (!(error instanceof KollaError) || error.code !== "KOLLA_VAULT_FAILED") throw error;
    const words =
      "the plan cannot be decrypted: the password is another one, or the file was changed or cut off";
    throw refusal("LOCKED", words, file, hint);
  }
}
