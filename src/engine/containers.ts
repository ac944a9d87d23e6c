import type { ContainerSpec } from "#model";
import { KollaError } from "#support";
import { exec } from "./exec.ts";
import { Demultiplexer, linesOf } from "./output.ts";
import { createBody } from "./spec.ts";
import { inPath, type Transport } from "./transport.ts";
import type { ContainerDetails, ContainerState, ContainerSummary, Engine, LogOptions } from "./types.ts";

type ContainerCalls = Pick<
  Engine,
  | "containers"
  | "inspect"
  | "create"
  | "start"
  | "stop"
  | "signal"
  | "share"
  | "rename"
  | "remove"
  | "wait"
  | "logs"
  | "exec"
  | "memory"
>;

interface RawSummary {
  Id: string;
  Names: string[];
  Labels: Record<string, string> | null;
  State: ContainerState;
  Image: string;
  ImageID: string;
}

interface RawContainer {
  Id: string;
  Name: string;
  Image: string;
  Created: string;
  RestartCount: number;
  Config: {
    Image: string;
    Labels: Record<string, string> | null;
    Env: string[] | null;
    Cmd: string[] | null;
    User: string;
  };
  State: {
    Status: ContainerState;
    ExitCode: number;
    OOMKilled: boolean;
    Error: string;
    StartedAt: string;
    FinishedAt: string;
    Health?: {
      Status: string;
      Log: { Start: string; ExitCode: number; Output: string }[] | null;
    };
  };
  Mounts: { Source: string; Destination: string; Name?: string; RW: boolean }[] | null;
}

/** What Linux counts for a control group: version 1 has the names with `total_`, version 2 those without. */
interface RawStats {
  memory_stats?: { usage?: number; stats?: { total_inactive_file?: number; inactive_file?: number } };
}

/** The part of the engine that is about containers. */
export function containerCalls(transport: Transport): ContainerCalls {
  const act = async (name: string, action: string, query = {}, patience?: number): Promise<void> => {
    await transport.json({
      method: "POST",
      path: `/containers/${inPath(name)}/${action}`,
      query,
      what: `${action} the container ${name}`,
      ...(patience !== undefined && { patience }),
    });
  };
  return {
    containers: async (all = false) =>
      (
        await transport.json<RawSummary[]>({
          path: "/containers/json",
          query: { all },
          what: "list containers",
        })
      ).map(summary),
    inspect: async (idOrName) => {
      const path = `/containers/${inPath(idOrName)}/json`;
      const raw = await transport.jsonIfThere<RawContainer>({ path, what: `describe ${idOrName}` });
      return raw && details(raw);
    },
    create: (spec, name = spec.name) => create(transport, spec, name),
    start: (name) => act(name, "start"),
    stop: (name, timeoutSeconds) => act(name, "stop", { t: timeoutSeconds }, (timeoutSeconds ?? 600) + 120),
    signal: (name, signal) => act(name, "kill", { signal }),
    share: (name, CpuShares) => share(transport, name, CpuShares),
    rename: (name, newName) => act(name, "rename", { name: newName }),
    remove: (name, options = {}) => remove(transport, name, options.force ?? false),
    wait: (name, options = {}) => wait(transport, name, options.signal),
    logs: (name, options = {}) => logs(transport, name, options),
    exec: (name, command, options) => exec(transport, name, command, options),
    memory: (idOrName) => memory(transport, idOrName),
  };
}

async function create(transport: Transport, spec: ContainerSpec, name: string): Promise<string> {
  const engine = await transport.json<{ LoggingDriver?: string }>({ path: "/info", what: "describe itself" });
  const { Id } = await transport.json<{ Id: string }>({
    method: "POST",
    path: "/containers/create",
    query: { name },
    json: createBody(spec, engine.LoggingDriver ?? ""),
    what: `create the container ${name}`,
  });
  return Id;
}

async function share(transport: Transport, name: string, CpuShares: number): Promise<void> {
  await transport.json({
    method: "POST",
    path: `/containers/${inPath(name)}/update`,
    json: { CpuShares },
    what: `change the share of processors of the container ${name}`,
  });
}

async function remove(transport: Transport, name: string, force: boolean): Promise<void> {
  await transport.jsonIfThere({
    method: "DELETE",
    path: `/containers/${inPath(name)}`,
    query: { force, v: true },
    what: `remove the container ${name}`,
  });
}

