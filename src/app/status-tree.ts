import { type Desired, LABEL, type ObservedContainer, type ObservedHost, type SetProbe } from "#model";
import { groupBy } from "#support";

/** What a set's probe answered. */
export interface ProbeResult {
  set: readonly string[];
  ok: boolean;
  words: string;
}

export interface StatusContainer {
  host: string;
  name: string;
  state: string;
  generation: number | undefined;
  release: string | undefined;
  ageSeconds: number | undefined;
}

export interface StatusNode {
  name: string;
  /** well: all below runs, is healthy, and every probe agrees. */
  well: boolean;
  probes: ProbeResult[];
  containers: StatusContainer[];
  sets: StatusNode[];
}

/**
 * Which hosts are asked which probes. What is asked over the network any host can ask, so those of a host that cannot
 * be looked at go to the first that can.
 */
export function probesByHost(
  desired: Desired,
  seen: readonly string[],
): Record<string, { probes: readonly SetProbe[] }> {
  const all = desired.hosts.flatMap(({ host, probes }) =>
    probes.flatMap((probe) => {
      const asker = seen.includes(host) || probe.probe.kind === "exec" ? host : seen[0];
      return asker !== undefined && seen.includes(asker) ? [{ asker, probe }] : [];
    }),
  );
  const byHost = groupBy(all, ({ asker }) => asker);
  return Object.fromEntries(
    [...byHost].map(([host, asked]) => [host, { probes: asked.map(({ probe }) => probe) }]),
  );
}

/** The site as a tree of sets; `only` names sets to show, with all below them. Pure but for the clock given. */
export function buildStatusTree(
  desired: Desired,
  observed: Readonly<Record<string, ObservedHost>>,
  probes: readonly ProbeResult[],
  only: readonly string[],
  now: number = Date.now(),
): StatusNode {
  const root = emptyNode("site");
  for (const host of desired.hosts) {
    for (const item of host.items) {
      if (item.kind !== "container" || !wanted(item.set, only)) continue;
      const { name } = item.spec;
      const seen = observed[host.host];
      const found = seen?.containers.find((container) => container.name === name);
      const status = seen ? statusOf(host.host, name, found, now) : without(host.host, name, UNKNOWN);
      nodeAt(root, item.set).containers.push(status);
    }
  }
  for (const probe of probes) if (wanted(probe.set, only)) nodeAt(root, probe.set).probes.push(probe);
  return judge(root);
}

function wanted(set: readonly string[], only: readonly string[]): boolean {
  return only.length === 0 || set.some((name) => only.includes(name));
}

function emptyNode(name: string): StatusNode {
  return { name, well: true, probes: [], containers: [], sets: [] };
}

function nodeAt(root: StatusNode, path: readonly string[]): StatusNode {
  let node = root;
  for (const name of path) {
    let next = node.sets.find((set) => set.name === name);
    if (!next) {
      next = emptyNode(name);
      node.sets.push(next);
    }
    node = next;
  }
  return node;
}

function statusOf(
  host: string,
  name: string,
  found: ObservedContainer | undefined,
  now: number,
): StatusContainer {
  if (!found) return without(host, name, "absent");
  const running = found.state === "running";
  return {
    host,
    name,
    state: running ? (found.health === "none" ? "running" : found.health) : found.state,
    generation: Number(found.labels[LABEL.generation]) || undefined,
    release: found.labels[LABEL.release],
    ageSeconds: running ? Math.max(0, (now - Date.parse(found.startedAt)) / 1000) : undefined,
  };
}

/** State of a container whose host cannot be looked at. */
const UNKNOWN = "unknown";

function without(host: string, name: string, state: string): StatusContainer {
  return { host, name, state, generation: undefined, release: undefined, ageSeconds: undefined };
}

const WELL = ["running", "healthy", "starting"];

function judge(node: StatusNode): StatusNode {
  const sets = node.sets.map(judge).sort((a, b) => a.name.localeCompare(b.name));
  const well =
    sets.every((set) => set.well) &&
    node.probes.every((probe) => probe.ok) &&
    node.containers.every((container) => WELL.includes(container.state));
  return { ...node, sets, well };
}

/** Every container and probe that is not well; of hosts that cannot be looked at nothing is known. */
export function unwellIn(node: StatusNode): { host: string; what: string; words: string }[] {
  return [
    ...node.containers
      .filter(({ state }) => !WELL.includes(state) && state !== UNKNOWN)
      .map((each) => ({ host: each.host, what: each.name, words: `is ${each.state}` })),
    ...node.probes
      .filter((probe) => !probe.ok)
      .map((probe) => ({ host: "", what: probe.set.join(" → "), words: probe.words })),
    ...node.sets.flatMap(unwellIn),
  ];
}
