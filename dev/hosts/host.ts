import { existsSync, readFileSync } from "node:fs";
import { execa } from "execa";
import { askEngine, engineClient } from "./engine.ts";
import { linksGone, linksOf } from "./outside.ts";

/**
 * Everything a machine's root may do but SYS_RESOURCE, which confined machines lack: an engine before 23 refuses
 * `--privileged` where one capability is missing, and does not know BPF, PERFMON and CHECKPOINT_RESTORE.
 */
const CAPABILITIES = [
  ..."AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER".split(
    " ",
  ),
  ..."FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN".split(" "),
  ..."NET_BIND_SERVICE NET_BROADCAST NET_RAW SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT".split(
    " ",
  ),
  ..."SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_TIME SYS_TTY_CONFIG WAKE_ALARM".split(
    " ",
  ),
];

/**
 * What an engine takes from its containers and a machine has; then a first process that does nothing but reap.
 * In the one hierarchy of control groups that hosts of today have, only a group without processes has groups below it.
 */
const firstProcess = (boot: string): string => `
mount -o remount,rw /sys
groups=/sys/fs/cgroup
for group in $groups $groups/*; do mount -o remount,rw,bind "$group" 2>/dev/null; done
if [ -e $groups/cgroup.controllers ]; then
  mkdir -p $groups/first
  for process in $(cat $groups/cgroup.procs); do echo $process > $groups/first/cgroup.procs; done
  sed 's/[^ ]*/+&/g' $groups/cgroup.controllers > $groups/cgroup.subtree_control
fi
mount --make-rshared /
update-ca-certificates >/dev/null 2>&1
${boot}
touch /run/ready
trap 'exit 0' TERM
while :; do sleep 1; done
`;

const AWAIT_READY = "for _ in $(seq 300); do [ -e /run/ready ] && exit 0; sleep 0.2; done; exit 1";
const ALL_DEVICES = "a *:* rwm";

/** A host that is made as a container of this machine's engine. */
export interface MadeHost {
  /** Of the container and of its volume. */
  name: string;
  hostname: string;
  image: string;
  /** "key=value", for the container and its volume. */
  labels?: readonly string[];
  /** Networks of the engine in the order in which they are attached, each with the host's address there. */
  networks: readonly { name: string; address?: string }[];
  /** What its first process does, in shell, at every start before the host counts as ready. */
  boot?: string;
}

/** Makes it and waits until it has booted. Throws with the engine's words. */
export async function makeHost(host: MadeHost): Promise<void> {
  const labels = (host.labels ?? []).flatMap((label) => ["--label", label]);
  await askEngine("volume", "create", ...labels, host.name);
  const [first, ...others] = host.networks;
  const attached = first ? ["--network", first.name, ...addressWords(first)] : ["--network", "none"];
  const command = ["sh", "-c", firstProcess(host.boot ?? "")];
  await askEngine("create", ...labels, ...startWords(host), ...attached, host.image, ...command);
  for (const network of others)
    await askEngine("network", "connect", ...addressWords(network), network.name, host.name);
  await startHost(host.name);
}

const addressWords = ({ address }: { address?: string }): string[] => (address ? ["--ip", address] : []);

/** Starts a host that was made, also one whose power was cut, and waits until it has booted. */
export async function startHost(name: string): Promise<void> {
  await askEngine("start", name);
  await askEngine("exec", name, "sh", "-c", AWAIT_READY);
}

/**
 * Takes hosts away with all that was in them, and waits until this machine has no interface of theirs on these networks
 * any more; nothing happens where there is none. Throws KOLLA_CLUSTER_LINKS.
 */
export async function removeHosts(names: readonly string[], networks: readonly string[]): Promise<void> {
  const links = await linksOf(networks);
  await Promise.all(names.map(removeHost));
  await linksGone(links);
}

async function removeHost(name: string): Promise<void> {
  const gone = { reject: false } as const;
  await execa(engineClient(), ["rm", "--force", "--volumes", name], gone);
  await execa(engineClient(), ["volume", "rm", "--force", name], gone);
}

function startWords({ name, hostname }: MadeHost): string[] {
  const confined =
    existsSync("/sys/module/apparmor/parameters/enabled") &&
    readFileSync("/sys/module/apparmor/parameters/enabled", "utf8").startsWith("Y");
  return [
    ...["--name", name, "--hostname", hostname, "--cgroupns", "private"],
    ...CAPABILITIES.flatMap((capability) => ["--cap-add", capability]),
    ...["seccomp=unconfined", "systempaths=unconfined", ...(confined ? ["apparmor=unconfined"] : [])].flatMap(
      (option) => ["--security-opt", option],
    ),
    ...["--device-cgroup-rule", ALL_DEVICES, "--device", "/dev/net/tun"],
    // Empty at every start, as a machine's.
    ...["--tmpfs", "/run:exec,mode=755"],
    // Overlay file systems do not stand on each other: the inner engine keeps its images on a real one.
    ...["--volume", `${name}:/var/lib/docker`, "--volume", "/lib/modules:/lib/modules:ro"],
  ];
}
