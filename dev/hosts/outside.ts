import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { KollaError } from "#support";
import { askEngine, linesOf } from "./engine.ts";

/** Milliseconds. */
const PATIENCE = 180_000;
const FORWARD = "/proc/sys/net/ipv4/ip_forward";
/** Label of our networks: what this machine's forwarding was before the first of them. */
const BEFORE = "kolla-hosts-forwarding";

/**
 * A bridge network of the engine's with this name, whose hosts reach each other whatever this machine's firewall says
 * of forwarding: the engine of a Kolla host writes no rules, and one that was here before may have left a policy of DROP.
 */
export async function makeNetwork(name: string, words: readonly string[] = []): Promise<void> {
  await askEngine("network", "create", ...words, name);
  await letThrough(name);
}

/** The rules of a network that is there: a machine that was started again has lost them. */
export async function letThrough(name: string): Promise<void> {
  for (const rule of await forwardingRules(name)) await ensureRule("-I", rule);
}

/** Undoes `makeNetwork`, as far as it was done. */
export async function removeNetwork(name: string): Promise<void> {
  const found = await forwardingRules(name).catch(() => undefined);
  if (!found) return;
  for (const rule of found) await removeRule(rule);
  await askEngine("network", "rm", name);
}

/**
 * A network with a way out of it: the engine of a Kolla host neither forwards nor translates addresses. What has to be
 * put back is a label of the network, so that any process can do it.
 */
export async function connectToOutside(name: string, words: readonly string[] = []): Promise<void> {
  const before = (await forwardingBefore()) ?? readFileSync(FORWARD, "utf8").trim();
  await makeNetwork(name, ["--label", `${BEFORE}=${before}`, ...words]);
  await letOut(name);
}

/** The same for what `connectToOutside` makes. */
export async function letOut(name: string): Promise<void> {
  await letThrough(name);
  writeFileSync(FORWARD, "1\n");
  await ensureRule("-A", await translation(name));
}

/** Undoes `connectToOutside`, as far as it was done. */
export async function disconnectFromOutside(name: string): Promise<void> {
  const found = await translation(name).catch(() => undefined);
  if (!found) return;
  const before = await forwardingBefore();
  await removeRule(found);
  await removeNetwork(name);
  if (before !== undefined && (await forwardingBefore()) === undefined) writeFileSync(FORWARD, `${before}\n`);
}

/** The interfaces of this machine by which containers are on those of these networks that the engine has. */
export async function linksOf(networks: readonly string[]): Promise<string[]> {
  const bridges = await Promise.all(networks.map((name) => bridgeOf(name).catch(() => undefined)));
  return (await linksOfMachine())
    .filter(({ master }) => master !== undefined && bridges.includes(master))
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

async function linksOfMachine(): Promise<{ ifname: string; master?: string }[]> {
  return JSON.parse((await execa("ip", ["-json", "link", "show"])).stdout);
}

/** What any of our networks remembers of the time before all of them. */
async function forwardingBefore(): Promise<string | undefined> {
  const [first] = await linesOf("network", "ls", "--quiet", "--filter", `label=${BEFORE}`);
  if (first === undefined) return undefined;
  return askEngine("network", "inspect", "--format", `{{index .Labels "${BEFORE}"}}`, first);
}

/** A rule of iptables: its table and chain, and what it says. */
type Rule = readonly [table: string, chain: string, ...words: string[]];

/** What comes from a network is let through, and what answers it. Throws when there is no such network. */
async function forwardingRules(name: string): Promise<Rule[]> {
  const bridge = await bridgeOf(name);
  const says = ["-m", "comment", "--comment", name, "-j", "ACCEPT"];
  return [
    ["filter", "FORWARD", "-i", bridge, ...says],
    ["filter", "FORWARD", "-o", bridge, "-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED", ...says],
  ];
}

/** What leaves the network for anywhere else gets this machine's address. Throws when there is no such network. */
async function translation(name: string): Promise<Rule> {
  const subnet = await askEngine("network", "inspect", "--format", "{{(index .IPAM.Config 0).Subnet}}", name);
  const outside = ["-s", subnet, "!", "-d", subnet];
  return ["nat", "POSTROUTING", ...outside, "-m", "comment", "--comment", name, "-j", "MASQUERADE"];
}

async function ensureRule(act: "-A" | "-I", [table, chain, ...words]: Rule): Promise<void> {
  const there = await execa("iptables", ["-w", "-t", table, "-C", chain, ...words], { reject: false });
  if (there.exitCode !== 0) await execa("iptables", ["-w", "-t", table, act, chain, ...words]);
}

/** An interrupted command may have added it more than once, or not at all. */
async function removeRule([table, chain, ...words]: Rule): Promise<void> {
  const found = ["-w", "-t", table, "-D", chain, ...words];
  while ((await execa("iptables", found, { reject: false })).exitCode === 0);
}

/** The engine's name for a network's bridge on this machine. */
async function bridgeOf(network: string): Promise<string> {
  const id = await askEngine("network", "inspect", "--format", "{{.Id}}", network);
  return `br-${id.slice(0, 12)}`;
}
