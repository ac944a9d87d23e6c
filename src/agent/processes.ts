import { readdirSync, readlinkSync } from "node:fs";
import { readIfThere } from "./durable.ts";

/** Numbers of all processes that this one can see; on a host, with the host's process namespace, all of them. */
export function processes(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Inodes of the sockets that a process holds; none when it ended or may not be looked at. */
export function socketsOf(pid: number): string[] {
  const directory = `/proc/${pid}/fd`;
  return quietly(() => readdirSync(directory), []).flatMap((fd) => {
    const target = quietly(() => readlinkSync(`${directory}/${fd}`), "");
    return /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? [];
  });
}

/** The short name the kernel has for a process; empty when it ended. */
export function processName(pid: number): string {
  return quietly(() => readIfThere(`/proc/${pid}/comm`)?.toString("utf8").trim(), "") ?? "";
}

/** Arguments a process was started with. */
export function processArguments(pid: number): string[] {
  const text = quietly(() => readIfThere(`/proc/${pid}/cmdline`)?.toString("utf8"), "") ?? "";
  return text.split("\0").filter(Boolean);
}

/** Processes end while they are looked at, and some may not be looked at: both mean nothing to see here. */
function quietly<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(code)) return otherwise;
    throw error;
  }
}
