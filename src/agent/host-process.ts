import { readFileSync, readlinkSync } from "node:fs";

let found: number | undefined;

/**
 * The process through which the host's files and mounts are reached: the nearest ancestor that lives among other mounts
 * than this one, which is the engine's own shim around the agent's container. Its mounts are what containers get; the
 * host's first process may be out of bounds where the host is itself confined. The first process when there is none.
 */
export function hostProcess(): number {
  found ??= ancestorElsewhere(process.ppid, mountsOf(process.pid));
  return found;
}

function ancestorElsewhere(pid: number, own: string): number {
  if (pid <= 1) return 1;
  return mountsOf(pid) === own ? ancestorElsewhere(parentOf(pid), own) : pid;
}

const mountsOf = (pid: number): string => readlinkSync(`/proc/${pid}/ns/mnt`);

/** /proc/<pid>/stat: the name in parentheses may hold blanks; state and parent come after it (proc(5)). */
function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}
