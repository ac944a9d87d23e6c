import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { Control, HostLock } from "#model";

/** This process as a host's lock names it: its machine (with the namespace in which its number counts), and itself. */
export function ownControl(pid: number = process.pid): Control {
  return {
    machine: ownMachine(),
    process: `${text("/proc/sys/kernel/random/boot_id")} ${pid} ${startOf(pid)}`,
  };
}

/** Whether the process ran on this machine and is there no more. False for one of another machine: nobody can tell. */
export function hasEnded({ machine, process: words }: Control): boolean {
  if (machine !== ownMachine()) return false;
  const [boot, pid, start] = words.split(" ");
  return boot !== text("/proc/sys/kernel/random/boot_id") || startOf(Number(pid)) !== start;
}

/**
 * Whether a run may go on where a lock says that another one has the host: nothing of that one works there, and its
 * process on this machine has ended, or the operator says that it is dead.
 */
export function mayTakeOver(lock: HostLock, told: string | undefined): boolean {
  if (lock.until === undefined) return false;
  return lock.run === told || (lock.control !== undefined && hasEnded(lock.control));
}

function ownMachine(): string {
  return [hostname(), text("/etc/machine-id"), readlinkSync("/proc/self/ns/pid")].join(" ");
}

function text(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8").trim() : "";
}

/** Field 22 of /proc/<pid>/stat: numbers of processes are used again, with the time of their start they are not. */
function startOf(pid: number): string {
  const stat = text(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}
