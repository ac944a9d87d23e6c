import type { Desired, ObservedHost } from "#model";
import { bundlesOf } from "./bundle.ts";
import { makePlan } from "./make.ts";
import { afterSteps } from "./model-host.fixture.ts";
import { bareHost } from "./site.fixture.ts";

/** A registry whose images never change. */
export const registry = (reference: string): string => `sha256:${reference}`;
export const deploy = { verb: "deploy" };

/** The hosts of a site after a first deploy that went well. */
export function deployed(desired: Desired): Record<string, ObservedHost> {
  const bare = Object.fromEntries(desired.hosts.map(({ host: name }) => [name, bareHost(name)]));
  const plan = makePlan(desired, bare, deploy);
  const bundles = bundlesOf(plan, desired, { run: "r", holder: "h" });
  return Object.fromEntries(
    desired.hosts.map(({ host: name }) => {
      const bundle = bundles.find((each) => each.host === name) ?? { steps: [], items: [] };
      const found = afterSteps(bareHost(name), bundle, registry);
      return [name, { ...found, journal: { ...found.journal, release: "2025.1" } }];
    }),
  );
}
