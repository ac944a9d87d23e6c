import type { Bundle, HostRecords, ObservedHost } from "#model";
import type { Ground } from "../../src/agent/ground.ts";
import { observe } from "../../src/agent/observe.ts";
import { tellPast } from "../../src/agent/past.ts";
import { tellRecords } from "../../src/agent/records.ts";
import { copyOf, hashesKept, keepCopy } from "../../src/app/kept-copy.ts";
import { withCopies } from "../../src/app/remembered.ts";
import { planReturn, type RollbackWish, targetsOf } from "../../src/app/return-plan.ts";
import { bundlesOf, type PhasedPlan } from "../../src/plan/index.ts";
import { HOST } from "./agent-world.ts";

/** What a host remembers, without what it is made of. */
export const recordsOf = (ground: Ground): Promise<HostRecords> => tellRecords(ground, {});

/** Brings the control host's copy of what the host remembers up to date. Returns the hashes of what travelled. */
export async function copyHome(ground: Ground, copies: string): Promise<string[]> {
  const past = await tellPast(ground, { known: hashesKept(copies, HOST) });
  keepCopy(copies, HOST, past, new Date().toISOString());
  return Object.keys(past.contents);
}

/**
 * The plan of a rollback, as the application makes it from what the host answers; `copies`: where the control host has
 * its copies, where it has any.
 */
export async function planBack(ground: Ground, wish: RollbackWish, copies?: string): Promise<PhasedPlan> {
  const seen: Record<string, ObservedHost> = { [HOST]: await observe(ground) };
  const own = { [HOST]: await tellRecords(ground, { contentsOf: wish.names }) };
  const copy = (host: string) => (copies === undefined ? undefined : copyOf(copies, host));
  const { records, observed } = withCopies(own, seen, copy, wish.names);
  return planReturn({ ...targetsOf(records, wish), records, observed });
}

let runs = 0;

/** The same as the agent gets it; undefined when there is nothing to do. */
export async function bundleBack(
  ground: Ground,
  wish: RollbackWish,
  copies?: string,
): Promise<Bundle | undefined> {
  const phased = await planBack(ground, wish, copies);
  const of = { run: `back-${++runs}`, began: new Date().toISOString(), holder: "tester@control01" };
  return bundlesOf(phased, of)[0];
}
