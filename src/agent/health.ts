import type { HealthCheck } from "#model";
import { sleep, stopwatch } from "#support";
import type { ContainerDetails, Engine } from "../engine/index.ts";

export interface Verdict {
  healthy: boolean;
  /** Why not. */
  why: string;
  /** What the last check printed. */
  output: readonly string[];
}

/** Without a health check a container counts as healthy once it ran this long, in seconds. */
const STEADY = 5;
/** Between two checks, in seconds. */
const PAUSE = { least: 1, most: 5 };

/**
 * Waits until a container answers its own health check twice in a row, a second apart. The check is run in it, so that
 * nobody waits for the engine's slow first one, and not too often where checks are slow, since they take from the
 * container the time that it needs to start. A container that ends or starts again meanwhile is not healthy.
 */
export async function awaitHealth(
  engine: Engine,
  name: string,
  health: HealthCheck | undefined,
  seconds: number,
): Promise<Verdict> {
  const command = health && checkCommand(health.test);
  const deadline = Date.now() + seconds * 1000;
  const first = await engine.inspect(name);
  let passed = 0;
  let output: readonly string[] = [];
  for (;;) {
    const now = await engine.inspect(name);
    const ended = whyNotRunning(first, now);
    if (ended) return { healthy: false, why: ended, output };
    const took = stopwatch();
    const check = command
      ? await runCheck(engine, name, command, health.timeout)
      : ranFor(now, Math.min(STEADY, seconds));
    passed = check.ok ? passed + 1 : 0;
    output = check.output;
    if (passed >= (command ? 2 : 1)) return { healthy: true, why: "", output };
    if (Date.now() >= deadline) return { healthy: false, why: `not healthy within ${seconds} s`, output };
    await sleep(pauseAfter(check, took()));
  }
}

/** Seconds until the next check after one that took so long: those that fail take a quarter of the time, as far as that goes. */
function pauseAfter({ ok }: Check, seconds: number): number {
  return ok ? PAUSE.least : Math.min(PAUSE.most, Math.max(PAUSE.least, 3 * seconds));
}

/** The command of a health check as the engine would run it; undefined when it asks for none. */
function checkCommand(test: readonly string[]): readonly string[] | undefined {
  const [how, ...rest] = test;
  if (how === "CMD-SHELL") return ["/bin/sh", "-c", rest.join(" ")];
  return how === "CMD" ? rest : undefined;
}

interface Check {
  ok: boolean;
  output: readonly string[];
}

async function runCheck(
  engine: Engine,
  name: string,
  command: readonly string[],
  timeoutSeconds: number,
): Promise<Check> {
  try {
    const { exitCode, stdout, stderr, timedOut } = await engine.exec(name, command, { timeoutSeconds });
    const lines = `${stdout}${stderr}`.split("\n").filter((line) => line.trim() !== "");
    const said = timedOut ? [...lines, `no answer within ${timeoutSeconds} s`] : lines;
    return { ok: exitCode === 0, output: said.slice(-10) };
  } catch (error) {
    // The container may end between the look at it and the check; the next look says so.
    return { ok: false, output: [(error as Error).message] };
  }
}

function ranFor(now: ContainerDetails | undefined, seconds: number): Check {
  const ran = Date.now() - new Date(now?.startedAt ?? 0).getTime();
  return { ok: ran >= seconds * 1000, output: [] };
}

function whyNotRunning(first: ContainerDetails | undefined, now: ContainerDetails | undefined): string {
  if (!first || !now) return "the container is gone";
  if (now.error) return `the engine could not start it: ${now.error}`;
  const how = now.oomKilled ? "it ran out of memory" : `exit code ${now.exitCode}`;
  if (now.state !== "running") return `it ended: ${how}`;
  if (now.startedAt !== first.startedAt || now.restarts !== first.restarts)
    return `it ended and was started again`;
  return "";
}
