import { CommanderError } from "commander";
import { makeProgram } from "./program.ts";
import { EXIT, exitCodeOf, printError } from "./terminal.ts";

async function main(): Promise<void> {
  const program = makeProgram();
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.configuration;
      return;
    }
    printError(error, Boolean(program.opts().debug));
    process.exitCode = exitCodeOf(error);
  }
}

await main();
