import { existsSync, readFileSync } from "node:fs";
import { execa } from "execa";
import { KollaError } from "#support";
import { connect } from "../../engine/index.ts";

/** Command that shows a package to be there → Debian package that brings it. */
const TOOLS: Readonly<Record<string, string>> = {
  "ansible-playbook": "ansible-core",
  debootstrap: "debootstrap",
  ip: "iproute2",
  ping: "iputils-ping",
  modprobe: "kmod",
  "ssh-keygen": "openssh-client",
};

/** Installs what the control host lacks. Returns the packages that were installed. */
export async function installTools(say: (words: string) => void): Promise<string[]> {
  const missing = [];
  for (const [command, name] of Object.entries(TOOLS)) if (!(await onPath(command))) missing.push(name);
  if (missing.length === 0) return [];
  say(`installing ${missing.join(", ")}`);
  await apt(["update", "-qq"]);
  await apt(["install", "-y", "-qq", "--no-install-recommends", ...missing]);
  return missing;
}

async function onPath(command: string): Promise<boolean> {
  const { exitCode } = await execa("sh", ["-c", 'command -v "$1"', "sh", command], { reject: false });
  return exitCode === 0;
}

async function apt(words: string[]): Promise<void> {
  const { exitCode, stderr } = await execa("apt-get", words, {
    reject: false,
    env: { DEBIAN_FRONTEND: "noninteractive" },
  });
  if (exitCode === 0) return;
  throw new KollaError({
    code: "KOLLA_QUICKSTART_PACKAGES",
    message: `apt-get ${words.join(" ")}: ${stderr.trim().split("\n").slice(-3).join(" ")}`,
    hint: "Check /etc/apt/sources.list and the network, then run quickstart again.",
  });
}

/** Throws when this is no machine that quickstart can use: not root, or not Debian 12 or 13. */
export function checkMachine(): void {
  if (process.getuid?.() !== 0)
    throw new KollaError({
      code: "KOLLA_USAGE_ROOT",
      message: "quickstart sets up the machine it runs on and needs root.",
    });
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  const version = /^VERSION_ID="?(\d+)/m.exec(release)?.[1];
  if (/^ID=debian$/m.test(release) && (version === "12" || version === "13")) return;
  throw new KollaError({
    code: "KOLLA_QUICKSTART_MACHINE",
    message: "quickstart knows Debian 12 and 13.",
    hint: "On other systems: kolla build, an inventory of your own, kolla deploy.",
  });
}

/** Whether the kernel has, or can load, Open vSwitch's data path. */
export async function hasOpenvswitchModule(): Promise<boolean> {
  if (existsSync("/sys/module/openvswitch")) return true;
  const { exitCode } = await execa("modprobe", ["--dry-run", "--quiet", "openvswitch"], { reject: false });
  return exitCode === 0;
}

/**
 * Whether servers can use KVM. A virtual machine often has /dev/kvm without being able to boot anything with it,
 * so only bare metal counts.
 */
export function hasTrustworthyKvm(): boolean {
  return existsSync("/dev/kvm") && !/^flags.*\bhypervisor\b/m.test(readFileSync("/proc/cpuinfo", "utf8"));
}

/** Whether a container engine answers on this machine. */
export async function engineAnswers(): Promise<boolean> {
  try {
    await connect().version();
    return true;
  } catch (error) {
    if (error instanceof KollaError) return false;
    throw error;
  }
}
