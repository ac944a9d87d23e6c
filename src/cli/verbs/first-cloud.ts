import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { KollaError } from "#support";
import { CloudClient } from "../quickstart/cloud-client.ts";
import { FIRST_CLOUD_DEFAULTS, type FirstCloud, FirstCloudMaker } from "../quickstart/first-cloud.ts";
import { uploadTestImage } from "../quickstart/test-image.ts";
import { note, print } from "../terminal.ts";

/** init-runonce. */
export function addFirstCloud(program: Command): void {
  program
    .command("init-runonce")
    .description(
      "a first image, network, router, flavors and key; reads init-runonce's environment variables",
    )
    .option("--configdir <directory>", "where clouds.yaml is", process.env.KOLLA_CONFIG_PATH ?? "/etc/kolla")
    .option("--cloud <name>", "entry of clouds.yaml", "kolla-admin-internal")
    .action(initRunonce);
}

async function initRunonce({ configdir, cloud: name }: { configdir: string; cloud: string }): Promise<void> {
  const key = join(homedir(), ".ssh/id_rsa.pub");
  if (!existsSync(key))
    throw new KollaError({
      code: "KOLLA_USAGE_KEY",
      message: `${key} is not there.`,
      hint: "ssh-keygen -t rsa",
    });
  const cloud = await CloudClient.signIn(join(configdir, "clouds.yaml"), name);
  const maker = new FirstCloudMaker(cloud, (words) => note(`  ${words}`));
  await uploadTestImage(cloud, maker);
  await maker.networks(firstCloudFrom(process.env));
  await maker.openPorts();
  await maker.flavors();
  await maker.keypair("mykey", readFileSync(key, "utf8").trim());
  print(
    "Done. For instance: openstack server create --image kolla-test --flavor kolla.test --key-name mykey --network demo-net demo1",
  );
}

/** init-runonce's variables over the defaults; EXT_NET_RANGE is "start=10.0.2.150,end=10.0.2.199". */
export function firstCloudFrom(environment: NodeJS.ProcessEnv): FirstCloud {
  const range = /start=([^,]+),end=(.+)/.exec(environment.EXT_NET_RANGE ?? "");
  const take = (name: string, fallback: string): string => environment[name] || fallback;
  return {
    ...FIRST_CLOUD_DEFAULTS,
    externalCidr: take("EXT_NET_CIDR", FIRST_CLOUD_DEFAULTS.externalCidr),
    externalGateway: take("EXT_NET_GATEWAY", FIRST_CLOUD_DEFAULTS.externalGateway),
    ...(range?.[1] && range[2] && { externalPool: { start: range[1], end: range[2] } }),
    cidr: take("DEMO_NET_CIDR", FIRST_CLOUD_DEFAULTS.cidr),
    gateway: take("DEMO_NET_GATEWAY", FIRST_CLOUD_DEFAULTS.gateway),
    nameServers: take("DEMO_NET_DNS", FIRST_CLOUD_DEFAULTS.nameServers.join(",")).split(","),
  };
}
