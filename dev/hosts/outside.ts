import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { KollaError } from "#support";
import { askEngine, engineClient, linesOf } from "./engine.ts";

/** Milliseconds. */
const PATIENCE = 180_000;
const FORWARD = "/proc/sys/net/ipv4/ip_forward";
/** Label of our networks: what this machine's forwarding was before the first of them. */
const BEFORE = "kolla-hosts-forwarding";

/**
 * A bridge network of the engine's with this name, and a way out of it: the engine of a Kolla host neither forwards
 * nor translates addresses. What has to be put back is a label of the network, so that any process can do it.
 */
export async function connectToOutside(name: string, words: readonly string[] = []): Promise<void> {
  const before = (await forwardingBefore()) ?? readFileSync(FORWARD, "utf8").trim();
  await askEngine("network", "create", "--label", `${BEFORE}=${before}`, ...words, name);
  writeFileSync(FORWARD, "1\n");
  await execa("iptables", ["-t", "nat", "-A", ...(await rule(name))]);
}

/** Undoes `connectToOutside`, as far as it was done. */
export async function disconnectFromOutside(name: string): Promise<void> {
  const found = await rule(name).catch(() => undefined);
  if (!found) return;
  const before = await forwardingBefore();
  // An interrupted command may have been begun more than once.
  while ((await execa("iptables", ["-t", "nat", "-D", ...found], { reject: false })).exitCode === 0);
  await askEngine("network", "rm", name);
  if (before !== undefined && (await forwardingBefore()) === undefined) writeFileSync(FORWARD, `${before}\n`);
}

/** The interfaces of this machine by which containers are on these networks of the engine. */
export async function linksOf(networks: readonly string[]): Promise<string[]> {
  const bridges = await Promise.all(
    networks.map(
      async (name) =>
        `br-${(await askEngine("network", "inspect", "--format", "{{.Id}}", name)).slice(0, 12)}`,
    ),
  );
  return (await linksOfMachine())
    .filter(({ master }) => bridges.includes(master))
    .map(({ ifname }) => ifname);
}

/**
 * Waits until these interfaces are gone: a network namespace ends some time after its last process, a busy machine's
 * kernel took a minute. Throws KOLLA_CLUSTER_LINKS with those that stay.
 */
export async function linksGone(links: readonly string[]): Promise<void> {
  const until = Date.now() + PATIENCE;
  for (;;) {
    const left = (await linksOfMachine()).filter(({ ifname }) => links.includes(ifname));
    if (left.length === 0) return;
    if (Date.now() > until)
      throw new KollaError({
        code: "KOLLA_CLUSTER_LINKS",
        message: `These interfaces of removed hosts stay: ${left.map(({ ifname }) => ifname).join(", ")}.`,
        hint: "Something still holds the hosts' network namespaces: lsns --type net",
      });
    await sleep(500);
  }
}

async function linksOfMachine(): Promise<{ ifname: string; master: string }[]> {
  return JSON.parse((await execa("ip", ["-json", "link", "show"])).stdout);
}

/** What any of our networks remembers of the time before all of them. */
async function forwardingBefore(): Promise<string | undefined> {
  const [first] = await linesOf("network", "ls", "--quiet", "--filter", `label=${BEFORE}`);
  if (first === undefined) return undefined;
  return askEngine("network", "inspect", "--format", `{{index .Labels "${BEFORE}"}}`, first);
}

/** What leaves the network for anywhere else gets this machine's address. Throws when there is no such network. */
async function rule(name: string): Promise<string[]> {
  const format = "{{(index .IPAM.Config 0).Subnet}}";
  const words = ["network", "inspect", "--format", format, name];
  const subnet = (await execa(engineClient(), words)).stdout;
  const outside = ["POSTROUTING", "-s", subnet, "!", "-d", subnet];
  return [...outside, "-m", "comment", "--comment", name, "-j", "MASQUERADE"];
}
