import { Command, Help, type Option } from "commander";
import { note } from "./terminal.ts";
import { addAbsentVerbs } from "./verbs/absent.ts";
import { addApply } from "./verbs/apply.ts";
import { addBuildVerbs } from "./verbs/build.ts";
import { addDeployVerbs } from "./verbs/deploy.ts";
import { addFirstCloud } from "./verbs/first-cloud.ts";
import { addHostVerbs } from "./verbs/hosts.ts";
import { addLock } from "./verbs/lock.ts";
import { addOperatorVerbs } from "./verbs/operate.ts";
import { addOptionVerbs } from "./verbs/options.ts";
import { addOwnVerbs } from "./verbs/own-verbs.ts";
import { addQuickstart } from "./verbs/quickstart.ts";
import { addRollback } from "./verbs/rollback.ts";
import { addStatusVerbs } from "./verbs/status.ts";

/** The one place where help tells what every verb has in common. */
const AFTER = `
kolla VERB --help tells a verb's arguments and options.
Exit codes: 0 done; 1 failed; 2 usage or configuration; 3 a precheck or a host refused;
            4 failed, and every host is as it was before.`;

/** The whole command: every verb, its options and what it does. */
export function makeProgram(version: string): Command {
  const program = new Command("kolla")
    .description("Builds OpenStack's container images and deploys them through Ansible.")
    .version(`kolla ${version}`, "--version", "print the version")
    .showSuggestionAfterError()
    .addHelpText("after", AFTER)
    .enablePositionalOptions();
  addBuildVerbs(program);
  addLock(program);
  addDeployVerbs(program);
  addApply(program);
  addRollback(program);
  addStatusVerbs(program);
  addHostVerbs(program);
  addOptionVerbs(program);
  addOperatorVerbs(program);
  addOwnVerbs(program);
  addFirstCloud(program);
  addQuickstart(program);
  addAbsentVerbs(program);
  for (const command of [program, ...commandsBelow(program)]) prepare(command);
  return program;
}

function commandsBelow(command: Command): Command[] {
  return command.commands.flatMap((each) => [each, ...commandsBelow(each)]);
}

/** What every verb takes, unless it has an option of that name itself. */
const EVERYWHERE: readonly [flags: string, words: string][] = [
  ["-v, --verbose", "more words, may be repeated"],
  ["-q, --quiet", "warnings and errors only"],
  ["--log-file <file>", "also write what is said to a file"],
  ["--debug", "with an error, also where in Kolla it arose"],
];

function prepare(command: Command): void {
  const taken = new Set(command.options.flatMap(({ long, short }) => [long, short]));
  for (const [flags, words] of EVERYWHERE) {
    const names = /^(?:(-\w), )?(--[\w-]+)(.*)$/.exec(flags) ?? [];
    const [, short = "", long = "", argument = ""] = names;
    if (taken.has(long)) continue;
    command.option(short && !taken.has(short) ? flags : `${long}${argument}`, words);
  }
  command.exitOverride();
  command.configureHelp({ optionDescription });
  command.configureOutput({ outputError: (text) => note(usageWords(text, command)) });
}

/** Commander's words for an option; that one which may be repeated begins with none is not worth telling. */
function optionDescription(this: Help, option: Option): string {
  const isEmpty = Array.isArray(option.defaultValue) && option.defaultValue.length === 0;
  return isEmpty ? option.description : Help.prototype.optionDescription.call(this, option);
}

/** Commander's own words for a slip, and where to read on. */
function usageWords(text: string, command: Command): string {
  const words = text.replace(/^error: /, "").trimEnd();
  const [first = "", ...rest] = words.split("\n");
  const page = [...ancestry(command), "--help"].join(" ");
  return [
    `${first} (KOLLA_USAGE)`,
    ...rest.map((line) => `  ${line.replace(/[()]/g, "")}`),
    `  ${page} lists what there is.`,
  ].join("\n");
}

function ancestry(command: Command): string[] {
  return command.parent ? [...ancestry(command.parent), command.name()] : [command.name()];
}
