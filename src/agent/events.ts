import { dirname } from "node:path";
import type { Bundle, RunEvent } from "#model";
import { appendLine, ensureDirectory, unlessFull } from "./durable.ts";
import { eventsFile, type Ground } from "./ground.ts";
import { note } from "./state.ts";

type Told = Omit<RunEvent, "run" | "at" | "host" | "stage">;

/** Writes an event down: for whoever follows the run, and in the host's journal. */
export type Tell = (event: Told) => void;

/**
 * Opens the events of one stage. Every text in them is cleared of the secrets that the bundle holds. On a disk that
 * becomes full meanwhile what failed is said on standard error, which the engine keeps and the follower reads.
 */
export function teller(ground: Ground, bundle: Bundle, stage: number): Tell {
  const file = eventsFile(ground, bundle.run, stage);
  ensureDirectory(dirname(file), 0o700);
  const clear = masker(bundle);
  return (event) => {
    const head = { run: bundle.run, at: new Date().toISOString(), host: ground.host, stage };
    const whole: RunEvent = clear({ ...head, ...event });
    const isWritten = unlessFull(() => {
      appendLine(file, JSON.stringify(whole));
      note(ground, whole);
    });
    if (!isWritten && whole.event === "step-failed")
      process.stderr.write(`${whole.what}: ${whole.message}\n`);
  };
}

/** Replaces the bundle's secrets by *** in the texts that came from outside: messages, logs, health output. */
function masker(bundle: Bundle): (event: RunEvent) => RunEvent {
  const secrets = [...secretsOf(bundle)].sort((a, b) => b.length - a.length);
  const clear = (text: string): string =>
    secrets.reduce((clearer, secret) => clearer.replaceAll(secret, "***"), text);
  return (event) => ({
    ...event,
    ...(event.message !== undefined && { message: clear(event.message) }),
    ...(event.log && { log: event.log.map(clear) }),
    ...(event.health && { health: event.health.map(clear) }),
  });
}

/** Values under names that speak of secrets, in resources and environments. Short ones would blot out plain words. */
function secretsOf(value: unknown, name = "", found = new Set<string>()): Set<string> {
  if (typeof value === "string") {
    if (/password|secret|token/i.test(name) && value.length >= 6) found.add(value);
  } else if (Array.isArray(value)) {
    for (const inner of value) secretsOf(inner, name, found);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) secretsOf(inner, key, found);
  }
  return found;
}
