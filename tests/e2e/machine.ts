import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";

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

/** Standard output of a command that must succeed. */
export async function read(command: string, ...words: string[]): Promise<string> {
  return (await execa(command, words)).stdout;
}

/** Interfaces, routes and firewall rules as they are now, without those whose names say that they are ours. */
export async function machineNetwork(): Promise<string> {
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
  ].join("\n");
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
  files: string[];
}

const FILES = ["/etc/kolla", "/var/lib/kolla-agent", "/var/lib/nova", "/run/netns"];

/** Everything on this machine that Kolla makes and that would be left behind. */
export async function leftovers(): Promise<Leftovers> {
  const lines = (text: string): string[] => text.split("\n").filter(Boolean);
  const engine = await engineClient();
  const links = lines(await read("ip", "-br", "link", "show")).map((line) => line.split(/[ @]/)[0] ?? "");
  return {
    containers: lines(
      await read(engine, "ps", "-a", "--filter", "label=kolla_managed", "--format", "{{.Names}}"),
    ),
    volumes: lines(
      await read(engine, "volume", "ls", "--filter", "label=kolla_managed", "--format", "{{.Name}}"),
    ),
    namespaces: lines((await execa("ip", ["netns", "list"], { reject: false })).stdout ?? ""),
    interfaces: links.filter((name) =>
      /^(kolla-|br-(int|tun|ex)|ovs-|tap|q(vo|vb|r-|g-)|vxlan_sys)/.test(name),
    ),
    files: FILES.filter((path) => existsSync(path) && readdirSync(path).length > 0),
  };
}

/** A docker client that speaks to the engine that runs here (an engine's own package brings the one that does). */
export async function engineClient(): Promise<string> {
  return existsSync("/usr/bin/docker") ? "/usr/bin/docker" : "docker";
}
