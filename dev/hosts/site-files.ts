import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { KollaError } from "#support";
import { hasOpenvswitchModule, hasTrustworthyKvm } from "../../src/app/quickstart/machine.ts";
import { type Addresses, ROLES, type Role, rolesOf } from "./names.ts";

/** The account that one signs in with on the hosts. */
export const USER = "ops";

/** Where the files of a cluster's site are, below the cluster's directory. */
export interface SitePaths {
  inventory: string;
  configDirectory: string;
  vaultPassword: string;
  key: string;
  knownHosts: string;
}

/** Paths of the files below a directory. */
export function sitePaths(directory: string): SitePaths {
  return {
    inventory: join(directory, "inventory"),
    configDirectory: join(directory, "etc"),
    vaultPassword: join(directory, "vault-password"),
    key: join(directory, "key"),
    knownHosts: join(directory, "known_hosts"),
  };
}

/** What `kolla` takes to speak of this site. */
export function siteFlags({ inventory, configDirectory, vaultPassword }: SitePaths): string[] {
  return ["-i", inventory, "--configdir", configDirectory, "--vault-password-file", vaultPassword];
}

/** A host as one reaches it. */
export interface Reachable {
  name: string;
  address: string;
  /** Its SSH server's public key, as it says it. */
  hostKey: string;
}

/** Makes the directory with a key, a vault's password and the account's own, where they are not there yet. */
export async function makeSecrets(directory: string): Promise<{ publicKey: string; password: string }> {
  const paths = sitePaths(directory);
  const groupVars = join(paths.inventory, "group_vars/baremetal");
  mkdirSync(groupVars, { recursive: true });
  mkdirSync(paths.configDirectory, { recursive: true });
  writeOnce(paths.vaultPassword, `${randomBytes(18).toString("base64url")}\n`, 0o600);
  if (!existsSync(paths.key))
    await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", USER, "-f", paths.key]);
  const vault = join(groupVars, "vault.yml");
  if (!existsSync(vault)) {
    const password = randomBytes(18).toString("base64url");
    await encrypted(paths, vault, `---\nansible_become_password: ${password}\n`);
  }
  const { stdout } = await vaultCommand(paths, ["view", vault]);
  const password = stdout.trim().split(" ").at(-1) ?? "";
  return { publicKey: readFileSync(`${paths.key}.pub`, "utf8").trim(), password };
}

/** Inventory and connection follow from the hosts and are written anew; what an operator edits is written once. */
export async function writeSite(
  root: string,
  directory: string,
  hosts: readonly Reachable[],
  addresses: Addresses,
): Promise<void> {
  const paths = sitePaths(directory);
  const sample = readFileSync(join(root, "ansible/inventory/multinode"), "utf8");
  writeFileSync(join(paths.inventory, "hosts"), inventoryText(sample, hosts));
  writeFileSync(join(paths.inventory, "group_vars/baremetal/connection.yml"), connectionText(paths));
  writeFileSync(
    paths.knownHosts,
    hosts.map(({ address, hostKey }) => `${address} ${hostKey.split(" ").slice(0, 2).join(" ")}\n`).join(""),
  );
  const able = { openvswitch: await hasOpenvswitchModule(), kvm: hasTrustworthyKvm() };
  writeOnce(join(paths.configDirectory, "globals.yml"), globalsText(addresses, able), 0o640);
  if (!able.openvswitch) {
    mkdirSync(join(paths.configDirectory, "config/neutron"), { recursive: true });
    writeOnce(join(paths.configDirectory, "config/neutron/ml2_conf.ini"), VLANS, 0o644);
  }
  await makePasswords(root, paths);
}

/** The sample inventory with these hosts instead of its own in the groups from which the others follow. */
export function inventoryText(sample: string, hosts: readonly Pick<Reachable, "name" | "address">[]): string {
  const rest = sample.indexOf("[baremetal:children]");
  if (rest < 0)
    throw new KollaError({
      code: "KOLLA_CLUSTER_INVENTORY",
      message: "ansible/inventory/multinode has no group baremetal",
    });
  const roles = rolesOf(hosts.map(({ name }) => name));
  const addressOf = new Map(hosts.map(({ name, address }) => [name, address]));
  const group = (role: Role): string =>
    [`[${role}]`, ...roles[role].map((name) => `${name} ansible_host=${addressOf.get(name)}`), ""].join("\n");
  const others = ["[monitoring]", "", "[storage]", "", "[deployment]", "localhost ansible_connection=local"];
  return `${ROLES.map(group).join("\n")}\n${others.join("\n")}\n\n${sample.slice(rest)}`;
}

function connectionText({ key, knownHosts }: SitePaths): string {
  return [
    "---",
    `ansible_user: ${USER}`,
    `ansible_ssh_private_key_file: ${key}`,
    `ansible_ssh_common_args: -o IdentitiesOnly=yes -o UserKnownHostsFile=${knownHosts}`,
    "ansible_become: true",
    "",
  ].join("\n");
}

/** For a kernel without the module openvswitch. The overrides below make the VLANs. */
const IN_USER_SPACE = [
  "# This kernel has no openvswitch module.",
  "ovs_datapath: netdev",
  "# In user space the switch sends tunnels only through bridges that have their addresses, and an address moves into",
  "# no bridge by itself: networks of servers are VLANs between the hosts' tunnel interfaces.",
  'neutron_bridge_name: "br-ex,br-tunnel"',
  'neutron_external_interface: "external,tunnel"',
  "computes_need_external_bridge: yes",
  'neutron_tenant_network_types: "vlan"',
];
const VLANS = "[ml2_type_vlan]\nnetwork_vlan_ranges = physnet2:100:199\n";

/** globals.yml of a cluster on a machine that can do this much. */
export function globalsText(addresses: Addresses, able: { openvswitch: boolean; kvm: boolean }): string {
  return [
    "---",
    'network_interface: "mgmt"',
    'tunnel_interface: "tunnel"',
    `kolla_internal_vip_address: "${addresses.vip}"`,
    `docker_registry: "${addresses.registry}:5000"`,
    "# It lives on this machine alone and speaks no TLS.",
    "docker_registry_insecure: yes",
    ...(able.kvm ? [] : ["# Nested or absent KVM cannot be relied on.", "nova_compute_virt_type: qemu"]),
    ...(able.openvswitch ? ['neutron_external_interface: "external"'] : IN_USER_SPACE),
    "",
  ].join("\n");
}

async function makePasswords(root: string, paths: SitePaths): Promise<void> {
  const path = join(paths.configDirectory, "passwords.yml");
  if (existsSync(path)) return;
  const plain = `${path}.plain`;
  await execa(join(root, "tools/kolla"), ["genpwd", "-p", plain]);
  await encrypted(paths, path, readFileSync(plain, "utf8"));
  await execa("rm", [plain]);
}

/** Writes a file that only who knows the vault's password can read. */
async function encrypted(paths: SitePaths, path: string, text: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  await vaultCommand(paths, ["encrypt", "--output", path, "-"], text);
}

async function vaultCommand({ vaultPassword }: SitePaths, words: readonly string[], input = "") {
  const [verb = "", ...rest] = words;
  return execa("ansible-vault", [verb, "--vault-password-file", vaultPassword, ...rest], { input });
}

function writeOnce(path: string, text: string, mode: number): void {
  if (!existsSync(path)) writeFileSync(path, text, { mode });
}
