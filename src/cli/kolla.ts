import { CommanderError } from "commander";
import { normalArguments } from "./arguments.ts";
import { makeProgram } from "./program.ts";
import { EXIT, exitCodeOf, printError, speak } from "./terminal.ts";
import { version } from "./version.ts";

async function main(): Promise<void> {
  const program = makeProgram(version());
  let debug = false;
  program.hook("preAction", (_program, verb) => {
    const flags = verb.opts<{ debug?: boolean; quiet?: boolean; logFile?: string }>();
    debug = Boolean(flags.debug);
    speak(flags);
  });
  try {
    await program.parseAsync(normalArguments(process.argv.slice(2), program), { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.configuration;
      return;
    }
    printError(error, debug);
    process.exitCode = exitCodeOf(error);
  }
}

await main();
