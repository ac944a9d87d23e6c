import { type Desired, filesOf, type ObservedHost, type Plan } from "#model";
import { bundlesOf } from "./bundle.ts";
import { makePlan } from "./make.ts";
import { afterStep } from "./model-host.ts";
import type { PlanRequest } from "./request.ts";
import { bareHost } from "./site.fixture.ts";

/** What was found on each host, by its name. */
export type Hosts = Record<string, ObservedHost>;

/** A registry whose images never change. */
const registry = (reference: string): string => `sha256:${reference}`;
export const deploy = { verb: "deploy" };
export const upgrade = { verb: "upgrade" };

/** The hosts after the first steps of a plan, all of them unless `count` says otherwise; each went well. */
export function applied(desired: Desired, hosts: Hosts, plan: Plan, count = plan.steps.length): Hosts {
  const bundles = new Map(
    bundlesOf({ plan, states: [desired] }, { run: "r", began: "", holder: "h" }).map((bundle) => [
      bundle.host,
      bundle,
    ]),
  );
  const now = { ...hosts };
  for (const step of plan.steps.slice(0, count)) {
    const host = now[step.host];
    if (!host) continue;
    const after = afterStep(host, step, bundles.get(step.host)?.items ?? [], registry);
    now[step.host] = after;
  }
  return now;
}

/** The hosts of a site after a run that went well, a deploy; it is their first unless they are given. */
export function deployed(
  desired: Desired,
  before: Readonly<Hosts> = {},
  request: PlanRequest = deploy,
): Hosts {
  const hosts = Object.fromEntries(
    desired.hosts.map(({ host: name }) => [name, before[name] ?? bareHost(name)]),
  );
  return applied(desired, hosts, makePlan(desired, hosts, request));
}

/** What runs, by host: name, image and files; not how often it was replaced on the way. */
export function serving(hosts: Readonly<Hosts>): unknown {
  const sorted = Object.values(hosts).sort((a, b) => a.host.localeCompare(b.host));
  return sorted.map(({ host, containers, files, journal }) => ({
    host,
    files,
    containers: containers
      .filter(({ name }) => !name.includes("."))
      .map((found) => ({ ...found, files: filesOf(found, journal.reloads) }))
      .map(({ name, imageId, state, files }) => ({ name, imageId, state, files }))
      .sort((a, b) => a.name.localeCompare(b.name)),
  }));
}
