import { tmpdir } from "node:os";
import { styleText } from "node:util";
import { diskFull, diskOf, formatWhere, hasNoRoom, isDiskFull, KollaError, KollaErrors } from "#support";

/** Exit codes, the same for every verb. */
export const EXIT = { done: 0, failed: 1, configuration: 2, precheck: 3, restored: 4 } as const;

/** Everything that a person or a program reads leaves through here; the rest of Kolla prints nothing. */
export function print(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** For a person beside a machine's output: progress, warnings. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

type Style = Parameters<typeof styleText>[0];

/** Colour when a person watches and did not ask otherwise (NO_COLOR). */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return stream.isTTY && !process.env.NO_COLOR ? styleText(style, text) : text;
}

/** Prints one error, or each of many, with place, hint and code. */
export function printError(thrown: unknown, debug: boolean): void {
  const error = isDiskFull(thrown) ? diskFullOf(thrown as NodeJS.ErrnoException) : thrown;
  if (error instanceof KollaErrors) {
    for (const problem of error.problems) printError(problem, debug);
    if (error.problems.length > 1) note(`${error.problems.length} problems.`);
    return;
  }
  if (!(error instanceof KollaError)) {
    note(paint("red", "Kolla itself failed; please report this.", process.stderr));
    note(String((error as Error | undefined)?.stack ?? error));
    return;
  }
  const place = formatWhere(error.where);
  note(
    `${place ? `${place}: ` : ""}${paint("red", error.message, process.stderr)} ${paint("dim", `(${error.code})`, process.stderr)}`,
  );
  if (error.hint) note(`  ${error.hint}`);
  if (debug) note(String(error.stack));
}

/** A write of this process that found no room. The system names the file only where it was to be made. */
function diskFullOf(error: NodeJS.ErrnoException): KollaError {
  if (error.path) return diskFull(error.path, error.path, error);
  const folders = [tmpdir(), process.env.KOLLA_CONFIG_PATH ?? "/etc/kolla", process.cwd()];
  const full = folders.find((folder) => {
    const disk = diskOf(folder);
    return disk && hasNoRoom(disk);
  });
  return diskFull(full ?? tmpdir(), `a file below ${full ?? folders.join(", or ")}`, error);
}

/** The exit code an error stands for: configuration and usage 2, refused prechecks 3, restored 4, all else 1. */
export function exitCodeOf(error: unknown): number {
  const first = error instanceof KollaErrors ? error.problems[0] : error;
  if (!(first instanceof KollaError)) return EXIT.failed;
  if (first.code.startsWith("KOLLA_PRECHECK_")) return EXIT.precheck;
  if (first.code === "KOLLA_RUN_RESTORED") return EXIT.restored;
  return CONFIGURATION.some((prefix) => first.code.startsWith(prefix)) ? EXIT.configuration : EXIT.failed;
}

const CONFIGURATION = [
  "KOLLA_OPTION_",
  "KOLLA_USAGE_",
  "KOLLA_CONFIG_",
  "KOLLA_TEMPLATE_",
  "KOLLA_INVENTORY_",
  "KOLLA_INTERFACE_",
  "KOLLA_BUILD_OPTION_",
  "KOLLA_YAML_",
  "KOLLA_INI_",
];
