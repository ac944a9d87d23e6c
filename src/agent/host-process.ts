import { processes, processName } from "./processes.ts";

const ENGINES = ["dockerd", "podman"];

let found: number | undefined;

/**
 * The process through which the host's files and mounts are reached: the engine's own, because its mounts are what
 * containers get, and because on a host that is itself confined the first process may be out of bounds. The first
 * process (1) when the engine has no daemon.
 */
export function hostProcess(): number {
  found ??= processes().find((pid) => ENGINES.includes(processName(pid))) ?? 1;
  return found;
}
