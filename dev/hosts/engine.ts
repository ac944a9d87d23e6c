import { existsSync } from "node:fs";
import { execa } from "execa";
import { KollaError } from "#support";

/** A docker client that speaks to the engine that runs here (an engine's own package brings the one that does). */
export function engineClient(): string {
  return existsSync("/usr/bin/docker") ? "/usr/bin/docker" : "docker";
}

/** What a command of the engine's client prints. Throws KOLLA_CLUSTER_ENGINE with the engine's own words. */
export async function askEngine(...words: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await execa(engineClient(), words, { reject: false });
  if (exitCode === 0) return stdout;
  throw new KollaError({
    code: "KOLLA_CLUSTER_ENGINE",
    message: `docker ${words.slice(0, 2).join(" ")}: ${stderr?.trim() || "there is no docker"}`,
    hint: "Is an engine running? tools/kolla bootstrap-servers -i ansible/inventory/all-in-one starts one here.",
  });
}

/** The lines of what it prints. */
export async function linesOf(...words: string[]): Promise<string[]> {
  return (await askEngine(...words)).split("\n").filter(Boolean);
}
