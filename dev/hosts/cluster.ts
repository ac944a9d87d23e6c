import { rmSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { fingerprint, formatSeconds, KollaError, stopwatch } from "#support";
import { factsDirectory } from "../../src/app/index.ts";
import { networkToAvoid, overlaps } from "../../src/app/quickstart/network.ts";
import { BOOT, FILES, finishTree, giveAccount, PACKAGES } from "./cluster-host.ts";
import { importDebian, removeDebian } from "./debian.ts";
import { askEngine, engineClient, linesOf } from "./engine.ts";
import { makeHost, removeHosts, startHost } from "./host.ts";
import { Addresses, checkNames, DEFAULT_HOSTS, NETWORKS, type NetworkName } from "./names.ts";
import {
  connectToOutside,
  disconnectFromOutside,
  letOut,
  letThrough,
  makeNetwork,
  removeNetwork,
} from "./outside.ts";
import { freePort, startRegistry } from "./registry.ts";
import { makeSecrets, type Reachable, type SitePaths, sitePaths, USER, writeSite } from "./site-files.ts";

const SUITE = "trixie";
/** Whatever a cluster makes in the engine has its name here. */
const LABEL = "kolla-cluster";
/** What a later command must know of a cluster; labels of its management network. */
const DIRECTORY = "kolla-cluster-directory";
const PORT = "kolla-cluster-registry-port";
/** What stands in it decides about its name: a changed list makes another image. */
const IMAGES = "kolla-host";
const IMAGE = `${IMAGES}:${SUITE}-${fingerprint([PACKAGES, FILES]).slice(0, 8)}`;

type Say = (words: string) => void;

/** What a developer, a test or a demo has to know of a cluster. */
export interface Cluster {
  name: string;
  /** How the hosts are reached: over SSH as this user, with the key among the paths. */
  user: string;
  hosts: { name: string; container: string; address: string }[];
  networks: Record<NetworkName, string>;
  externalGateway: string;
  /** For servers' floating IPs. */
  floating: { start: string; end: string };
  /** Where this machine's engine pushes to. */
  registry: string;
  paths: SitePaths;
}

export interface ClusterWish {
  /** The checkout. */
  root: string;
  name: string;
  /** Names of hosts; none: those that are there, or the usual two. */
  hosts: readonly string[];
  directory: string;
}

/**
 * Makes what is wanted and not there yet, so that an interrupted or repeated call goes on from what is there.
 * Throws what a machine lacks, all together, before anything is made.
 */
export async function up(wish: ClusterWish, say: Say): Promise<Cluster> {
  const { name, root } = wish;
  await checkMachine();
  const there = (await hostsOf(name)).map((container) => container.slice(name.length + 1));
  const wanted = wish.hosts.length > 0 || there.length > 0 ? wish.hosts : DEFAULT_HOSTS;
  const names = [...new Set([...there, ...wanted])].sort();
  checkNames(names);
  const { addresses, port, directory } = await ensureNetworks(wish, say);
  await ensureImage(say);
  const { publicKey, password } = await makeSecrets(directory);
  const registry = {
    name: `${name}-registry`,
    network: networkName(name, "mgmt"),
    address: addresses.registry,
  };
  if (!(await isThere(registry.name))) {
    await startRegistry({ ...registry, image: IMAGE, labels: [labelOf(name)], port });
    say(`registry ${registry.address}:5000 for the hosts, 127.0.0.1:${port} here`);
  }
  const hosts = await Promise.all(
    names.map(async (host): Promise<Reachable> => {
      const container = `${name}-${host}`;
      if (await ensureHost(name, host, addresses)) say(`host ${host} ${addresses.host("mgmt", host)}`);
      const hostKey = await giveAccount(container, { user: USER, password, publicKey });
      return { name: host, address: addresses.host("mgmt", host), hostKey };
    }),
  );
  await writeSite(root, directory, hosts, addresses);
  return describe(name);
}

/** A cluster that is there. Throws KOLLA_CLUSTER_ABSENT. */
export async function describe(name: string): Promise<Cluster> {
  const management = networkName(name, "mgmt");
  const directory = await labelOfNetwork(management, DIRECTORY);
  if (directory === undefined)
    throw new KollaError({
      code: "KOLLA_CLUSTER_ABSENT",
      message: `There is no cluster called ${name}.`,
      hint: "dev/cluster up",
    });
  const addresses = await addressesOf(management);
  const ranges = NETWORKS.map((network) => [network, addresses.range(network)]);
  const containers = (await hostsOf(name)).sort();
  return {
    name,
    user: USER,
    hosts: containers.map((container) => {
      const host = container.slice(name.length + 1);
      return { name: host, container, address: addresses.host("mgmt", host) };
    }),
    networks: Object.fromEntries(ranges) as Record<NetworkName, string>,
    externalGateway: addresses.gateway("external"),
    floating: addresses.floating,
    registry: `127.0.0.1:${await labelOfNetwork(management, PORT)}`,
    paths: sitePaths(directory),
  };
}

/**
 * Takes away all that `up` made, whatever of it is there: hosts, registry, images pushed to it, networks, the rule that
 * let them out, this machine's forwarding as it was, files. Returns what was removed, in words.
 */
export async function down(name: string, usual: string, keepImage: boolean): Promise<string[]> {
  const labelled = ["--filter", `label=${labelOf(name)}`];
  const management = networkName(name, "mgmt");
  const port = await labelOfNetwork(management, PORT);
  const directory = (await labelOfNetwork(management, DIRECTORY)) ?? usual;
  const containers = await linesOf("ps", "--all", ...labelled, "--format", "{{.Names}}");
  const networks = await linesOf("network", "ls", ...labelled, "--format", "{{.Name}}");
  await removeHosts(containers, networks);
  // Of hosts whose making was interrupted.
  const volumes = await linesOf("volume", "ls", "--quiet", ...labelled);
  if (volumes.length > 0) await askEngine("volume", "rm", "--force", ...volumes);
  const images = port === undefined ? [] : await taggedFor(`127.0.0.1:${port}/`);
  if (images.length > 0) await askEngine("rmi", ...images);
  if (!keepImage) for (const image of await hostImages()) await removeDebian(image);
  for (const path of [directory, factsDirectory(sitePaths(directory).configDirectory)])
    rmSync(path, { recursive: true, force: true });
  for (const network of networks) if (network !== management) await removeNetwork(network);
  // The last: it remembers what is to be put back.
  await disconnectFromOutside(management);
  return [
    ...containers.map((container) => `container ${container}`),
    ...volumes.map((volume) => `volume ${volume}`),
    ...(images.length > 0 ? [`${images.length} names of images in its registry`] : []),
    ...networks.map((network) => `network ${network}`),
  ];
}

const labelOf = (name: string): string => `${LABEL}=${name}`;
const networkName = (name: string, network: NetworkName): string => `${name}-${network}`;

/** The containers that are hosts: the registry is none. */
async function hostsOf(name: string): Promise<string[]> {
  const words = ["--filter", `label=${labelOf(name)}`, "--format", "{{.Names}}"];
  return (await linesOf("ps", "--all", ...words)).filter((container) => container !== `${name}-registry`);
}

async function isThere(container: string): Promise<boolean> {
  return (await linesOf("ps", "--all", "--filter", `name=^${container}$`, "--quiet")).length > 0;
}

async function labelOfNetwork(network: string, label: string): Promise<string | undefined> {
  const words = ["network", "inspect", "--format", `{{index .Labels "${label}"}}`, network];
  const { exitCode, stdout } = await execa(engineClient(), words, { reject: false });
  return exitCode === 0 && stdout ? stdout : undefined;
}

/** The hosts' image, also as earlier versions of it were called, and though its making was interrupted. */
async function hostImages(): Promise<string[]> {
  return [...new Set([IMAGE, ...(await linesOf("images", IMAGES, "--format", "{{.Repository}}:{{.Tag}}"))])];
}

/** An image that was pushed once and built anew since has no tag there any more, only the digest of the push. */
async function taggedFor(registry: string): Promise<string[]> {
  const rows = await linesOf("images", "--digests", "--format", "{{.Repository}} {{.Tag}} {{.Digest}}");
  return rows
    .map((row) => row.split(" "))
    .filter(([repository = ""]) => repository.startsWith(registry))
    .map(([repository, tag, digest]) =>
      tag === "<none>" ? `${repository}@${digest}` : `${repository}:${tag}`,
    );
}

/** The networks of a cluster, made where they are not there yet, and what its first one remembers. */
async function ensureNetworks(
  { name, directory }: ClusterWish,
  say: Say,
): Promise<{ addresses: Addresses; port: number; directory: string }> {
  const management = networkName(name, "mgmt");
  const found = await linesOf("network", "ls", "--filter", `label=${labelOf(name)}`, "--format", "{{.Name}}");
  const addresses = found.includes(management) ? await addressesOf(management) : await freeAddresses();
  for (const network of NETWORKS)
    if (found.includes(networkName(name, network))) await openAgain(name, network);
    else {
      await makeNetworkOf(name, network, addresses, directory);
      say(`network ${network} ${addresses.range(network)}`);
    }
  return {
    addresses,
    port: Number(await labelOfNetwork(management, PORT)),
    directory: (await labelOfNetwork(management, DIRECTORY)) ?? directory,
  };
}

const openAgain = (cluster: string, network: NetworkName): Promise<void> =>
  (network === "mgmt" ? letOut : letThrough)(networkName(cluster, network));

async function makeNetworkOf(
  cluster: string,
  network: NetworkName,
  addresses: Addresses,
  directory: string,
): Promise<void> {
  const range = ["--subnet", addresses.range(network), "--gateway", addresses.gateway(network)];
  const words = ["--label", labelOf(cluster), ...range];
  if (network !== "mgmt") return makeNetwork(networkName(cluster, network), words);
  const labels = [`${DIRECTORY}=${directory}`, `${PORT}=${await freePort()}`];
  return connectToOutside(networkName(cluster, network), [
    ...words,
    ...labels.flatMap((label) => ["--label", label]),
  ]);
}

async function addressesOf(network: string): Promise<Addresses> {
  const subnet = "{{(index .IPAM.Config 0).Subnet}}";
  return Addresses.ofRange(await askEngine("network", "inspect", "--format", subnet, network));
}

async function freeAddresses(): Promise<Addresses> {
  const routes = await networkToAvoid();
  return Addresses.free((cidr) => routes.some((route) => overlaps(route, cidr)));
}

async function ensureImage(say: Say): Promise<void> {
  if ((await linesOf("images", "--quiet", IMAGE)).length > 0) return;
  const seconds = stopwatch();
  await importDebian(IMAGE, SUITE, PACKAGES, finishTree);
  say(`image ${IMAGE} (${formatSeconds(seconds())})`);
}

/** Makes a host, or starts it when its power was cut; returns whether anything was done. */
async function ensureHost(cluster: string, host: string, addresses: Addresses): Promise<boolean> {
  const container = `${cluster}-${host}`;
  const words = ["ps", "--all", "--filter", `name=^${container}$`, "--format", "{{.State}}"];
  const [state] = await linesOf(...words);
  if (state === "running") return false;
  if (state === "exited") {
    await startHost(container);
    return true;
  }
  // An interrupted command may have made it and not yet put it on all networks.
  if (state !== undefined) await askEngine("rm", "--force", container);
  const at = (network: NetworkName): string => addresses.host(network, host);
  await makeHost({
    name: container,
    hostname: host,
    image: IMAGE,
    labels: [labelOf(cluster)],
    networks: NETWORKS.map((network) => ({ name: networkName(cluster, network), address: at(network) })),
    boot: BOOT(
      NETWORKS.map((network) => [network, at(network)]),
      addresses.gateway("mgmt"),
    ),
  });
  return true;
}

/** What has to be on this machine, by the command that shows it, and the package that brings it. */
const TOOLS: Readonly<Record<string, string>> = {
  debootstrap: "debootstrap",
  "docker-registry": "docker-registry",
  "ansible-vault": "ansible-core",
  "ssh-keygen": "openssh-client",
  iptables: "iptables",
};

async function checkMachine(): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new KollaError({ code: "KOLLA_USAGE_ROOT", message: "Making hosts needs root." });
  const missing: string[] = [];
  for (const [command, name] of Object.entries(TOOLS)) {
    const { exitCode } = await execa("sh", ["-c", 'command -v "$1"', "sh", command], { reject: false });
    if (exitCode !== 0) missing.push(name);
  }
  if (missing.length > 0)
    throw new KollaError({
      code: "KOLLA_CLUSTER_TOOLS",
      message: `This machine lacks ${missing.join(", ")}.`,
      hint: `apt-get install --no-install-recommends ${missing.join(" ")}`,
    });
  await askEngine("version", "--format", "{{.Server.Version}}");
}

/** Where the files of a cluster of this name are, unless another place is chosen. */
export const usualDirectory = (root: string, name: string): string => join(root, ".cluster", name);
