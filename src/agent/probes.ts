import { connect as connectSocket } from "node:net";
import type { RowDataPacket } from "mysql2/promise";
import type { Probe, SetProbe } from "#model";
import { stopwatch } from "#support";
import { withDatabase } from "./database.ts";
import { type Ground, hostPath } from "./ground.ts";
import { ask } from "./http.ts";
import { fetchToken, keystoneClient } from "./keystone.ts";

/** What a service says of itself. */
export interface ProbeResult {
  set: readonly string[];
  ok: boolean;
  words: string;
}

interface Said {
  ok: boolean;
  words: string;
}

const SECONDS = 10;

/** Asks all probes at once; each that cannot be asked is not ok, with the reason. */
export function runProbes(ground: Ground, probes: readonly SetProbe[]): Promise<ProbeResult[]> {
  return Promise.all(probes.map(async ({ set, probe }) => ({ set, ...(await answer(ground, probe)) })));
}

async function answer(ground: Ground, probe: Probe): Promise<Said> {
  try {
    return await put(ground, probe);
  } catch (error) {
    return { ok: false, words: (error as Error).message };
  }
}

function put(ground: Ground, probe: Probe): Promise<Said> {
  switch (probe.kind) {
    case "http":
      return askUrl(probe.url, probe.expect);
    case "tcp":
      return knock(probe.host, probe.port);
    case "exec":
      return askInside(ground, probe.container, probe.command);
    case "galera":
      return askGalera(probe);
    case "rabbitmq":
      return askRabbit(probe);
    case "identity-token":
      return askToken(ground, probe);
    case "nova-services":
      return askAgents(ground, probe, "/os-services", "services", isServiceUp);
    case "neutron-agents":
      return askAgents(ground, probe, "/v2.0/agents", "agents", isAgentAlive);
  }
}

async function askUrl(url: string, expect: readonly number[]): Promise<Said> {
  const seconds = stopwatch();
  const { status } = await ask({ url, timeoutSeconds: SECONDS });
  const took = `${Math.round(seconds() * 1000)} ms`;
  if (expect.includes(status)) return { ok: true, words: `answers in ${took}` };
  return { ok: false, words: `answers ${status} where ${expect.join(" or ")} is expected` };
}

function knock(host: string, port: number): Promise<Said> {
  return new Promise((resolve) => {
    const socket = connectSocket({ host, port, timeout: SECONDS * 1000 });
    const end = (ok: boolean, words: string): void => {
      socket.destroy();
      resolve({ ok, words });
    };
    socket.on("connect", () => end(true, `accepts connections on ${host}:${port}`));
    socket.on("timeout", () => end(false, `no answer from ${host}:${port} within ${SECONDS} s`));
    socket.on("error", ({ message }) => end(false, message));
  });
}

async function askInside(ground: Ground, container: string, command: readonly string[]): Promise<Said> {
  const result = await ground.engine.exec(container, command, { timeoutSeconds: SECONDS });
  const [line = ""] = `${result.stdout}${result.stderr}`.trim().split("\n").slice(-1);
  if (result.timedOut) return { ok: false, words: `no answer within ${SECONDS} s` };
  if (result.exitCode === 0) return { ok: true, words: line || "well" };
  return { ok: false, words: `exit code ${result.exitCode}${line && `: ${line}`}` };
}

async function askGalera({ admin, members }: Extract<Probe, { kind: "galera" }>): Promise<Said> {
  const rows = await withDatabase(admin, 0, async (connection) => {
    const [found] = await connection.query<RowDataPacket[]>("SHOW GLOBAL STATUS LIKE 'wsrep\\_%'");
    return found;
  });
  const status = new Map(rows.map((row) => [String(row.Variable_name), String(row.Value)]));
  const size = Number(status.get("wsrep_cluster_size") ?? 0);
  const state = status.get("wsrep_local_state_comment") ?? "not in a cluster";
  const primary = status.get("wsrep_cluster_status") ?? "no cluster";
  const ok = primary === "Primary" && size === members && state === "Synced";
  return { ok, words: `${primary}, ${size} of ${members} members, ${state}` };
}

interface RabbitNode {
  name: string;
  running: boolean;
  mem_alarm?: boolean;
  disk_free_alarm?: boolean;
  partitions?: readonly string[];
}

async function askRabbit(probe: Extract<Probe, { kind: "rabbitmq" }>): Promise<Said> {
  const credentials = Buffer.from(`${probe.user}:${probe.password}`).toString("base64");
  const { status, text } = await ask({
    url: `${probe.url}/api/nodes`,
    headers: { Authorization: `Basic ${credentials}` },
    timeoutSeconds: SECONDS,
  });
  if (status !== 200) return { ok: false, words: `the management API answers ${status}` };
  const nodes = JSON.parse(text) as RabbitNode[];
  const running = nodes.filter((node) => node.running).length;
  const troubles = nodes.flatMap(troublesOf);
  const words = [`${running} of ${probe.members} nodes run`, ...troubles].join(", ");
  return { ok: running === probe.members && troubles.length === 0, words };
}

function troublesOf(node: RabbitNode): string[] {
  return [
    ...(node.mem_alarm ? [`${node.name} is short of memory`] : []),
    ...(node.disk_free_alarm ? [`${node.name} is short of disk`] : []),
    ...((node.partitions ?? []).length > 0 ? [`${node.name} is cut off from others`] : []),
  ];
}

async function askToken(ground: Ground, probe: Extract<Probe, { kind: "identity-token" }>): Promise<Said> {
  const seconds = stopwatch();
  await fetchToken(probe.admin, caFileOf(ground, probe), SECONDS);
  return { ok: true, words: `gives a token in ${Math.round(seconds() * 1000)} ms` };
}

type Agents = Extract<Probe, { kind: "nova-services" | "neutron-agents" }>;

/** Counts by binary, so that one look tells which kind is missing. Those an operator switched off do not count. */
async function askAgents<A extends { binary: string; host: string }>(
  ground: Ground,
  probe: Agents,
  path: string,
  key: string,
  isWell: (agent: A) => boolean | undefined,
): Promise<Said> {
  const client = keystoneClient(probe.admin, caFileOf(ground, probe), SECONDS);
  const found =
    (await client.call<Record<string, A[]>>("GET", `${withoutVersion(probe.url, path)}`))[key] ?? [];
  const counted = found.filter((agent) => isWell(agent) !== undefined);
  const down = counted.filter((agent) => isWell(agent) === false);
  const up = counted.length - down.length;
  const names = down.map(({ binary, host }) => `${binary} on ${host} is down`);
  const words = [`${up} of ${counted.length} up`, ...names].join(", ");
  return { ok: counted.length > 0 && down.length === 0, words };
}

function isServiceUp(service: { binary: string; host: string; state: string; status: string }) {
  if (service.status === "disabled" && service.state !== "up") return undefined;
  return service.state === "up";
}

function isAgentAlive(agent: { binary: string; host: string; alive: boolean; admin_state_up: boolean }) {
  return agent.admin_state_up ? agent.alive : undefined;
}

/** The URL of an API with the path; a version that both bring stands once. */
function withoutVersion(url: string, path: string): string {
  const base = url.replace(/\/$/, "");
  const [, version = ""] = /^(\/v[\d.]+)\//.exec(path) ?? [];
  return version !== "" && base.endsWith(version) ? `${base}${path.slice(version.length)}` : `${base}${path}`;
}

function caFileOf(ground: Ground, probe: { admin: { caFile?: string } }): string | undefined {
  return probe.admin.caFile === undefined ? undefined : hostPath(ground, probe.admin.caFile);
}
