import type { Bundle, Desired, HostRecords, ObservedHost, Plan } from "#model";
import type { Ground } from "../../src/agent/ground.ts";
import { observe } from "../../src/agent/observe.ts";
import { tellRecords } from "../../src/agent/records.ts";
import { planReturn, type RollbackWish, targetsOf } from "../../src/app/return-plan.ts";
import { bundlesOf } from "../../src/plan/index.ts";
import { HOST } from "./agent-world.ts";

/** What a host remembers, without what it is made of. */
export const recordsOf = (ground: Ground): Promise<HostRecords> => tellRecords(ground, {});

/** The plan of a rollback, as the application makes it from what the host answers. */
export async function planBack(
  ground: Ground,
  wish: RollbackWish,
): Promise<{ desired: Desired; plan: Plan }> {
  const observed: Record<string, ObservedHost> = { [HOST]: await observe(ground) };
  const records = { [HOST]: await tellRecords(ground, { contentsOf: wish.names }) };
  return planReturn({ ...targetsOf(records, wish), records, observed });
}

let runs = 0;

/** The same as the agent gets it; undefined when there is nothing to do. */
export async function bundleBack(ground: Ground, wish: RollbackWish): Promise<Bundle | undefined> {
  const { plan, desired } = await planBack(ground, wish);
  const of = { run: `back-${++runs}`, began: new Date().toISOString(), holder: "tester@control01" };
  return bundlesOf(plan, desired, of)[0];
}
