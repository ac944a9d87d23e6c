import type { Command } from "commander";
import { makeFirstCloud } from "../../app/index.ts";
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
  const wish = { root: projectRoot, configDirectory: configdir, cloud, environment: process.env };
  await makeFirstCloud(wish, (words) => note(`  ${words}`));
  print(
    "Done. For instance: openstack server create --image kolla-test --flavor kolla.test --key-name mykey --network demo-net demo1",
  );
}
