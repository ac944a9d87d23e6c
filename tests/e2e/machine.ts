import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { engineClient } from "../../dev/hosts/engine.ts";

export const root = resolve(import.meta.dirname, "../..");

export interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs `kolla` from this checkout as an operator does; never throws on its exit code. */
export async function kolla(...words: string[]): Promise<Outcome> {
  const { exitCode, stdout, stderr } = await execa(`${root}/tools/kolla`, words, { reject: false, cwd: "/" });
  return { exitCode: exitCode ?? -1, stdout, stderr };
}

/** Words that run the command after them on some machine: none for this one. */
export type Where = readonly string[];

/** Standard output of a command that must succeed. */
export async function read(command: string, ...words: string[]): Promise<string> {
  return readOn([], command, ...words);
}

/** The same on another machine. */
export async function readOn(where: Where, ...words: string[]): Promise<string> {
  const [program = "", ...rest] = [...where, ...words];
  return (await execa(program, rest)).stdout;
}

/** Interfaces, routes and firewall rules as they are now, without those whose names say that they are ours. */
export async function machineNetwork(): Promise<string[]> {
  const links = await read("ip", "-o", "address", "show");
  const routes = await read("ip", "-4", "route", "show", "table", "all");
  const rules = await execa("iptables-save", [], { reject: false });
  // Lifetimes of router-advertised addresses count down by themselves.
  const still = (text: string): string[] =>
    text
      .split("\n")
      .map((line) => line.replace(/ +valid_lft.*/, "").trim())
      .filter((line) => line && !/\bkolla-/.test(line));
  return [
    ...still(links),
    ...still(routes),
    ...still(rules.stdout ?? "").filter((line) => !line.startsWith("#") && !line.startsWith(":")),
  ];
}

/** What of the machine's network is gone since then (with a minus), and what was not there (with a plus). */
export async function networkChanges(before: readonly string[]): Promise<string[]> {
  const now = await machineNetwork();
  return [
    ...before.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
  ];
}

/** Puts one request after another to a URL, as so many clients at a time, until stopped; the status or failure of each. */
export function askingAgainAndAgain(url: string, clients: number): { stop: () => Promise<string[]> } {
  const answers: string[] = [];
  let stopped = false;
  const client = async (): Promise<void> => {
    while (!stopped) {
      const answer = await fetch(url, { signal: AbortSignal.timeout(60_000) }).then(
        async (response) => {
          await response.text();
          return String(response.status);
        },
        (error: Error) => String(error.cause ?? error),
      );
      answers.push(answer);
      await sleep(50);
    }
  };
  const all = Array.from({ length: clients }, client);
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(all);
      return answers;
    },
  };
}

export interface Leftovers {
  containers: string[];
  volumes: string[];
  namespaces: string[];
  interfaces: string[];
  processes: string[];
  files: string[];
}

export const NOTHING_LEFT: Leftovers = {
  containers: [],
  volumes: [],
  namespaces: [],
  interfaces: [],
  processes: [],
  files: [],
};

const FILES = [
  "/etc/kolla",
  "/var/lib/kolla-agent",
  "/var/lib/nova",
  "/run/netns",
  "/run/openvswitch",
  "/run/libvirt",
  "/etc/sysctl.d/60-kolla-loadbalancer.conf",
];
const LIST_FULL = 'for path; do [ -z "$(ls -A "$path" 2>/dev/null)" ] || echo "$path"; done';
const INTERFACES = /^(kolla-|br-(int|tun|ex)|ovs-|tap|q(vo|vb|r-|g-)|vxlan_sys)/;
/** What runs beside its container or is left when the engine cannot end it. */
const PROGRAMS = /^(libvirtd|qemu|dnsmasq|ovs)/;

/** Everything on a machine that Kolla makes and that would be left behind. */
export async function leftovers(where: Where = []): Promise<Leftovers> {
  const engine = where.length > 0 ? "docker" : engineClient();
  const lines = async (...words: string[]): Promise<string[]> =>
    (await readOn(where, ...words)).split("\n").filter(Boolean);
  const ours = ["--filter", "label=kolla_managed", "--format"];
  const links = (await lines("ip", "-br", "link", "show")).map((line) => line.split(/[ @]/)[0] ?? "");
  const running = await lines("sh", "-c", "cat /proc/[0-9]*/comm 2>/dev/null; true");
  return {
    containers: await lines(engine, "ps", "-a", ...ours, "{{.Names}}"),
    volumes: await lines(engine, "volume", "ls", ...ours, "{{.Name}}"),
    namespaces: await lines("ip", "netns", "list"),
    interfaces: links.filter((name) => INTERFACES.test(name)),
    processes: running.filter((name) => PROGRAMS.test(name)),
    files: await lines("sh", "-c", LIST_FULL, "sh", ...FILES),
  };
}

/** What a script prints in a container, as root. */
export async function inside(container: string, script: string): Promise<string> {
  return read(engineClient(), "exec", "-u", "root", container, "bash", "-c", script);
}
