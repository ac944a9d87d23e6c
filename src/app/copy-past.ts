import type { HostPast, ObservedHost } from "#model";
import {
  type AnsibleSettings,
  type ApplyOutcome,
  type KnownContents,
  runAgentVerb,
} from "../ansible/index.ts";
import type { Tell } from "./events.ts";
import { copiedRun, hashesKept, keepCopy } from "./kept-copy.ts";
import { remembersNothing } from "./lost-past.ts";

/** The hosts whose past a run may have changed, and those of which an earlier run brought no copy home. */
export function hostsToCopy(
  changed: readonly string[],
  observed: Readonly<Record<string, ObservedHost>>,
  copied: (host: string) => string | undefined,
): string[] {
  const behind = Object.entries(observed).flatMap(([host, { journal }]) =>
    journal.lastRun && journal.lastRun.run !== copied(host) ? [host] : [],
  );
  return [...new Set([...changed, ...behind])];
}

/** What hosts need not send of what they remember, since this machine has it; of no host where it keeps no copies. */
export function contentsKnown(
  { recordsDirectory: directory }: AnsibleSettings,
  hosts: readonly string[],
): KnownContents {
  if (directory === undefined) return {};
  return Object.fromEntries(hosts.map((host) => [host, { known: hashesIfReadable(directory, host) }]));
}

/**
 * A copy that cannot be read keeps no run from its start: all of the past travels then, and what is wrong with the
 * directory is told when that is to be kept.
 */
function hashesIfReadable(directory: string, host: string): string[] {
  try {
    return hashesKept(directory, host);
  } catch {
    return [];
  }
}

/**
 * After a run, whatever its end: brings this machine's copies of what hosts remember up to date with what the run
 * brought home, and asks for the rest. Only what is not here yet travels. What goes wrong is told and throws nothing:
 * the run is done, and the next one catches up.
 */
export async function copyPast(
  { settings, observed }: { settings: AnsibleSettings; observed: Readonly<Record<string, ObservedHost>> },
  changed: readonly string[],
  told: ApplyOutcome["past"],
  tell: Tell,
): Promise<void> {
  const { recordsDirectory: directory } = settings;
  if (directory === undefined) return;
  const orTell = async (concerned: readonly string[], act: () => Promise<void> | void): Promise<void> => {
    try {
      await act();
    } catch (error) {
      for (const host of concerned) tell({ event: "not-copied", host, reason: (error as Error).message });
    }
  };
  await orTell(changed, async () => {
    const hosts = hostsToCopy(changed, observed, (host) => copiedRun(directory, host));
    const open = hosts.filter((host) => !(host in told));
    const answers = await runAgentVerb(settings, "past", contentsKnown(settings, open), () => undefined);
    for (const [host, found] of [...Object.entries(told), ...Object.entries(answers)])
      if ("unreachable" in found) tell({ event: "not-copied", host, reason: found.unreachable });
      else await orTell([host], () => keepIfAny(directory, host, pastOf(found)));
  });
}

const pastOf = (found: HostPast | { answer: unknown }): HostPast =>
  "answer" in found ? (found.answer as HostPast) : found;

/** A host that remembers nothing, as when its part of the run never began, takes no copy from the one that was lost. */
function keepIfAny(directory: string, host: string, past: HostPast): void {
  if (!remembersNothing(past.records)) keepCopy(directory, host, past, new Date().toISOString());
}
