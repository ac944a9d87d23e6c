import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { KollaError } from "#support";
import { firstCloudFrom, makeFirstCloud } from "../../app/index.ts";
import { projectRoot } from "../common-options.ts";
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

async function initRunonce({ configdir, cloud }: { configdir: string; cloud: string }): Promise<void> {
  const key = join(homedir(), ".ssh/id_rsa.pub");
  if (!existsSync(key))
    throw new KollaError({
      code: "KOLLA_USAGE_KEY",
      message: `${key} is not there.`,
      hint: "ssh-keygen -t rsa",
    });
  const wish = {
    root: projectRoot,
    clouds: join(configdir, "clouds.yaml"),
    cloud,
    publicKey: readFileSync(key, "utf8").trim(),
    networks: firstCloudFrom(process.env),
  };
  await makeFirstCloud(wish, (words) => note(`  ${words}`));
  print(
    "Done. For instance: openstack server create --image kolla-test --flavor kolla.test --key-name mykey --network demo-net demo1",
  );
}
