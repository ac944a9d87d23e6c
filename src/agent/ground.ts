import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../engine/index.ts";
import { hostProcess } from "./host-process.ts";

/** Where the agent works: one host, its engine, and where that host's files begin ("/", or a test's directory). */
export interface Ground {
  host: string;
  root: string;
  engine: Engine;
}

/** Directory of the agent's own memory: state, journal, runs, kept files. */
export function ownDirectory(ground: Ground): string {
  return join(ground.root, "var/lib/kolla-agent");
}

/** Events of one stage of a run, one JSON line each; what the control host follows. */
export function eventsFile(ground: Ground, run: string, stage: number): string {
  return join(ownDirectory(ground), "runs", run, `events-${stage}.ndjson`);
}

/** A path of the host below `root`, as the agent can open it: mounted into its container, or through a process of the host. */
export function hostPath(ground: Ground, path: string): string {
  return ground.root === "/" ? enginePath(path) : join(ground.root, path);
}

/** A path that the engine named, which is always the machine's own, as the agent can open it. */
export function enginePath(path: string): string {
  if (existsSync(path)) return path;
  const fromHost = join(`/proc/${hostProcess()}/root`, path);
  return existsSync(fromHost) ? fromHost : path;
}