async function wait(transport: Transport, name: string, signal?: AbortSignal): Promise<number> {
  const what = `wait for the container ${name}`;
  const end = await transport.json<{ StatusCode: number; Error?: { Message: string } | null }>({
    method: "POST",
    path: `/containers/${inPath(name)}/wait`,
    what,
    patience: 0,
    ...(signal && { signal }),
  });
  if (end.Error?.Message) throw new KollaError({ code: "KOLLA_ENGINE_REQUEST", message: end.Error.Message });
  return end.StatusCode;
}

/** The engine counts the last lines before it leaves out those of `until`: so many that came since may be left out. */
const SINCE = 10_000;

async function logs(transport: Transport, name: string, options: LogOptions): Promise<string[]> {
  const { tail, since, until } = options;
  const output = new Demultiplexer();
  const chunks = transport.stream({
    path: `/containers/${inPath(name)}/logs`,
    query: {
      stdout: true,
      stderr: true,
      tail: tail !== undefined && until !== undefined ? tail + SINCE : tail,
      since: secondsOf(since),
      until: secondsOf(until),
    },
    what: `read the log of the container ${name}`,
  });
  for await (const chunk of chunks) output.push(chunk);
  const lines = linesOf(output.end().both);
  return tail === undefined ? lines : lines.slice(Math.max(0, lines.length - tail));
}

async function memory(transport: Transport, idOrName: string): Promise<number | undefined> {
  const raw = await transport.jsonIfThere<RawStats>({
    path: `/containers/${inPath(idOrName)}/stats`,
    query: { stream: false, "one-shot": true },
    what: `tell the memory of the container ${idOrName}`,
  });
  const { usage, stats = {} } = raw?.memory_stats ?? {};
  return usage === undefined ? undefined : usage - (stats.total_inactive_file ?? stats.inactive_file ?? 0);
}

function secondsOf(moment: string | Date | undefined): number | undefined {
  return moment === undefined ? undefined : new Date(moment).getTime() / 1000;
}

function summary(raw: RawSummary): ContainerSummary {
  const names = (raw.Names ?? []).map(withoutSlash);
  return {
    id: raw.Id,
    name: names[0] ?? raw.Id,
    labels: raw.Labels ?? {},
    state: raw.State,
    image: raw.Image,
    imageId: raw.ImageID,
  };
}

function details(raw: RawContainer): ContainerDetails {
  const { State: state, Config: config } = raw;
  return {
    id: raw.Id,
    name: withoutSlash(raw.Name),
    image: config.Image,
    imageId: raw.Image.startsWith("sha256:") ? raw.Image : `sha256:${raw.Image}`,
    state: state.Status,
    exitCode: state.ExitCode,
    oomKilled: state.OOMKilled,
    error: state.Error,
    startedAt: state.StartedAt,
    finishedAt: state.FinishedAt,
    createdAt: raw.Created,
    restarts: raw.RestartCount,
    health: healthOf(state.Health?.Status),
    healthLog: (state.Health?.Log ?? []).map((entry) => ({
      at: entry.Start,
      exitCode: entry.ExitCode,
      output: entry.Output,
    })),
    labels: config.Labels ?? {},
    environment: environmentOf(config.Env),
    command: config.Cmd ?? [],
    user: config.User,
    mounts: (raw.Mounts ?? []).map(mountOf),
  };
}

function healthOf(status = ""): ContainerDetails["health"] {
  return status === "starting" || status === "healthy" || status === "unhealthy" ? status : "none";
}

function mountOf(raw: NonNullable<RawContainer["Mounts"]>[number]): ContainerDetails["mounts"][number] {
  const place = { source: raw.Source, target: raw.Destination, readOnly: !raw.RW };
  return raw.Name ? { ...place, volume: raw.Name } : place;
}

/** "A=b" texts as a table; also for images. */
export function environmentOf(list: readonly string[] | null | undefined): Record<string, string> {
  return Object.fromEntries(
    (list ?? []).map((text) => {
      const equals = text.indexOf("=");
      return equals < 0 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
}

function withoutSlash(name: string): string {
  return name.replace(/^\//, "");
}
