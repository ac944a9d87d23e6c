import type { Desired, ObservedHost } from "#model";
import { bundlesOf } from "./bundle.ts";
import { makePlan } from "./make.ts";
import { afterSteps } from "./model-host.fixture.ts";
import { bareHost } from "./site.fixture.ts";

/** A registry whose images never change. */
export const registry = (reference: string): string => `sha256:${reference}`;
export const deploy = { verb: "deploy" };

/** The hosts of a site after a deploy that went well; it is their first unless they are given. */
export function deployed(
  desired: Desired,
  before: Readonly<Record<string, ObservedHost>> = {},
): Record<string, ObservedHost> {
  const hosts = Object.fromEntries(
    desired.hosts.map(({ host: name }) => [name, before[name] ?? bareHost(name)]),
  );
  const plan = makePlan(desired, hosts, deploy);
  const bundles = bundlesOf(plan, desired, { run: "r", holder: "h" });
  return Object.fromEntries(
    desired.hosts.map(({ host: name }) => {
      const bundle = bundles.find((each) => each.host === name) ?? { steps: [], items: [] };
      const found = afterSteps(hosts[name] ?? bareHost(name), bundle, registry);
      return [name, { ...found, journal: { ...found.journal, release: "2025.1" } }];
    }),
  );
}
