import { KollaError, sleep } from "#support";
import { connectionError } from "./errors.ts";
import { Demultiplexer } from "./output.ts";
import { inPath, type Transport } from "./transport.ts";
import type { ExecOptions, ExecResult } from "./types.ts";

class TimedOut extends Error {}

/** Runs a command in a running container and waits for its end; see Engine.exec. */
export async function exec(
  transport: Transport,
  name: string,
  command: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const what = `run ${command[0] ?? "a command"} in the container ${name}`;
  const { Id } = await transport.json<{ Id: string }>({
    method: "POST",
    path: `/containers/${inPath(name)}/exec`,
    json: execBody(command, options),
    what,
  });
  const output = new Demultiplexer();
  const timedOut = await attached(transport, Id, options, output, what);
  const { stdout, stderr } = output.end();
  const exitCode = timedOut ? -1 : await exitCodeOf(transport, Id, what);
  return { exitCode, stdout: stdout.toString("utf8"), stderr: stderr.toString("utf8"), timedOut };
}

function execBody(command: readonly string[], options: ExecOptions): Record<string, unknown> {
  return {
    Cmd: command,
    AttachStdin: options.stdin !== undefined,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    Env: Object.entries(options.env ?? {}).map(([key, value]) => `${key}=${value}`),
    ...(options.user !== undefined && { User: options.user }),
  };
}

/** Starts it and gathers what it writes; true when the time ran out before it ended. */
async function attached(
  transport: Transport,
  id: string,
  options: ExecOptions,
  output: Demultiplexer,
  what: string,
): Promise<boolean> {
  const ask = {
    method: "POST",
    path: `/exec/${id}/start`,
    json: { Detach: false, Tty: false },
    what,
  } as const;
  const { socket, head } = await transport.hijack(ask);
  const seconds = options.timeoutSeconds;
  const timer = seconds ? setTimeout(() => socket.destroy(new TimedOut()), seconds * 1000) : undefined;
  try {
    if (head.length > 0) output.push(head);
    if (options.stdin !== undefined) socket.end(options.stdin);
    for await (const chunk of socket) output.push(chunk as Buffer);
    return false;
  } catch (error) {
    if (error instanceof TimedOut) return true;
    throw connectionError(error as Error, transport.socketPath, what);
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** The engine closes the stream a moment before it knows the exit code. A stream cut by its death shows here too. */
async function exitCodeOf(transport: Transport, id: string, what: string): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const state = await transport.json<{ Running: boolean; ExitCode: number | null }>({
      path: `/exec/${id}/json`,
      what,
    });
    if (!state.Running && state.ExitCode !== null) return state.ExitCode;
    await sleep(0.1);
  }
  throw new KollaError({
    code: "KOLLA_ENGINE_REQUEST",
    message: `The container engine was asked to ${what} and does not tell how it ended`,
  });
}
