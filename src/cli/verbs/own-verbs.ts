import { type Command, Option as Flag } from "commander";
import { type NamedVerb, serviceVerbs } from "../../app/index.ts";
import { ASK, refuseUnheeded, type SiteFlags, withSiteOptions } from "../common-options.ts";
import { runVerb } from "./deploy.ts";

/** A verb does what its service says, so it is narrowed to no sets. */
const HEEDED = ["check", "listTasks", "yes", "takeOver", "json"] as const;

/** The verbs that services bring. */
export function addOwnVerbs(program: Command): void {
  for (const own of serviceVerbs) {
    const command = program.command(own.verb).description(own.summary);
    withSiteOptions(command, HEEDED).option(...ASK);
    const flags = ownFlags(own);
    for (const { flag } of flags) command.addOption(flag);
    command.action((given: SiteFlags & Record<string, unknown>) => {
      refuseUnheeded(given, own.verb, HEEDED);
      const values = flags.flatMap(({ flag, option, value }) => {
        const said = given[flag.attributeName()];
        return said === undefined ? [] : [JSON.stringify({ [option]: value ?? said })];
      });
      return runVerb(own.verb, { ...given, extraVars: [...given.extraVars, ...values] });
    });
  }
}

/** A flag sets an option of the service for one run, as -e would; of those that set the same, one can be given. */
function ownFlags({ flags }: NamedVerb) {
  const all = Object.entries(flags).map(([words, { summary, ...sets }]) => ({
    flag: new Flag(words, summary),
    ...sets,
  }));
  for (const { flag, option } of all)
    flag.conflicts(
      all.flatMap((other) =>
        other.flag !== flag && other.option === option ? [other.flag.attributeName()] : [],
      ),
    );
  return all;
}
