import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { archiveOf } from "../../src/build/archive.ts";
import { engineClient, readOn, root, type Where } from "./machine.ts";
import { connectToOutside, disconnectFromOutside } from "./made-network.ts";

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
const FIRST_PROCESS = `
mount -o remount,rw /sys
groups=/sys/fs/cgroup
for group in $groups $groups/*; do mount -o remount,rw,bind "$group" 2>/dev/null; done
if [ -e $groups/cgroup.controllers ]; then
  mkdir $groups/first
  for process in $(cat $groups/cgroup.procs); do echo $process > $groups/first/cgroup.procs; done
  sed 's/[^ ]*/+&/g' $groups/cgroup.controllers > $groups/cgroup.subtree_control
fi
mount --make-rshared /
update-ca-certificates >/dev/null 2>&1
touch /run/ready
trap 'exit 0' TERM
while :; do sleep 1; done
`;

const AWAIT_READY = "for _ in $(seq 100); do [ -e /run/ready ] && exit 0; sleep 0.2; done; exit 1";
const OWN_CERTIFICATES = "/usr/local/share/ca-certificates";
const ALL_DEVICES = "a *:* rwm";

/** A fresh Debian machine, made as a container of this machine's engine: no engine in it, no Ansible, no init system. */
export interface MadeHost {
  /** The folder that holds a copy of this checkout. */
  checkout: string;
  /** To run commands there. */
  where: Where;
}

/**
 * Makes a machine of the smallest Debian there is, and of what the reader of a README has: git and certificates.
 * Throws when this machine has no engine, no debootstrap, or no package archive in reach.
 */
export async function makeHost(name: string, suite: string): Promise<MadeHost> {
  await removeHost(name);
  const engine = await engineClient();
  await importDebian(engine, name, suite);
  await connectToOutside(engine, name);
  await execa(engine, ["volume", "create", name]);
  await execa(engine, ["run", "--detach", ...startWords(name), name, "sh", "-c", FIRST_PROCESS]);
  const where = [engine, "exec", "--interactive", name];
  await readOn(where, "sh", "-c", AWAIT_READY);
  const checkout = "/root/kolla";
  await copyCheckout(where, checkout);
  return { checkout, where };
}

/** Takes the machine away with all that was in it; nothing happens when there is none. */
export async function removeHost(name: string): Promise<void> {
  const engine = await engineClient();
  const gone = { reject: false } as const;
  await execa(engine, ["rm", "--force", "--volumes", name], gone);
  await execa(engine, ["volume", "rm", "--force", name], gone);
  await execa(engine, ["rmi", name], gone);
  rmSync(treeOf(name), { recursive: true, force: true });
  await disconnectFromOutside(engine, name);
}

/** The file tree of a minimal Debian as an image. It trusts the authorities that this machine's administrator added. */
async function importDebian(engine: string, name: string, suite: string): Promise<void> {
  const folder = treeOf(name);
  mkdirSync(folder);
  try {
    const packages = "--include=ca-certificates,git";
    const words = ["--variant=minbase", packages, suite, folder, await archiveOf("debian")];
    // Among mounts of its own: were it interrupted, its /proc would be in the tree that is to be removed.
    await execa("unshare", ["--mount", "debootstrap", ...words]);
    if (existsSync(OWN_CERTIFICATES) && readdirSync(OWN_CERTIFICATES).length > 0)
      await execa("cp", ["-r", `${OWN_CERTIFICATES}/.`, join(folder, OWN_CERTIFICATES)]);
    const packed = ["--numeric-owner", "--exclude=./var/cache/apt/archives/*.deb", "-C", folder, "-c", "."];
    await execa("tar", packed, { buffer: false }).pipe(engine, ["import", "-", name]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const treeOf = (name: string): string => join(tmpdir(), `${name}-tree`);

function startWords(name: string): string[] {
  const confined =
    existsSync("/sys/module/apparmor/parameters/enabled") &&
    readFileSync("/sys/module/apparmor/parameters/enabled", "utf8").startsWith("Y");
  return [
    ...["--name", name, "--hostname", name, "--network", name, "--cgroupns", "private"],
    ...CAPABILITIES.flatMap((capability) => ["--cap-add", capability]),
    ...["seccomp=unconfined", "systempaths=unconfined", ...(confined ? ["apparmor=unconfined"] : [])].flatMap(
      (option) => ["--security-opt", option],
    ),
    ...["--device-cgroup-rule", ALL_DEVICES, "--device", "/dev/net/tun"],
    // Overlay file systems do not stand on each other: the inner engine keeps its images on a real one.
    ...["--volume", `${name}:/var/lib/docker`, "--volume", "/lib/modules:/lib/modules:ro"],
  ];
}

/** The files of this checkout that git knows or would know, as they are now. */
async function copyCheckout(where: Where, checkout: string): Promise<void> {
  const [program = "", ...rest] = where;
  await readOn(where, "mkdir", checkout);
  const listed = ["-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  await execa("git", listed)
    .pipe("tar", ["-C", root, "--null", "--files-from=-", "--ignore-failed-read", "-c"], { buffer: false })
    .pipe(program, [...rest, "tar", "-C", checkout, "-x"]);
}
