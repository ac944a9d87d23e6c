import { type Desired, type HostDesired, LABEL, type ObservedHost, type Plan, USUAL_LIMITS } from "#model";
import { throwProblems } from "#support";
import type { Node } from "./draft.ts";
import { type Leftovers, leftoversOf } from "./leftovers.ts";
import { hostNodes } from "./nodes.ts";
import { reversed, stepsOf } from "./order.ts";
import type { HostPair } from "./pair.ts";
import { isPowerVerb, powerNodes } from "./power.ts";
import { isAway, quorumProblems } from "./quorum.ts";
import { checkRequest, onHost, type PlanRequest, setOfLabels } from "./request.ts";
import { changesOf, declaredRollouts, rollHosts } from "./roll.ts";
import type { Order } from "./schedule.ts";
import { undone } from "./undone.ts";
import { servingIn, standingsOf, upgradesOf } from "./upgrade.ts";
import { upgradeProblems } from "./upgrade-problems.ts";

/**
 * What has to be done so that the hosts become as desired, in order, each step with its cause. Pure.
 * `observed` is by host name; hosts left out by `limit` need not be in it.
 * Throws KOLLA_SET_UNKNOWN, KOLLA_HOST_UNKNOWN, KOLLA_HOST_NOT_OBSERVED, KOLLA_QUORUM and KOLLA_UPGRADE_*.
 */
export function makePlan(
  desired: Desired,
  observed: Readonly<Record<string, ObservedHost>>,
  request: PlanRequest,
): Plan {
  checkRequest(desired, observed, request);
  const standings = standingsOf(desired, observed);
  throwProblems("KOLLA_UPGRADE", upgradeProblems(desired, observed, standings, request));
  const services = new Set(
    desired.hosts.flatMap((host) =>
      host.items.flatMap((item) => (item.kind === "container" ? item.set.slice(0, 1) : [])),
    ),
  );
  const graphs = desired.hosts.map((host) => {
    const seen = observed[host.host] ?? nothingSeen(host.host);
    const containers = new Map(seen.containers.map((found) => [found.name, found]));
    const active = onHost(request, host.host) && observed[host.host] !== undefined;
    return graphOf({ desired: host, observed: seen, containers, request, standings }, active, services);
  });
  const nodes = graphs.flatMap((graph) => graph.nodes);
  const { maxFailPercentage } = desired.limits ?? USUAL_LIMITS;
  const ordered = request.verb === "stop" ? reversed(nodes) : rolled(nodes, desired, observed);
  const steps = stepsOf(ordered, orderOf(desired));
  return {
    from: releases(steps, (host) => servingLabels(observed[host])),
    to: releases(steps, (host) => wantedLabels(desired.hosts.find((each) => each.host === host))),
    ...upgradesOf(desired, standings, request),
    verb: request.verb,
    steps,
    maxFailPercentage,
    undoes: undone(desired, observed, steps),
    left: graphs.flatMap(({ left }) => left),
    ...(request.without && { without: request.without }),
    former: request.former ?? [],
  };
}

/** Throws KOLLA_QUORUM. */
function rolled(
  nodes: readonly Node[],
  desired: Desired,
  observed: Readonly<Record<string, ObservedHost>>,
): Node[] {
  const rolloutOf = declaredRollouts(desired.hosts);
  const ofQuorums = changesOf(nodes, rolloutOf).filter(({ container }) => rolloutOf(container) === "quorum");
  throwProblems("KOLLA_QUORUM", quorumProblems(desired, observed, ofQuorums));
  const { serial } = desired.limits ?? USUAL_LIMITS;
  return rollHosts(nodes, {
    rolloutOf,
    serial,
    isAway: (host, container) => isAway(observed[host], container),
  });
}

/** Hosts as the inventory has them, services as they need each other. */
function orderOf({ hosts }: Desired): Order {
  return {
    hosts: hosts.map(({ host }) => host),
    services: hosts.flatMap(({ items }) => items.flatMap(({ set }) => set.slice(0, 1))),
  };
}

function graphOf(pair: HostPair, active: boolean, services: ReadonlySet<string>): Leftovers {
  const { verb } = pair.request;
  if (isPowerVerb(verb)) return { nodes: powerNodes(pair, verb, active), left: [] };
  const { nodes, left } = active ? leftoversOf(pair, services) : { nodes: [], left: [] };
  const gone = nodes.flatMap(({ drafts }) =>
    drafts.flatMap((draft) => (draft.kind === "file" ? [draft.path] : [])),
  );
  return { nodes: [...nodes, ...hostNodes(pair, active, gone)], left };
}

type Labels = Readonly<Record<string, string>>;

/** What the containers of each service that steps are for are of on each host: they carry it themselves, whatever a run was limited to. */
function releases(
  steps: Plan["steps"],
  labelsOn: (host: string) => readonly Labels[],
): Record<string, string> {
  const places = new Map(steps.map(({ host, set }) => [`${host} ${set[0]}`, { host, service: set[0] }]));
  return Object.fromEntries(
    [...places].flatMap(([place, { host, service }]) => {
      const own = labelsOn(host).filter((labels) => setOfLabels(labels)[0] === service);
      const found = new Set(own.flatMap((labels) => labels[LABEL.release] ?? []));
      return found.size === 0 ? [] : [[place, [...found].sort().join(", ")]];
    }),
  );
}

function servingLabels(observed: ObservedHost | undefined): Labels[] {
  return servingIn(observed).map(({ labels }) => labels);
}

function wantedLabels(desired: HostDesired | undefined): Labels[] {
  return (desired?.items ?? []).flatMap((item) =>
    item.kind === "container" ? [{ ...item.spec.labels, [LABEL.set]: item.set.join("/") }] : [],
  );
}

/** Stands for a host that is left out: its items are in the graph and have no steps. */
function nothingSeen(host: string): ObservedHost {
  return {
    host,
    engine: { name: "docker", version: "", cgroupVersion: 1 },
    facts: {
      nodename: host,
      nofileHard: 0,
      cpus: 0,
      memoryBytes: 0,
      diskFreeBytes: 0,
      kernelModules: {},
      interfaces: {},
      listening: {},
    },
    containers: [],
    images: {},
    volumes: [],
    files: {},
    journal: { jobs: {}, resources: {}, generations: {} },
  };
}
