import { readFileSync, writeFileSync } from "node:fs";
import { execa } from "execa";

const FORWARD = "/proc/sys/net/ipv4/ip_forward";

let forwarded: string | undefined;

/**
 * A bridge network of the engine's with this name, and a way out of it: the engine of a Kolla host neither forwards
 * nor translates addresses, so the test does.
 */
export async function connectToOutside(engine: string, name: string): Promise<void> {
  forwarded = readFileSync(FORWARD, "utf8");
  await execa(engine, ["network", "create", name]);
  writeFileSync(FORWARD, "1\n");
  await execa("iptables", ["-t", "nat", "-A", ...(await rule(engine, name))]);
}

/** Undoes `connectToOutside`, as far as it was done. */
export async function disconnectFromOutside(engine: string, name: string): Promise<void> {
  const found = await rule(engine, name).catch(() => undefined);
  if (!found) return;
  await execa("iptables", ["-t", "nat", "-D", ...found], { reject: false });
  await execa(engine, ["network", "rm", name]);
  if (forwarded) writeFileSync(FORWARD, forwarded);
}

/** What leaves the network for anywhere else gets this machine's address. Throws when there is no such network. */
async function rule(engine: string, name: string): Promise<string[]> {
  const format = "{{(index .IPAM.Config 0).Subnet}}";
  const subnet = (await execa(engine, ["network", "inspect", "--format", format, name])).stdout;
  const outside = ["POSTROUTING", "-s", subnet, "!", "-d", subnet];
  return [...outside, "-m", "comment", "--comment", name, "-j", "MASQUERADE"];
}
