import { existsSync, readdirSync } from "node:fs";
import { networkInterfaces } from "node:os";
import type { ContainerSummary } from "../engine/index.ts";
import type { Ground } from "./ground.ts";
import { onHost } from "./kernel.ts";

/** Names that Neutron gives to network namespaces. */
const NAMESPACE = /^(qdhcp|qrouter|snat|fip|ovnmeta)-[0-9a-f-]{36}$/;
/** Names that Neutron, Nova and Open vSwitch give to devices: a prefix and the begin of a port's id, or one of a few. */
const DEVICE =
  /^((tap|qvo|qvb|qbr|qr-|qg-|ha-|sg-|fg-)[0-9a-f]{8}-[0-9a-f]{2}|br-int|br-tun|br-ex|ovs-system|ovs-netdev|(vxlan|genev|gre)_sys(_\d+)?)$/;

/**
 * Deletes the bridges in our Open vSwitch's own database, while it runs. One that carries an address of the host stays:
 * the host may be reached through it. Returns what stays.
 */
export async function removeBridges(
  ground: Ground,
  containers: readonly ContainerSummary[],
): Promise<string[]> {
  const vsctl = containers.find(
    ({ name, state }) => state === "running" && /^(openvswitch_db|ovsdpdk_db)$/.test(name),
  );
  if (!vsctl) return [];
  const { stdout } = await ground.engine.exec(vsctl.id, ["ovs-vsctl", "list-br"], {
    user: "root",
    timeoutSeconds: 15,
  });
  const left: string[] = [];
  for (const bridge of stdout.split("\n").filter(Boolean)) {
    if (hasAddress(bridge)) left.push(`bridge ${bridge}: it carries an address of the host`);
    else {
      const command = ["ovs-vsctl", "--timeout=10", "--if-exists", "del-br", bridge];
      const done = await ground.engine.exec(vsctl.id, command, { user: "root", timeoutSeconds: 15 });
      if (done.exitCode !== 0) left.push(`bridge ${bridge}: ${done.stderr.trim() || "no answer in time"}`);
    }
  }
  return left;
}

/** Removes Neutron's network namespaces of the host; those that cannot be removed are added to `left`. */
export async function removeNamespaces(left: string[]): Promise<string[]> {
  const names = (await listOnHost("/run/netns")).filter((name) => NAMESPACE.test(name));
  return removeEach(names, left, "network namespace", (name) =>
    onHost(["sh", "-c", 'umount -l "/run/netns/$1" 2>/dev/null; rm -f "/run/netns/$1"', "sh", name]),
  );
}

/** Removes the devices that Neutron, Nova and Open vSwitch left; Linux bridges and devices with an address stay. */
export async function removeDevices(left: string[]): Promise<string[]> {
  const names = readdirSync("/sys/class/net").filter(
    (name) => DEVICE.test(name) && !hasAddress(name) && !isOperatorsBridge(name),
  );
  return removeEach(names, left, "network device", async (name) => {
    if (existsSync(`/sys/class/net/${name}`)) await onHost(["ip", "link", "delete", name]);
  });
}

async function removeEach(
  names: readonly string[],
  left: string[],
  noun: string,
  remove: (name: string) => Promise<unknown>,
): Promise<string[]> {
  const removed: string[] = [];
  for (const name of names) {
    try {
      await remove(name);
      removed.push(name);
    } catch (error) {
      left.push(`${noun} ${name}: ${(error as Error).message}`);
    }
  }
  return removed;
}

async function listOnHost(directory: string): Promise<string[]> {
  const listed = await onHost(["sh", "-c", 'ls -1 "$1" 2>/dev/null || true', "sh", directory]);
  return listed.split("\n").filter(Boolean);
}

function hasAddress(device: string): boolean {
  const addresses = networkInterfaces()[device] ?? [];
  return addresses.some(({ family, address }) => family === "IPv4" || !address.startsWith("fe80:"));
}

/** A bridge of the kernel with one of these names is not Open vSwitch's; qbr bridges are Nova's own. */
function isOperatorsBridge(name: string): boolean {
  return !name.startsWith("qbr") && existsSync(`/sys/class/net/${name}/bridge`);
}
