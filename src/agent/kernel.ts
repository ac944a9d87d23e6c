import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { KollaError } from "#support";
import { readIfThere } from "./durable.ts";
import { hostProcess } from "./host-process.ts";
import type { Holds } from "./state.ts";

const run = promisify(execFile);

/** Whether a setting of the host's kernel is still as it was made. */
export function stillHolds(holds: Holds): boolean {
  if (holds.kind === "shared-mount") return isSharedMount(holds.path);
  return Object.entries(holds.values).every(([name, value]) => words(sysctlNow(name) ?? "") === words(value));
}

/**
 * Sets kernel settings of the host, and writes them down for its next start under the id of the resource.
 * Throws KOLLA_HOST_COMMAND with the host's own words.
 */
export async function setSysctl(id: string, values: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(values).map(([name, value]) => `${name} = ${value}\n`);
  await onHost(["mkdir", "-p", SYSCTL_DIRECTORY]);
  await onHost(writing(lines.join(""), sysctlPlace(id)));
  for (const [name, value] of Object.entries(values)) {
    if (words(sysctlNow(name) ?? "") === words(value)) continue;
    await onHost(writing(value, sysctlFile(name)));
  }
}

/** Forgets settings for the host's next start; what its kernel has now stays. */
export async function forgetSysctl(id: string): Promise<void> {
  await onHost(["rm", "-f", sysctlPlace(id)]);
}

/** Read when a host starts, see sysctl.d(5). */
const SYSCTL_DIRECTORY = "/etc/sysctl.d";

function sysctlPlace(id: string): string {
  return `${SYSCTL_DIRECTORY}/60-kolla-${id.slice(id.lastIndexOf(":") + 1)}.conf`;
}

function writing(text: string, path: string): string[] {
  return ["sh", "-c", 'printf %s "$1" > "$2"', "sh", text, path];
}

/**
 * Makes a directory of the host a mount of its own that containers share. True when it was not one before.
 * Mounts that others made are left as they are.
 */
export async function makeSharedMount(path: string): Promise<boolean> {
  if (isSharedMount(path)) return false;
  await onHost(["mkdir", "-p", path]);
  if (!isMount(path)) await onHost(["mount", "--bind", path, path]);
  await onHost(["mount", "--make-rshared", path]);
  return true;
}

/** Takes a mount away that `makeSharedMount` made. */
export async function undoSharedMount(path: string): Promise<void> {
  if (isMount(path)) await onHost(["umount", "-l", path]);
}

/** Runs a program of the host among the host's files. Throws KOLLA_HOST_COMMAND when it does not end well. */
export async function onHost(command: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run("nsenter", ["-t", String(hostProcess()), "-m", "--", ...command]);
    return stdout;
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    throw new KollaError({
      code: "KOLLA_HOST_COMMAND",
      message: `${command.join(" ")} failed on the host: ${stderr.trim() || message}`,
      cause: error,
    });
  }
}

/** Fields of /proc/<pid>/mountinfo: the fifth is the place, "shared:N" stands among the optional ones. */
function mountLine(path: string): string | undefined {
  const lines = readFileSync(`/proc/${hostProcess()}/mountinfo`, "utf8").split("\n");
  return lines.findLast((line) => line.split(" ")[4] === path);
}

function isMount(path: string): boolean {
  return mountLine(path) !== undefined;
}

function isSharedMount(path: string): boolean {
  return / shared:\d+ /.test(mountLine(path) ?? "");
}

function sysctlNow(name: string): string | undefined {
  return readIfThere(sysctlFile(name))?.toString("utf8");
}

function sysctlFile(name: string): string {
  return `/proc/sys/${name.replaceAll(".", "/")}`;
}

/** The kernel separates by tabs what administrators separate by blanks. */
function words(text: string): string {
  return text.trim().split(/\s+/).join(" ");
}
