import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { CloudClient } from "./cloud-client.ts";
import { FIRST_CLOUD_DEFAULTS, type FirstCloud, FirstCloudMaker } from "./first-cloud.ts";
import { bootServer, type ServerReport } from "./first-server.ts";
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
  /** The operator's clouds.yaml, and its entry. */
  clouds: string;
  cloud: string;
  /** As ssh-keygen writes it. */
  publicKey: string;
  networks: FirstCloud;
}

/** init-runonce: an image, networks, open ports, flavors and a key, each where the cloud has none of that name. */
export async function makeFirstCloud(wish: Beginning, say: (words: string) => void): Promise<void> {
  const cloud = await CloudClient.signIn(wish.clouds, wish.cloud);
  const maker = new FirstCloudMaker(cloud, say);
  await uploadTestImage(cloud, maker, wish.root);
  await maker.networks(wish.networks);
  await maker.openPorts();
  await maker.flavors();
  await maker.keypair("mykey", wish.publicKey);
}
