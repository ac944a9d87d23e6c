import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { askEngine, engineClient } from "./engine.ts";

/** What a bare host of an operator's has beside the smallest Debian: no container engine. */
export const PACKAGES: readonly string[] = [
  "ca-certificates",
  "curl",
  "iproute2",
  "iputils-ping",
  "kmod",
  "openssh-server",
  "procps",
  "python3",
  "sudo",
];

/** Files of the tree that are other than the packages'. */
export const FILES: Readonly<Record<string, string>> = {
  // Sudo takes core dumps from what it runs, and without SYS_RESOURCE nobody gives them back: libvirt, below an engine
  // that was started through sudo, could not start a server.
  "etc/sudoers.d/core-dumps": "Defaults rlimit_core=user\n",
};

/** Puts those in, and takes out what must not be the same on all hosts. */
export function finishTree(tree: string): void {
  for (const [path, text] of Object.entries(FILES)) writeFileSync(join(tree, path), text);
  const ssh = join(tree, "etc/ssh");
  for (const name of readdirSync(ssh)) if (name.startsWith("ssh_host_")) rmSync(join(ssh, name));
}

/**
 * What happens at every start: the three files that an engine keeps for its containers become the host's own, each
 * interface gets the name of its network, wherever the engine put it, what goes elsewhere goes through the management
 * network, the external interface has no address, and services start as an init system would start them.
 */
export const BOOT = (
  interfaces: readonly (readonly [name: string, address: string])[],
  gateway: string,
): string => `
for name in hostname resolv.conf hosts; do
  said=$(cat /etc/$name)
  umount /etc/$name
  [ $name = hosts ] && said="127.0.0.1 localhost
127.0.1.1 $(hostname)"
  [ -s /etc/$name ] || printf '%s\\n' "$said" > /etc/$name
done
rename() {
  found=$(ip -o -4 address show | awk -v address="$2/" 'index($4, address) == 1 { print $2 }')
  ip link set "$found" down && ip link set "$found" name "$1" && ip link set "$1" up
}
${interfaces.map(([name, address]) => `rename ${name} ${address}`).join("\n")}
ip route replace default via ${gateway} dev mgmt
ip address flush dev external
ssh-keygen -A >/dev/null
mkdir -p /run/sshd /run/lock
/usr/sbin/sshd
if command -v dockerd >/dev/null; then
  setsid dockerd --pidfile /run/kolla-dockerd.pid >>/var/log/kolla-dockerd.log 2>&1 </dev/null &
fi
`;

export interface Account {
  user: string;
  password: string;
  publicKey: string;
}

/** Lets an account sign in with its key and become root with its password. Returns the public key of the SSH server. */
export async function giveAccount(
  container: string,
  { user, password, publicKey }: Account,
): Promise<string> {
  const script = `
set -e
id ${user} >/dev/null 2>&1 || useradd --create-home --shell /bin/bash --groups sudo ${user}
IFS= read -r password
printf '%s:%s\\n' ${user} "$password" | chpasswd
install -d -m 700 -o ${user} -g ${user} /home/${user}/.ssh
install -m 600 -o ${user} -g ${user} /dev/stdin /home/${user}/.ssh/authorized_keys
`;
  const words = ["exec", "--interactive", container, "sh", "-c", script];
  await execa(engineClient(), words, { input: `${password}\n${publicKey}\n` });
  return askEngine("exec", container, "cat", "/etc/ssh/ssh_host_ed25519_key.pub");
}
