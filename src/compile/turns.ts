import { type Balancer, type NamedApi, TURN_SECONDS, type Turns } from "#model";
import { invariant } from "#support";
import type { Compilation, PlacedContainer } from "./placed.ts";
import { providerOf } from "./resources.ts";

/** The ports on which the generations of a container take turns; undefined where they do not. */
export function turnsOf(placed: PlacedContainer, compilation: Compilation): Turns | undefined {
  const { host, part } = placed;
  const api = servedApi(placed, compilation);
  if (api === undefined) return undefined;
  const balancers = balancersOf(api, host, compilation);
  const isWanted = compilation.evaluation.value("kolla_replace_beside", host) === true;
  const { apiAddress: address } = compilation.views.host(host);
  return {
    ports: [api.listenPort, api.sparePort],
    balancers,
    beside: isWanted && balancers.length > 0,
    drainSeconds: api.drainSeconds ?? TURN_SECONDS.drained,
    ...(part.trial && { trial: { ...part.trial, address } }),
  };
}

/** The port that the first generation of a container listens on; undefined where generations do not take turns. */
export function firstPort(placed: PlacedContainer, compilation: Compilation): number | undefined {
  return servedApi(placed, compilation)?.listenPort;
}

type TurnsApi = NamedApi & { sparePort: number };

function servedApi({ part, host }: PlacedContainer, { views }: Compilation): TurnsApi | undefined {
  if (part.turns === undefined) return undefined;
  const api = views.site(host).apis.find(({ name }) => name === part.turns);
  invariant(api?.sparePort !== undefined, `no API with a spare port is called ${part.turns}`);
  return { ...api, sparePort: api.sparePort };
}

function balancersOf(api: NamedApi, host: string, { declared, views }: Compilation): readonly Balancer[] {
  const provider = providerOf(
    declared.map(({ service }) => service),
    "balancer",
  );
  return provider?.carriers(api, views.host(host), views.site(host)) ?? [];
}
