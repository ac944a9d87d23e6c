import { readdirSync, readFileSync, statfsSync } from "node:fs";
import { cpus, hostname, networkInterfaces, release, totalmem } from "node:os";
import type { ObservedHost } from "#model";
import { readIfThere } from "./durable.ts";
import { enginePath } from "./ground.ts";
import { processes, processName, socketsOf } from "./processes.ts";

type Facts = ObservedHost["facts"];

/**
 * What the host is, from /proc, /sys and /lib/modules. `engineRoot`: where the engine keeps its images. `modules`: the
 * kernel's modules that are asked for.
 */
export function observeFacts(engineRoot: string, modules: readonly string[]): Facts {
  return {
    nodename: hostname(),
    nofileHard: openFilesLimit(),
    cpus: cpus().length,
    memoryBytes: totalmem(),
    ...availableMemory(),
    diskFreeBytes: freeBytes(enginePath(engineRoot)),
    kernelModules: kernelModules(modules),
    interfaces: interfaces(),
    listening: listening(),
  };
}

/** The hard limit of open files that a new process gets; the engine's containers cannot get more. */
function openFilesLimit(): number {
  const line = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync("/proc/self/limits", "utf8"));
  return line?.[1] === "unlimited" ? Number.MAX_SAFE_INTEGER : Number(line?.[1] ?? 0);
}

/** MemAvailable of /proc/meminfo (proc(5)), which says it in KiB. */
function availableMemory(): Pick<Facts, "memoryAvailableBytes"> {
  const kib = /^MemAvailable:\s+(\d+)/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1];
  return kib === undefined ? {} : { memoryAvailableBytes: Number(kib) * 1024 };
}

function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

/** A module counts as there when it is loaded, built in, or can be loaded. KVM: when its device is there. */
function kernelModules(modules: readonly string[]): Facts["kernelModules"] {
  const directory = `/lib/modules/${release()}`;
  const loaded = lines("/proc/modules").map((line) => line.split(" ")[0] ?? "");
  const files = [...lines(`${directory}/modules.builtin`), ...lines(`${directory}/modules.dep`)];
  const available = files.map((line) => /([^/:]+)\.ko/.exec(line)?.[1] ?? "");
  const known = new Set([...loaded, ...available].map((name) => name.replaceAll("-", "_")));
  const has = (name: string): boolean => (name === "kvm" ? hasKvm() : known.has(name) || inSysModule(name));
  return Object.fromEntries(modules.map((name) => [name, has(name)]));
}

/** The sysfs entry of the device is there wherever /sys is; the device node only where /dev is the host's. */
function hasKvm(): boolean {
  return readIfThere("/sys/class/misc/kvm/dev") !== undefined;
}

/** Parts of the kernel with parameters show up here even when they are built in. */
function inSysModule(name: string): boolean {
  try {
    readdirSync(`/sys/module/${name}`);
    return true;
  } catch {
    return false;
  }
}

function lines(path: string): string[] {
  return readIfThere(path)?.toString("utf8").split("\n").filter(Boolean) ?? [];
}

function interfaces(): Facts["interfaces"] {
  const addresses = networkInterfaces();
  const names = new Set([...readdirSync("/sys/class/net"), ...Object.keys(addresses)]);
  return Object.fromEntries(
    [...names]
      .sort()
      .map((name) => [
        name,
        { up: isUp(name), addresses: (addresses[name] ?? []).map(({ address }) => address) },
      ]),
  );
}

/** IFF_UP: set by the administrator; what `ip link set up` does. Files such as bonding_masters are not interfaces. */
function isUp(name: string): boolean {
  const flags = readIfThere(`/sys/class/net/${name}/flags`)?.toString("utf8") ?? "0";
  return (Number(flags.trim()) & 1) === 1;
}

function listening(): Record<string, string> {
  const sockets = [...listeningIn("/proc/net/tcp"), ...listeningIn("/proc/net/tcp6")];
  const owners =
    sockets.length > 0
      ? processesOfSockets(new Set(sockets.map(({ inode }) => inode)))
      : new Map<string, string>();
  return Object.fromEntries(sockets.map(({ place, inode }) => [place, owners.get(inode) ?? ""]));
}

/** State 0A is LISTEN. */
function listeningIn(table: string): { place: string; inode: string }[] {
  return lines(table).flatMap((line) => {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
    return state === "0A" ? [{ place: placeOf(local), inode }] : [];
  });
}

/** "0100007F:0CEA" → "127.0.0.1:3306": addresses are words of four bytes, the last byte first. */
function placeOf(hex: string): string {
  const [address = "", port = "0"] = hex.split(":");
  const bytes = (address.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)),
  );
  return `${bytes.length === 4 ? bytes.join(".") : address6(bytes)}:${Number.parseInt(port, 16)}`;
}

function address6(bytes: readonly number[]): string {
  if (bytes.every((byte) => byte === 0)) return "[::]";
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  return `[${groups.join(":").replace(/(^|:)0(:0)+(:|$)/, "::")}]`;
}

/** Socket → name of the process that holds it, as far as this process may look. */
function processesOfSockets(inodes: ReadonlySet<string>): Map<string, string> {
  const owners = new Map<string, string>();
  for (const pid of processes())
    for (const inode of socketsOf(pid)) if (inodes.has(inode)) owners.set(inode, processName(pid));
  return owners;
}
