import { join } from "node:path";
import type { Command } from "commander";
import { KollaError } from "#support";
import {
  bootstrapHosts,
  CLOUD_FILES,
  destroySite,
  fillPasswordsFile,
  isCarrierEvent,
  keptInWords,
  loadSite,
  mergePasswordsFiles,
  type Tell,
  writeCloudFiles,
} from "../../app/index.ts";
import { refuseUnheeded, type SiteFlags, siteSettings, withSiteOptions } from "../common-options.ts";
import { note, print, printJson } from "../terminal.ts";

/** The verbs around a deployment: secrets, the hosts' engine, credentials, and taking everything away. */
export function addOperatorVerbs(program: Command): void {
  program
    .command("genpwd")
    .description("fill the empty secrets of passwords.yml; what is set stays")
    .option(
      "-p, --passwords <file>",
      "passwords file",
      join(process.env.KOLLA_CONFIG_PATH ?? "/etc/kolla", "passwords.yml"),
    )
    .action(({ passwords }: { passwords: string }) =>
      print(`${fillPasswordsFile(passwords).length} secrets made in ${passwords}.`),
    );
  program
    .command("mergepwd")
    .description("take the secrets of an old passwords.yml into a new one")
    .requiredOption("--old <file>", "passwords file with the values to keep")
    .requiredOption("--new <file>", "passwords file of the new release")
    .requiredOption("--final <file>", "where the result goes")
    .option("--clean", "leave out keys that only the old file has")
    .action(mergeFiles);
  withSiteOptions(
    program.command("bootstrap-servers").description("install and start the container engine on the hosts"),
    [],
  ).action(bootstrapServers);
  withSiteOptions(
    program.command("post-deploy").description("write clouds.yaml and the openrc files"),
    [],
  ).action(async (flags: SiteFlags) => {
    refuseUnheeded(flags, "post-deploy", []);
    const loaded = await loadSite(await siteSettings(flags, "post-deploy"));
    const { written, kept } = writeCloudFiles(loaded);
    for (const path of written) print(path);
    for (const file of kept) note(keptInWords(file));
    if (written.length + kept.length === 0) print(`${CLOUD_FILES.join(", ")}: nothing changed.`);
  });
  withSiteOptions(
    program.command("destroy").description("remove everything Kolla made on the hosts"),
    DESTROY_HEEDS,
  )
    .option("--yes-i-really-really-mean-it", "needed, as with kolla-ansible")
    .option("--include-images", "also remove the images")
    .option("--include-dev", "Kolla-Ansible's; there are no repositories of developers here to remove")
    .option("--servers-too", "also when servers still run")
    .action(destroy);
}

const DESTROY_HEEDS = ["takeOver", "json"] as const;

/** What commander gives for mergepwd. */
type MergeFlags = { old: string; new: string; final: string; clean?: boolean };

function mergeFiles(flags: MergeFlags): void {
  const taken = mergePasswordsFiles({ ...flags, clean: Boolean(flags.clean) });
  print(`${taken.length} values taken from ${flags.old} into ${flags.final}.`);
}

/** Said once the engine is installed and started on the hosts of an inventory. */
export const BOOTSTRAPPED = "The hosts have a running container engine.";

async function bootstrapServers(flags: SiteFlags): Promise<void> {
  refuseUnheeded(flags, "bootstrap-servers", []);
  await bootstrapHosts(await siteSettings(flags, "bootstrap-servers"), tasksTold(flags));
  note(BOOTSTRAPPED);
}

async function destroy(
  flags: SiteFlags & { yesIReallyReallyMeanIt?: boolean; includeImages?: boolean; serversToo?: boolean },
): Promise<void> {
  refuseUnheeded(flags, "destroy", DESTROY_HEEDS);
  if (!flags.yesIReallyReallyMeanIt)
    throw new KollaError({
      code: "KOLLA_USAGE_DESTROY",
      message: "destroy removes all containers, volumes and data of this site.",
      hint: "Add --yes-i-really-really-mean-it.",
    });
  const settings = await siteSettings(flags, "destroy");
  const destruction = {
    includeImages: Boolean(flags.includeImages),
    serversToo: Boolean(flags.serversToo),
    takeOver: flags.takeOver,
  };
  const { hosts, undone } = await destroySite(settings, destruction, tasksTold(flags));
  if (flags.json) printJson({ destroyed: true, hosts, undone });
  else
    print(
      [
        flags.limit ? `Nothing of the site is left on ${hosts.join(", ")}.` : "The site is gone.",
        ...undone,
      ].join("\n"),
    );
}

/** Says what Ansible's own tasks changed on which host. */
export function tasksTold(flags: Pick<SiteFlags, "json">): Tell {
  return (event) => {
    if (event.event !== "progress" || !isCarrierEvent(event.of) || flags.json) return;
    const { of } = event;
    if (of.event === "ok" && of.changed) note(`  ${of.host}: ${of.task}`);
    if (of.event === "warning") note(`  ${of.line}`);
  };
}
