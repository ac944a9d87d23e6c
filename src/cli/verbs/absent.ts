import type { Command } from "commander";
import { KollaError } from "#support";

/** Verbs of Kolla-Ansible that this version does not have: what to do instead, where there is something. */
export const ABSENT_VERBS: Readonly<Record<string, string>> = {
  certificates: "TLS is not there yet; keep kolla_enable_tls_internal and kolla_enable_tls_external off.",
  complete: "There is no completion for shells; `kolla --help` lists the verbs.",
  "deploy-bifrost": "Bifrost is not there yet; prepare servers by other means.",
  "deploy-servers": "Bifrost is not there yet; prepare servers by other means.",
  "mariadb-recovery":
    "A stopped cluster elects its most advanced node by itself when it is started: kolla start mariadb.",
  "migrate-container-engine": "Docker is the only engine of a deployment so far.",
  "migrate-valkey": "Neither Redis nor Valkey is there yet.",
  "nova-libvirt-cleanup":
    "libvirt runs in its container only; kolla deploy --remove takes away containers that are no longer wanted.",
  "octavia-certificates": "Octavia is not there yet.",
  "prune-images": "Until then: docker image prune, on each host.",
  "rabbitmq-reset-state":
    "Until then: rabbitmqctl stop_app, force_reset and start_app in the container rabbitmq, one host after the other.",
  "upgrade-bifrost": "Bifrost is not there yet; prepare servers by other means.",
  "validate-config": "kolla plan reads and merges every file, and refuses what cannot be read.",
};

/** Each of them is refused by name, whatever comes with it: an operator shall not take it for a slip of the keyboard. */
export function addAbsentVerbs(program: Command): void {
  const there = new Set(program.commands.map((command) => command.name()));
  for (const [verb, hint] of Object.entries(ABSENT_VERBS).filter(([name]) => !there.has(name)))
    program
      .command(verb, { hidden: true })
      .description("known to Kolla-Ansible, not here yet")
      .allowUnknownOption()
      .allowExcessArguments()
      .action(() => {
        throw new KollaError({
          code: "KOLLA_USAGE_VERB_ABSENT",
          message: `${verb} is known to Kolla-Ansible, not here yet.`,
          hint,
        });
      });
}
