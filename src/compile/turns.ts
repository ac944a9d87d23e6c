import type { Balancer, NamedApi, Turns } from "#model";
import { invariant } from "#support";
import type { Compilation, PlacedContainer } from "./placed.ts";
import { providerOf } from "./resources.ts";

/** The ports on which the generations of a container take turns; undefined where they do not. */
export function turnsOf({ part, host }: PlacedContainer, compilation: Compilation): Turns | undefined {
  if (part.turns === undefined) return undefined;
  const { views } = compilation;
  const site = views.site(host);
  const api = site.apis.find(({ name }) => name === part.turns);
  invariant(api?.sparePort !== undefined, `no API with a spare port is called ${part.turns}`);
  const balancers = balancersOf(api, host, compilation);
  const isWanted = compilation.evaluation.value("kolla_replace_beside", host) === true;
  return { ports: [api.listenPort, api.sparePort], balancers, beside: isWanted && balancers.length > 0 };
}

function balancersOf(api: NamedApi, host: string, { declared, views }: Compilation): readonly Balancer[] {
  const provider = providerOf(
    declared.map(({ service }) => service),
    "balancer",
  );
  return provider?.carriers(api, views.host(host), views.site(host)) ?? [];
}
