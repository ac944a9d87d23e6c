import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { KollaError } from "#support";
import { isCarrierEvent } from "../../ansible/index.ts";
import {
  bootstrapHosts,
  destroyHosts,
  type LoadedSite,
  loadSite,
  secretsIn,
  type Tell,
  withSiteLock,
} from "../../app/index.ts";
import { allOptions } from "../all-options.ts";
import { refuseCheck, type SiteFlags, siteSettings, withSiteOptions } from "../common-options.ts";
import { CLOUD_FILES, cloudFiles } from "../openrc.ts";
import { fillPasswords, mergePasswords } from "../passwords.ts";
import { readRecord, undoQuickstart } from "../quickstart/undo.ts";
import { keptInWords, type Writing, writeUnlessEdited } from "../quickstart/written-files.ts";
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
      print(`${generatePasswords(passwords).length} secrets made in ${passwords}.`),
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
  ).action(bootstrapServers);
  withSiteOptions(
    program.command("post-deploy").description("write clouds.yaml and the openrc files"),
  ).action(async (flags: SiteFlags) => {
    refuseCheck(flags, "post-deploy");
    const loaded = await loadSite(await siteSettings(flags, "post-deploy"));
    const { written, kept } = writeCloudFiles(loaded, flags);
    for (const path of written) print(path);
    for (const file of kept) note(keptInWords(file));
    if (written.length + kept.length === 0) print(`${CLOUD_FILES.join(", ")}: nothing changed.`);
  });
  withSiteOptions(program.command("destroy").description("remove everything Kolla made on the hosts"))
    .option("--yes-i-really-really-mean-it", "needed, as with kolla-ansible")
    .option("--include-images", "also remove the images")
    .option("--include-dev", "Kolla-Ansible's; there are no repositories of developers here to remove")
    .option("--servers-too", "also when servers still run")
    .action(destroy);
}

/** Fills a passwords file, making it if it is not there. Returns the names of the secrets made. */
export function generatePasswords(path: string): string[] {
  mkdirSync(dirname(path), { recursive: true });
  const before = existsSync(path) ? readFileSync(path, "utf8") : "";
  const { text, filled } = fillPasswords(before, allOptions(), path);
  writeSecrets(path, text);
  return filled;
}

/** Nobody but its owner may read the file, not even while it is written. */
function writeSecrets(path: string, text: string): void {
  if (existsSync(path)) chmodSync(path, 0o600);
  writeFileSync(path, text, { mode: 0o600 });
}

/** Puts the values of an old passwords file into a new one, and the result into a third. */
function mergeFiles(flags: { old: string; new: string; final: string; clean?: boolean }): void {
  const [before, after] = [flags.old, flags.new].map((path) => ({ path, text: readGiven(path) }));
  const { text, taken } = mergePasswords(before as Given, after as Given, Boolean(flags.clean));
  writeSecrets(flags.final, text);
  print(`${taken.length} values taken from ${flags.old} into ${flags.final}.`);
}

interface Given {
  path: string;
  text: string;
}

function readGiven(path: string): string {
  if (existsSync(path)) return readFileSync(path, "utf8");
  throw new KollaError({
    code: "KOLLA_CONFIG_MISSING",
    message: "there is no such file",
    where: { file: path },
  });
}

/** Installs and starts the engine on the hosts of the inventory. */
export async function bootstrapServers(flags: SiteFlags): Promise<void> {
  refuseCheck(flags, "bootstrap-servers");
  await bootstrapHosts(await siteSettings(flags, "bootstrap-servers"), tasksTold(flags));
  note("The hosts have a running container engine.");
}

/**
 * Writes clouds.yaml and openrc files (0600) into the operator's directory: as Kolla-Ansible always anew, but where
 * quickstart wrote them, not over an edit.
 */
export function writeCloudFiles(loaded: LoadedSite, flags: SiteFlags): Writing {
  const [values] = Object.values(loaded.values);
  if (!values) throw new KollaError({ code: "KOLLA_INVENTORY_EMPTY", message: "The inventory has no host." });
  const files = Object.fromEntries(
    Object.entries(cloudFiles(values)).map(([name, content]) => [join(flags.configdir, name), content]),
  );
  if (readRecord(flags.configdir)) return writeUnlessEdited(flags.configdir, files, 0o600, secretsIn(values));
  for (const [path, content] of Object.entries(files)) writeFileSync(path, content, { mode: 0o600 });
  return { written: Object.keys(files), kept: [] };
}

async function destroy(
  flags: SiteFlags & { yesIReallyReallyMeanIt?: boolean; includeImages?: boolean; serversToo?: boolean },
): Promise<void> {
  refuseCheck(flags, "destroy");
  if (!flags.yesIReallyReallyMeanIt)
    throw new KollaError({
      code: "KOLLA_USAGE_DESTROY",
      message: "destroy removes all containers, volumes and data of this site.",
      hint: "Add --yes-i-really-really-mean-it.",
    });
  const settings = await siteSettings(flags, "destroy");
  await withSiteLock(flags.configdir, "destroy", async () => {
    const destruction = {
      includeImages: Boolean(flags.includeImages),
      serversToo: Boolean(flags.serversToo),
      takeOver: flags.takeOver,
    };
    const hosts = await destroyHosts(settings, destruction, tasksTold(flags));
    const undone = flags.limit ? [] : undoQuickstart(flags.configdir);
    if (flags.json) printJson({ destroyed: true, hosts, undone });
    else
      print(
        [
          flags.limit ? `Nothing of the site is left on ${hosts.join(", ")}.` : "The site is gone.",
          ...undone,
        ].join("\n"),
      );
  });
}

/** Says what Ansible's own tasks changed on which host. */
function tasksTold(flags: SiteFlags): Tell {
  return (event) => {
    if (event.event !== "progress" || !isCarrierEvent(event.of) || flags.json) return;
    const { of } = event;
    if (of.event === "ok" && of.changed) note(`  ${of.host}: ${of.task}`);
    if (of.event === "warning") note(`  ${of.line}`);
  };
}
