import type { Desired } from "#model";
import { KollaError, nearest } from "#support";
import { type AnsibleSettings, runAgentVerb } from "../ansible/index.ts";
import { type LoadedSite, loadSite } from "./load.ts";
import { buildStatusTree, type ProbeResult, probesByHost, type StatusNode, unwellIn } from "./status-tree.ts";

/** What a site says of itself. */
export interface SiteStatus {
  tree: StatusNode;
  /** Host → why it cannot be looked at. */
  unreachable: Readonly<Record<string, string>>;
}

/** Looks at all containers and asks all probes; `sets`: only these, with all below them. */
export async function statusOf(settings: AnsibleSettings, sets: readonly string[]): Promise<SiteStatus> {
  const loaded = await loadSite(settings);
  const { observed, unreachable } = loaded;
  const desired = chosenHosts(loaded);
  const probes = await askProbes(loaded, desired);
  return { tree: buildStatusTree(desired, observed, probes, sets), unreachable };
}

/** Hosts that --limit leaves out were not looked at. */
function chosenHosts({ desired, observed, unreachable }: LoadedSite): Desired {
  return { ...desired, hosts: desired.hosts.filter(({ host }) => observed[host] || unreachable[host]) };
}

async function askProbes({ settings, observed }: LoadedSite, desired: Desired): Promise<ProbeResult[]> {
  const inputs = probesByHost(desired, Object.keys(observed));
  const answers = await runAgentVerb(settings, "status", inputs, () => undefined);
  return Object.entries(answers).flatMap(([host, answer]) =>
    "answer" in answer
      ? (answer.answer as ProbeResult[])
      : [{ set: ["probes"], ok: false, words: `${host}: ${answer.unreachable}` }],
  );
}

/** All that is not well, hosts that cannot be looked at first. */
export function unwellOf({ tree, unreachable }: SiteStatus): ReturnType<typeof unwellIn> {
  const away = Object.entries(unreachable).map(([host, reason]) => ({
    host,
    what: "cannot be looked at:",
    words: reason,
  }));
  return [...away, ...unwellIn(tree)];
}

/**
 * A container's last lines, by host, of every host that has it. Throws KOLLA_USAGE_CONTAINER when none has.
 */
export async function logsOf(
  settings: AnsibleSettings,
  container: string,
  lines: number,
): Promise<Record<string, readonly string[]>> {
  const loaded = await loadSite(settings);
  const having = Object.values(loaded.observed).filter((host) =>
    host.containers.some((each) => each.name === container),
  );
  if (having.length === 0) throw unknownContainer(container, loaded);
  const inputs = Object.fromEntries(having.map(({ host }) => [host, { container, lines }]));
  const answers = await runAgentVerb(loaded.settings, "logs", inputs, () => undefined);
  return Object.fromEntries(
    Object.entries(answers).map(([host, answer]) => [
      host,
      "answer" in answer ? (answer.answer as string[]) : [answer.unreachable],
    ]),
  );
}

function unknownContainer(container: string, loaded: LoadedSite): KollaError {
  const names = Object.values(loaded.observed).flatMap((host) => host.containers.map((each) => each.name));
  const meant = nearest(container, names);
  return new KollaError({
    code: "KOLLA_USAGE_CONTAINER",
    message: `No host has a container ${container}.`,
    ...(meant && { hint: `kolla logs ${meant}` }),
  });
}
