import { Command } from "commander";
import { addBuildVerbs } from "./verbs/build.ts";
import { addDeployVerbs } from "./verbs/deploy.ts";
import { addFirstCloud } from "./verbs/first-cloud.ts";
import { addOperatorVerbs } from "./verbs/operate.ts";
import { addQuickstart } from "./verbs/quickstart.ts";
import { addStatusVerbs } from "./verbs/status.ts";

/** The whole command: every verb, its options and what it does. */
export function makeProgram(): Command {
  const program = new Command("kolla")
    .description("Builds OpenStack's container images and deploys them through Ansible.")
    .option("--debug", "with an error, also where in Kolla it arose")
    .showSuggestionAfterError()
    .exitOverride();
  addBuildVerbs(program);
  addDeployVerbs(program);
  addStatusVerbs(program);
  addOperatorVerbs(program);
  addFirstCloud(program);
  addQuickstart(program);
  for (const verb of program.commands) verb.exitOverride();
  return program;
}
