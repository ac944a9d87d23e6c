import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Bundle, Course } from "#model";
import { formatError, KollaError } from "#support";
import { type AnsibleSettings, findAnsible, type HostQuestions } from "../../src/ansible/index.ts";
import { connect } from "../../src/engine/index.ts";

export const AGENT_IMAGE = process.env.KOLLA_TEST_AGENT_IMAGE ?? "kolla/kolla-agent:2025.1-debian-trixie";

/** True when Ansible is here; without it the tests that need it are skipped, loudly. */
export function ansibleIsHere(): boolean {
  try {
    findAnsible();
    return true;
  } catch (error) {
    process.stderr.write(`\nSKIPPED: no Ansible for the tests of the carrier: ${(error as Error).message}\n`);
    return false;
  }
}

/** True when the agent's image is in the engine; without it the tests that need it are skipped, loudly. */
export async function agentIsHere(): Promise<boolean> {
  try {
    if (await connect().imageId(AGENT_IMAGE)) return true;
    process.stderr.write(`\nSKIPPED: no image ${AGENT_IMAGE}; \`kolla build kolla-agent\` makes it\n`);
  } catch (error) {
    process.stderr.write(`\nSKIPPED: no container engine: ${(error as Error).message}\n`);
  }
  return false;
}

const worlds: string[] = [];

/** An operator's directory and inventory in a temporary place, until `removeWorlds`. */
export function operatorWorld(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), "kolla-operator-"));
  for (const [name, content] of Object.entries({
    "etc/globals.yml": "",
    "etc/passwords.yml": "",
    ...files,
  })) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  worlds.push(directory);
  return directory;
}

export function removeWorlds(): void {
  for (const directory of worlds.splice(0)) rmSync(directory, { recursive: true, force: true });
}

/** What an operator reads when this fails; throws when it does not fail with an error of ours. */
export async function messageOf(work: Promise<unknown>): Promise<string> {
  const error = await work.catch((reason: unknown) => reason);
  if (error instanceof KollaError) return formatError(error);
  throw new Error(`no KollaError: ${error}`);
}

/** Encrypts files of the world with the password in its file vault-password. */
export function encrypt(directory: string, ...names: readonly string[]): void {
  vault(directory, ["encrypt", ...names.map((name) => join(directory, name))]);
}

/** The text of a `name: !vault` value. */
export function encryptedValue(directory: string, name: string, value: string): string {
  return `${vault(directory, ["encrypt_string", value, "-n", name]).trim()}\n`;
}

function vault(directory: string, words: readonly string[]): string {
  const program = join(dirname(findAnsible()), "ansible-vault");
  const [verb = "", ...rest] = words;
  return execFileSync(program, [verb, "--vault-password-file", join(directory, "vault-password"), ...rest], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** For tests to which it does not matter what hosts are. */
export const NO_QUESTIONS: HostQuestions = { kernelModules: [] };

/** How Ansible is called for an operator's directory. */
export function settingsFor(directory: string, changes: Partial<AnsibleSettings> = {}): AnsibleSettings {
  return {
    inventory: [join(directory, "inventory/hosts")],
    configDirectory: join(directory, "etc"),
    extraVars: [],
    vault: { ids: [], passwordFiles: [] },
    become: false,
    verbosity: 0,
    root: join(import.meta.dirname, "../.."),
    agentImage: AGENT_IMAGE,
    action: "deploy",
    extraFlags: [],
    ...changes,
  };
}

/** The course of bundles that need nothing of each other. */
export function independent(bundles: readonly Bundle[], stages: number): Course {
  return {
    stages,
    hosts: Object.fromEntries(bundles.map(({ host }) => [host, {}])),
    batches: {},
    passes: [],
    away: 0,
    maxFailPercentage: 100,
  };
}
