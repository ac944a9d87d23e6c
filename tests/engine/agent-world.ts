import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Bundle,
  type ContainerItem,
  type ContainerSpec,
  type Desired,
  type FileItem,
  type Item,
  type JobItem,
  LABEL,
  type Plan,
  type RunEvent,
} from "#model";
import { fingerprint, sha256 } from "#support";
import { apply } from "../../src/agent/apply.ts";
import { readIfThere } from "../../src/agent/durable.ts";
import { eventsFile, type Ground } from "../../src/agent/ground.ts";
import { observe } from "../../src/agent/observe.ts";
import { connect, type Engine } from "../../src/engine/index.ts";
import { bundlesOf, makePlan, type PlanRequest } from "../../src/plan/index.ts";
import { idle } from "./world.ts";

/** Every container, volume and job of these tests has it in its name; two runs at a time do not meet. */
export const MARK = process.env.KT_AGENT_MARK ?? `kt_agent${process.pid}`;
export const IMAGE = `kt-agent/busybox:${MARK}`;
export const HOST = "kt-host";
/** Ends at once when it is asked to, so that tests do not wait for its stop timeout. */
const SERVE = "trap 'exit 0' TERM; sleep 600 & wait";
export const WEB = `${MARK}_web`;
/** A second container, beside the web server. */
export const STORE = `${MARK}_store`;
/** Where a container that takes up files as it runs has those that it took. */
export const TAKEN = "/tmp/taken";

/** The real engine, with eyes only for these tests' containers and volumes: others may use it at the same time. */
export function ownPart(engine: Engine): Engine {
  const isOwn = ({ name }: { name: string }): boolean => name.includes(MARK);
  return {
    ...engine,
    containers: async (all) => (await engine.containers(all)).filter(isOwn),
    volumes: { ...engine.volumes, list: async () => (await engine.volumes.list()).filter(isOwn) },
  };
}

/** A host of its own: an empty directory for its files, and the engine (the machine's, unless a test brings its own). */
export function newGround(engine: Engine = connect(), root = tmpdir()): Ground {
  return { host: HOST, root: mkdtempSync(join(root, "kt-agent-")), engine: ownPart(engine) };
}

/** Takes away all that a test made. */
export async function cleanUp(ground: Ground): Promise<void> {
  for (const { id } of await ground.engine.containers(true)) await ground.engine.remove(id, { force: true });
  for (const { name } of await ground.engine.volumes.list()) await ground.engine.volumes.remove(name);
  // Also names of generations that the ground's own record does not know: of a world before it, or torn by the test.
  const names = (await ground.engine.images()).flatMap(({ references }) => references);
  for (const name of names.filter((each) => each.startsWith(`kolla-generations/${MARK}`)))
    await ground.engine.removeImage(name, { force: true });
  rmSync(ground.root, { recursive: true, force: true });
}

/** A configuration file of the web server, or of another container. */
export function configuration(content: string, name = "web.conf", of = WEB): FileItem {
  const path = `/etc/kolla/${of}/${name}`;
  const rights = { mode: "0640", owner: "root", group: "root", sensitive: false };
  return { kind: "file", id: `file:${path}`, set: ["web"], needs: [], path, content, ...rights };
}

