import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { KollaError } from "#support";
import { CloudClient } from "./cloud-client.ts";
import { FIRST_CLOUD_DEFAULTS, FirstCloudMaker, firstCloudFrom } from "./first-cloud.ts";
import { bootServer, loginAt, type ServerReport } from "./first-server.ts";
import { uploadTestImage } from "./test-image.ts";

const SERVER = "first-server";

/** The network behind the cloud's physical one, as this machine reaches it. */
export interface ExternalNetwork {
  cidr: string;
  gateway: string;
  /** For floating IPs. */
  pool: { start: string; end: string };
}

/**
 * What a first server needs, made where the cloud does not have it, and the server; `directory` is the operator's, with
 * the clouds.yaml of post-deploy in it, `root` the project's. Throws with the cause when the server does not work.
 */
export async function firstServer(
  { root, directory, external }: { root: string; directory: string; external: ExternalNetwork },
  say: (words: string) => void,
): Promise<{ changed: boolean; value: ServerReport }> {
  const cloud = await CloudClient.signIn(join(directory, "clouds.yaml"), "kolla-admin-internal");
  let changed = false;
  const maker = new FirstCloudMaker(cloud, (words) => {
    changed = true;
    say(words);
  });
  const image = await uploadTestImage(cloud, maker, root);
  const tenant = await maker.networks({
    ...FIRST_CLOUD_DEFAULTS,
    externalCidr: external.cidr,
    externalGateway: external.gateway,
    externalPool: external.pool,
  });
  await maker.openPorts();
  await maker.flavors();
  await maker.keypair("mykey", await publicKey(directory));
  const wish = {
    name: SERVER,
    image,
    flavor: "kolla.test",
    network: tenant,
    externalNetwork: FIRST_CLOUD_DEFAULTS.externalNetwork,
    keypair: "mykey",
    keyFile: serverKeyPath(directory),
  };
  return { value: await bootServer(cloud, wish, say), changed };
}

interface Address {
  addr: string;
  "OS-EXT-IPS:type": string;
}

/** Where the first server of a cloud answers, and who gets in; undefined where it is not there. Throws as CloudClient does. */
export async function whereFirstServer(
  cloud: CloudClient,
  directory: string,
): Promise<Pick<ServerReport, "floatingIp" | "login"> | undefined> {
  const server = await cloud.named("compute", "/servers/detail", "servers", SERVER);
  const addresses = Object.values((server?.addresses ?? {}) as Record<string, Address[]>).flat();
  const floatingIp = addresses.find((each) => each["OS-EXT-IPS:type"] === "floating")?.addr;
  return floatingIp === undefined
    ? undefined
    : { floatingIp, login: loginAt(floatingIp, serverKeyPath(directory)) };
}

async function publicKey(directory: string): Promise<string> {
  const path = serverKeyPath(directory);
  if (!existsSync(path))
    await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "kolla-quickstart", "-f", path]);
  return readFileSync(`${path}.pub`, "utf8").trim();
}

/** The private key that logs in to the first server. */
export const serverKeyPath = (directory: string): string => join(directory, "quickstart-key");

/** What is made on a cloud for people to begin with. */
export interface Beginning {
  /** The project's. */
  root: string;
  /** The operator's directory, with clouds.yaml in it, and an entry of that. */
  configDirectory: string;
  cloud: string;
  /** Of the process: init-runonce's variables. */
  environment: NodeJS.ProcessEnv;
}

/**
 * init-runonce: an image, networks, open ports, flavors and this account's key, each where the cloud has none of that
 * name. Throws KOLLA_USAGE_KEY where the account has no key.
 */
export async function makeFirstCloud(
  { root, configDirectory, cloud: name, environment }: Beginning,
  say: (words: string) => void,
): Promise<void> {
  const key = accountKey();
  const cloud = await CloudClient.signIn(join(configDirectory, "clouds.yaml"), name);
  const maker = new FirstCloudMaker(cloud, say);
  await uploadTestImage(cloud, maker, root);
  await maker.networks(firstCloudFrom(environment));
  await maker.openPorts();
  await maker.flavors();
  await maker.keypair("mykey", key);
}

/** The public key that init-runonce takes, as upstream's script does. */
function accountKey(): string {
  const path = join(homedir(), ".ssh/id_rsa.pub");
  if (!existsSync(path))
    throw new KollaError({
      code: "KOLLA_USAGE_KEY",
      message: `${path} is not there.`,
      hint: "ssh-keygen -t rsa",
    });
  return readFileSync(path, "utf8").trim();
}
