import { Command } from "commander";
import { firstServer } from "../../src/app/quickstart/server-on-cloud.ts";
import { projectRoot } from "../../src/cli/common-options.ts";
import { EXIT, exitCodeOf, note, print, printError, printJson } from "../../src/cli/terminal.ts";
import { type Cluster, describe, down, up, usualDirectory } from "./cluster.ts";
import { siteFlags } from "./site-files.ts";

interface Flags {
  name: string;
  directory?: string;
  json?: boolean;
  keepImage?: boolean;
}

async function makeCluster(hosts: string[], { name, directory, json }: Flags): Promise<void> {
  const wish = { root: projectRoot, name, hosts, directory: directory ?? usualDirectory(projectRoot, name) };
  const cluster = await up(wish, (words) => note(`made ${words}`));
  if (json) printJson(cluster);
  else tell(cluster);
}

function tell(cluster: Cluster): void {
  const kolla = (verb: string): string => `  tools/kolla ${verb} ${siteFlags(cluster.paths).join(" ")}`;
  for (const { name, address } of cluster.hosts)
    print(
      `${name.padEnd(12)} ssh -i ${cluster.paths.key} -o UserKnownHostsFile=${cluster.paths.knownHosts} ${cluster.user}@${address}`,
    );
  print(`registry     ${cluster.registry}`);
  print(`files        ${cluster.paths.configDirectory}`);
  print();
  print("Images for the hosts, and a cloud on them:");
  print(`  tools/kolla build --registry ${cluster.registry} --push`);
  for (const verb of ["bootstrap-servers", "prechecks", "deploy", "post-deploy"]) print(kolla(verb));
}

/** A server on the cloud that was deployed on the hosts, with all that it needs. */
async function bootServer({ name, json }: Flags): Promise<void> {
  const { paths, networks, externalGateway, floating } = await describe(name);
  const external = { cidr: networks.external, gateway: externalGateway, pool: floating };
  const { value } = await firstServer(
    { root: projectRoot, directory: paths.configDirectory, external },
    (words) => note(words),
  );
  if (json) printJson(value);
  else print(`${value.name} ${value.status}, ${value.floatingIp}: ${value.ping}\n${value.login}`);
}

async function takeAway({ name, keepImage }: Flags): Promise<void> {
  const removed = await down(name, usualDirectory(projectRoot, name), Boolean(keepImage));
  for (const words of removed) note(`removed ${words}`);
  print(removed.length > 0 ? "Nothing of the cluster is left." : "There was nothing to remove.");
}

const program = new Command("cluster").description("hosts on this machine, as containers of its engine");
program
  .command("up")
  .description(
    "make hosts, their networks, a registry, an inventory and an operator's files; goes on from what is there",
  )
  .argument("[host...]", "control01, network01, compute01 … (default: control01 compute01)")
  .option("--name <name>", "what all it makes is called by", "cluster")
  .option("--directory <directory>", "where inventory and operator's files go (default: .cluster/NAME)")
  .option("--json", "what was made as one JSON document")
  .action(makeCluster);
program
  .command("server")
  .description("boot a server on the cloud of the hosts, once post-deploy has written its clouds.yaml")
  .option("--name <name>", "of the cluster", "cluster")
  .option("--json", "what is known of it as one JSON document")
  .action(bootServer);
program
  .command("down")
  .description("remove all that up made")
  .option("--name <name>", "what all it made is called by", "cluster")
  .option("--keep-image", "leave the hosts' image for the next up")
  .action(takeAway);

try {
  await program.parseAsync();
} catch (error) {
  printError(error, false);
  process.exitCode = exitCodeOf(error) || EXIT.failed;
}