/** A container that reads its files from its directory; healthy while the shell text succeeds. */
export function web(
  ground: Ground,
  files: readonly FileItem[],
  changes: {
    /** Of the container; the web server's without it. */
    name?: string;
    health?: string;
    run?: string;
    needs?: string[];
    seconds?: number;
    restartPolicy?: ContainerSpec["restartPolicy"];
    /** Shell text by which it takes up files as it runs. */
    reload?: string;
  } = {},
): ContainerItem {
  const { name = WEB, health = "test -s /config/web.conf", run = SERVE, needs = [], seconds = 20 } = changes;
  const test = ["CMD-SHELL", health];
  const spec = idle(name, {
    image: IMAGE,
    command: ["sh", "-c", run],
    labels: { [LABEL.release]: "2025.1" },
    ...(changes.restartPolicy && { restartPolicy: changes.restartPolicy }),
    mounts: [{ source: `${ground.root}/etc/kolla/${name}/`, target: "/config", readOnly: true }],
    health: { test, interval: 30, timeout: 5, startPeriod: 0, retries: 3 },
  });
  return {
    kind: "container",
    id: `container:${name}`,
    set: ["web"],
    needs,
    spec,
    specHash: fingerprint(spec),
    files: Object.fromEntries(files.map(({ path, content }) => [path, sha256(content)])),
    gateSeconds: seconds,
    ...(changes.reload && { reload: [["sh", "-c", changes.reload]] }),
  };
}

/** A web server that serves what it took up at its start or a reload; it takes nothing bad, and is ill with what is sick. */
export function reloadable(
  ground: Ground,
  content: string,
  changes: Parameters<typeof web>[2] = {},
): Desired {
  return webSite(ground, content, {
    run: `cp /config/web.conf ${TAKEN}; ${SERVE}`,
    health: `! grep -q sick ${TAKEN}`,
    reload: `! grep bad /config/web.conf && cp /config/web.conf ${TAKEN}`,
    ...changes,
  });
}

/** A job that runs this shell text. */
export function job(script: string, needs: string[] = [], timeoutSeconds = 30): JobItem {
  return {
    kind: "job",
    id: `job:${MARK}:bootstrap`,
    set: ["web"],
    needs,
    spec: idle(`${MARK}_bootstrap`, { image: IMAGE, command: ["sh", "-c", script] }),
    key: "{image}",
    timeoutSeconds,
    dueBecause: "image changed",
  };
}

/** A site of one host with these items. */
export function siteOf(items: readonly Item[]): Desired {
  const host = { host: HOST, agentImage: "", images: [], probes: [], generationsKept: 3 };
  return {
    hosts: [{ ...host, items, ownedDirectories: [`/etc/kolla/${WEB}`, `/etc/kolla/${STORE}`] }],
  };
}

/** A web server with one file of this content. */
export function webSite(ground: Ground, content: string, changes: Parameters<typeof web>[2] = {}): Desired {
  const file = configuration(content);
  return siteOf([file, web(ground, [file], changes)]);
}

let runs = 0;

/** The plan for what the host has now, and the bundle it would be sent. */
export async function planFor(
  ground: Ground,
  desired: Desired,
  run = `run-${++runs}`,
  how: Partial<PlanRequest> = {},
): Promise<{ plan: Plan; bundle: Bundle | undefined }> {
  const plan = makePlan(desired, { [HOST]: await observe(ground) }, { verb: "deploy", ...how });
  const [bundle] = bundlesOf(
    { plan, states: [desired] },
    {
      run,
      began: new Date().toISOString(),
      holder: "tester@control01",
    },
  );
  return { plan, bundle };
}

export interface Outcome {
  code: number;
  events: RunEvent[];
  words: string[];
}

/** Plans and applies a deploy, or what `how` says; the exit code is 0 when there was nothing to do. */
export async function converge(
  ground: Ground,
  desired: Desired,
  { signal, ...how }: { signal?: AbortSignal } & Partial<PlanRequest> = {},
): Promise<Outcome> {
  const { bundle } = await planFor(ground, desired, undefined, how);
  if (!bundle) return { code: 0, events: [], words: [] };
  const code = await apply(ground, bundle, 1, signal);
  return { code, ...eventsOf(ground, bundle.run) };
}

/** What a run wrote down in a stage, whole and in words. */
export function eventsOf(ground: Ground, run: string, stage = 1): { events: RunEvent[]; words: string[] } {
  const text = readIfThere(eventsFile(ground, run, stage))?.toString("utf8") ?? "";
  const events = text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as RunEvent);
  return { events, words: events.map(({ event, what }) => [event, what].filter(Boolean).join(" ")) };
}
