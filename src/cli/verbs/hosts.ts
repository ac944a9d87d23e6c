import type { Command } from "commander";
import { type Look, lookAtHosts } from "../../app/index.ts";
import { alignColumns } from "../columns.ts";
import { type SiteFlags, siteSettings, withSiteOptions } from "../common-options.ts";
import { EXIT, note, print, printJson } from "../terminal.ts";

/** Verbs that look at hosts or prepare for them, and change no service. */
export function addHostVerbs(program: Command): void {
  withSiteOptions(
    program.command("gather-facts").description("look at the hosts and say what was found; nothing is kept"),
    ["json"],
  ).action(gatherFacts);
  withSiteOptions(
    program
      .command("install-deps")
      .description("nothing to do: Ansible's own modules are enough, no collection is needed"),
    [],
  ).action(() => print("Nothing to install: Kolla needs ansible-core alone, no collections."));
}

async function gatherFacts(flags: SiteFlags): Promise<void> {
  const looks = await lookAtHosts(await siteSettings(flags, "gather-facts"));
  if (flags.json) printJson(looks.map(({ host, seen }) => ({ host: host.name, facts: host.facts, seen })));
  else print(alignColumns([["HOST", "SYSTEM", "CPUS", "MEMORY", "INTERFACES", "ENGINE"], ...looks.map(row)]));
  for (const { host, seen } of looks)
    if ("unreachable" in seen && !flags.json) note(`${host.name}: ${seen.unreachable}`);
  if (looks.some(({ answered }) => !answered)) process.exitCode = EXIT.failed;
}

function row({ host: { name, facts }, seen }: Look): string[] {
  const interfaces = Object.entries(facts.interfaces).filter(([each, { active }]) => active && each !== "lo");
  return [
    name,
    `${facts.distribution} ${facts.distributionVersion}`.trim() || "out of reach",
    String(facts.cpus),
    `${facts.memoryMiB} MiB`,
    interfaces.map(([each, { ipv4 }]) => [each, ...ipv4.slice(0, 1)].join(" ")).join(", "),
    "unreachable" in seen ? "not looked at" : `${seen.engine.name} ${seen.engine.version}`,
  ];
}
