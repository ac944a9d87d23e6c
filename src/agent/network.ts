import { existsSync, readdirSync } from "node:fs";
import type { ExecResult } from "../engine/index.ts";
import type { Ground } from "./ground.ts";
import { onHost } from "./kernel.ts";
import { isLeft, matchesOne, type Remains } from "./remains.ts";

/**
 * Lets a container remove what only it can name. What is a device that carries an address of the host stays: the host
 * may be reached through it. Returns what stays.
 */
export async function removeListed(
  { engine }: Ground,
  { by, things }: Remains["listed"][number],
): Promise<string[]> {
  const run = (command: readonly string[]) => engine.exec(by.id, command, { user: "0", timeoutSeconds: 15 });
  const found = await run(things.list);
  if (found.exitCode !== 0)
    return [`every ${things.noun} of ${by.name}: they cannot be listed: ${wordsOf(found)}`];
  const names = found.stdout.split("\n").filter(Boolean);
  const left: string[] = [];
  const addressed = await withAddress(names, left, things.noun);
  if (!addressed) return left;
  for (const name of names) {
    const what = `${things.noun} ${name}`;
    if (addressed.has(name)) left.push(`${what}: it carries an address of the host`);
    else {
      const done = await run([...things.remove, name]);
      if (done.exitCode !== 0) left.push(`${what}: ${wordsOf(done)}`);
    }
  }
  return left;
}

function wordsOf({ exitCode, stdout, stderr, timedOut }: ExecResult): string {
  if (timedOut) return "no answer in time";
  return stderr.trim() || stdout.trim() || `exit code ${exitCode}`;
}

/** Removes network namespaces of the host; those that cannot be removed are added to `left`. */
export async function removeNamespaces(patterns: Remains["namespaces"], left: string[]): Promise<string[]> {
  if (patterns.length === 0) return [];
  const names = (await listOnHost("/run/netns")).filter((name) => matchesOne(name, patterns));
  return removeEach(names, left, "network namespace", (name) =>
    onHost(["sh", "-c", 'umount -l "/run/netns/$1" 2>/dev/null; rm -f "/run/netns/$1"', "sh", name]),
  );
}

/** Removes network devices of the host; those that cannot be removed are added to `left`. */
export async function removeDevices(
  remains: Pick<Remains, "devices" | "kernelBridges">,
  left: string[],
): Promise<string[]> {
  const named = readdirSync("/sys/class/net").filter((name) => isLeft(lookAt(name, NONE), remains));
  const addressed = await withAddress(named, left, "network device");
  if (!addressed) return [];
  const names = named.filter((name) => isLeft(lookAt(name, addressed), remains));
  return removeEach(names, left, "network device", async (name) => {
    if (existsSync(`/sys/class/net/${name}`)) await onHost(["ip", "link", "delete", name]);
  });
}

function lookAt(name: string, addressed: ReadonlySet<string>): Parameters<typeof isLeft>[0] {
  const isKernelBridge = existsSync(`/sys/class/net/${name}/bridge`);
  return { name, hasAddress: addressed.has(name), isKernelBridge };
}

async function removeEach(
  names: readonly string[],
  left: string[],
  noun: string,
  remove: (name: string) => Promise<unknown>,
): Promise<string[]> {
  const removed: string[] = [];
  for (const name of names) {
    try {
      await remove(name);
      removed.push(name);
    } catch (error) {
      left.push(`${noun} ${name}: ${(error as Error).message}`);
    }
  }
  return removed;
}

async function listOnHost(directory: string): Promise<string[]> {
  const listed = await onHost(["sh", "-c", 'ls -1 "$1" 2>/dev/null || true', "sh", directory]);
  return listed.split("\n").filter(Boolean);
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Devices that carry an address of the host, asked where some are to go. Where the host does not say, undefined: they
 * stay, each with the reason in `left`.
 */
async function withAddress(
  toGo: readonly string[],
  left: string[],
  noun: string,
): Promise<ReadonlySet<string> | undefined> {
  if (toGo.length === 0) return NONE;
  try {
    return await addressed();
  } catch (error) {
    left.push(...toGo.map((name) => `${noun} ${name}: ${(error as Error).message}`));
    return undefined;
  }
}

/** Also those that are down. An address that a device gave itself is none of the host's. */
async function addressed(): Promise<Set<string>> {
  const lines = (await onHost(["ip", "-o", "address", "show"])).split("\n");
  const found = lines.flatMap((line) => {
    const [, device = "", family, address = ""] = line.split(/\s+/);
    return family === "inet" || (family === "inet6" && !address.startsWith("fe80:")) ? [device] : [];
  });
  return new Set(found);
}
