import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Ansible puts the version of its format before a host's name in newer releases. */
const FORMAT = /^s\d+_/;

/**
 * Hosts that were looked at before and are no longer in the inventory, by name: what Ansible remembers of a site's
 * hosts is in `factsDirectory`, one file each; without one nothing is remembered.
 */
export function formerHosts(factsDirectory: string | undefined, hosts: readonly string[]): string[] {
  if (factsDirectory === undefined) return [];
  return remembered(factsDirectory)
    .map((file) => file.replace(FORMAT, ""))
    .filter((name) => !hosts.includes(name))
    .sort();
}

/** Forgets hosts, so that no later plan speaks of them. */
export function forgetHosts(factsDirectory: string, names: readonly string[]): void {
  for (const file of remembered(factsDirectory))
    if (names.includes(file.replace(FORMAT, ""))) rmSync(join(factsDirectory, file));
}

function remembered(factsDirectory: string): string[] {
  try {
    return readdirSync(factsDirectory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
