import { existsSync } from "node:fs";
import { join } from "node:path";
import { baseName, type ContainerItem } from "#model";
import { KollaError, sleep } from "#support";
import { CloudClient, lookAhead, type PreparedRun, whereFirstServer } from "../../app/index.ts";
import { connect, type Engine } from "../../engine/index.ts";
import { siteSettings } from "../common-options.ts";
import { note } from "../terminal.ts";
import { kolla } from "./command.ts";
import { startLoad } from "./load/load.ts";
import { sessionsWith } from "./load/sessions.ts";
import { turnsIn } from "./plot.ts";
import {
  besideLines,
  failureLines,
  failuresOf,
  type MemoryLook,
  type Replacement,
  replaceTable,
  type Way,
} from "./replace-figures.ts";

/** How long clients ask before the run begins and after it is done, in seconds. */
const BEFORE = 15;
const AFTER = 10;
/** Between two looks at the containers' memory, in seconds. */
const LOOK = 1;
/** An option that every API's server takes, and nothing else. */
const OPTION = "service_uwsgi_config_worker_timeout";

/** What a site is under load for. */
interface Target {
  configdir: string;
  /** Containers that are to be replaced. */
  names: readonly string[];
  /** The option with another value than the site's. */
  changed: string;
  /** Where Nova's API of metadata answers. */
  metadata: string;
  /** Of each client between two requests, in seconds. */
  pause: number;
}

/**
 * Replaces every API of a running cloud while clients ask: with a changed option beside what serves, and back to the
 * site's own by stop and start; `pause` is that of each client between two requests, in seconds. The site is in the end as it was. Throws KOLLA_BENCH_CLOUD where there is no cloud that is
 * as configured, and KOLLA_BENCH_COMMAND where a run fails, with the site as it is then.
 */
export async function replacements(configdir: string, pause: number): Promise<Replacement[]> {
  const target = { ...(await targetIn(configdir)), pause };
  const ways: readonly (readonly [Way, readonly string[]])[] = [
    ["beside", ["-e", target.changed]],
    ["stop and start", ["-e", "kolla_replace_beside=no"]],
  ];
  const runs: Replacement[] = [];
  try {
    for (const [way, words] of ways) runs.push(await replaceUnderLoad(target, way, words));
  } catch (error) {
    // Minutes of requests are not lost with the run that failed after them.
    if (runs.length > 0) note(replaceTable(runs));
    throw error;
  }
  return runs;
}

/** Finds out what is to be replaced, and that nothing else would be. */
async function targetIn(configdir: string): Promise<Omit<Target, "pause">> {
  if (!existsSync(join(configdir, "clouds.yaml"))) throw noCloud(`${configdir} has no clouds.yaml`);
  const { loaded, planned } = await look(configdir, []);
  if (planned.plan.steps.length > 0)
    throw noCloud(`the site is not as configured, ${planned.plan.steps.length} steps`);
  const names = loaded.desired.hosts
    .flatMap(({ items }) => items)
    .filter((item): item is ContainerItem => item.kind === "container" && item.turns !== undefined)
    .map(({ spec }) => spec.name);
  const [values = {}] = Object.values(loaded.values);
  const vip = String(values.kolla_internal_fqdn);
  return {
    configdir,
    names,
    changed: `${OPTION}=${Number(values[OPTION]) + 1}`,
    metadata: `${values.internal_protocol}://${vip}:${values.nova_metadata_port}`,
  };
}

/** What a deploy would do now. */
async function look(configdir: string, extraVars: string[]): Promise<PreparedRun> {
  const flags = { configdir, extraVars, vaultId: [], vaultPasswordFile: [], playbook: [], verbose: 0 };
  return lookAhead(await siteSettings(flags, "deploy"), { verb: "deploy" }, () => undefined);
}

function noCloud(why: string): KollaError {
  return new KollaError({
    code: "KOLLA_BENCH_CLOUD",
    message: `--replace measures on a running cloud of this machine: ${why}.`,
    hint: "Make one: tools/quickstart. Or bring it up to date: kolla deploy",
  });
}

async function replaceUnderLoad(target: Target, way: Way, words: readonly string[]): Promise<Replacement> {
  const { configdir, names, metadata, pause } = target;
  const engine = connect();
  const cloud = await CloudClient.signIn(join(configdir, "clouds.yaml"), "kolla-admin-internal");
  const before = await idsOf(engine, names);
  const memory = watchMemory(engine, names);
  const server = await whereFirstServer(cloud, configdir);
  const load = startLoad(cloud, { metadata, pause, sessions: server ? sessionsWith(server) : [] });
  try {
    note(`Replacement, ${way}: ${BEFORE} s of requests`);
    await sleep(BEFORE);
    note(`Replacement, ${way}: kolla deploy ${words.join(" ")}`);
    load.changeBegins();
    const { seconds, stdout } = await kolla(["deploy", "--configdir", configdir, "--json", ...words]);
    load.changeEnded();
    await sleep(AFTER);
    await expectReplaced(engine, before);
    const looks = await memory.stop();
    return { way, seconds, looks, turns: turnsIn(stdout), findings: await load.stop() };
  } catch (error) {
    const looks = await memory.stop();
    const seen = { way, seconds: 0, looks, turns: [], findings: await load.stop() };
    for (const line of [...failureLines(failuresOf([seen])), ...besideLines([seen])]) note(line);
    throw error;
  }
}

/** Name → id of containers that serve. */
async function idsOf(engine: Engine, names: readonly string[]): Promise<Map<string, string | undefined>> {
  const all = new Map((await engine.containers()).map(({ name, id }) => [name, id]));
  return new Map(names.map((name) => [name, all.get(name)]));
}

async function expectReplaced(
  engine: Engine,
  before: ReadonlyMap<string, string | undefined>,
): Promise<void> {
  const now = await idsOf(engine, [...before.keys()]);
  const same = [...before].filter(([name, id]) => id === undefined || now.get(name) === id);
  if (same.length > 0) throw noCloud(`the run did not replace ${same.map(([name]) => name).join(", ")}`);
}

/** Looks again and again at the memory of some containers with all their generations that run. */
function watchMemory(engine: Engine, names: readonly string[]): { stop(): Promise<MemoryLook[]> } {
  const looks: MemoryLook[] = [];
  const stopping = new AbortController();
  const watch = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      looks.push(await memoryNow(engine, names));
      await sleep(LOOK);
    }
  };
  const watching = watch();
  return {
    stop: async () => {
      stopping.abort();
      await watching;
      return looks;
    },
  };
}

async function memoryNow(engine: Engine, names: readonly string[]): Promise<MemoryLook> {
  const running = (await engine.containers()).filter(({ name }) => names.includes(baseName(name)));
  const bytes: Record<string, number> = {};
  const at = performance.now();
  for (const { id, name } of running) {
    const api = baseName(name);
    bytes[api] = (bytes[api] ?? 0) + ((await engine.memory(id)) ?? 0);
  }
  return { at, bytes };
}
