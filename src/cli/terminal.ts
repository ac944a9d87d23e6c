import { appendFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { stripVTControlCharacters, styleText } from "node:util";
import { diskFull, diskOf, formatWhere, hasNoRoom, isDiskFull, KollaError, KollaErrors } from "#support";

/** Exit codes, the same for every verb. */
export const EXIT = { done: 0, failed: 1, configuration: 2, precheck: 3, restored: 4 } as const;

/** How one command speaks: set once, before it begins. */
const manner: { quiet: boolean; log?: string } = { quiet: false };

/** `quiet`: only warnings, errors and what machines asked for; `logFile`: everything goes there as well. Throws KOLLA_USAGE_LOG. */
export function speak({ quiet, logFile }: { quiet?: boolean; logFile?: string }): void {
  manner.quiet = quiet ?? false;
  if (logFile === undefined) return;
  try {
    appendFileSync(logFile, "", { mode: 0o600 });
  } catch (cause) {
    throw new KollaError({
      code: "KOLLA_USAGE_LOG",
      message: `The file of --log-file cannot be written: ${(cause as Error).message}`,
      cause,
    });
  }
  manner.log = logFile;
}

/** Everything that a person or a program reads leaves through here; the rest of Kolla prints nothing. */
export function print(line = ""): void {
  log(line);
  if (!manner.quiet) process.stdout.write(`${line}\n`);
}

/** For a person beside a machine's output: progress. */
export function note(line: string): void {
  if (manner.quiet) log(line);
  else complain(line);
}

/** What is said even to those who want quiet. */
export function complain(line: string): void {
  log(line);
  process.stderr.write(`${line}\n`);
}

function log(line: string): void {
  if (manner.log)
    appendFileSync(manner.log, `${new Date().toISOString()} ${stripVTControlCharacters(line)}\n`);
}

/** Whether a person watches the progress as it is drawn. */
export function watched(): boolean {
  return Boolean(process.stderr.isTTY) && !manner.quiet;
}

/** One line for programs. */
export function printJson(value: unknown): void {
  const line = JSON.stringify(value);
  log(line);
  process.stdout.write(`${line}\n`);
}

type Style = Parameters<typeof styleText>[0];

/** Colour when a person watches and did not ask otherwise (NO_COLOR). */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return stream.isTTY && !process.env.NO_COLOR ? styleText(style, text) : text;
}

/** Prints what does not stop a run, with place and hint. */
export function printWarning(warning: KollaError): void {
  const place = formatWhere(warning.where);
  complain(`${paint("yellow", "warning:", process.stderr)} ${place ? `${place}: ` : ""}${warning.message}`);
  if (warning.hint) complain(`  ${warning.hint}`);
}

/** Prints one error, or each of many, with place, hint and code. */
export function printError(thrown: unknown, debug: boolean): void {
  const error = isDiskFull(thrown) ? diskFullOf(thrown as NodeJS.ErrnoException) : thrown;
  if (error instanceof KollaErrors) {
    for (const problem of error.problems) printError(problem, debug);
    if (error.problems.length > 1) complain(`${error.problems.length} problems.`);
    return;
  }
  if (!(error instanceof KollaError)) {
    complain(paint("red", "Kolla itself failed; please report this.", process.stderr));
    complain(String((error as Error | undefined)?.stack ?? error));
    return;
  }
  const place = formatWhere(error.where);
  complain(
    `${place ? `${place}: ` : ""}${paint("red", error.message, process.stderr)} ${paint("dim", `(${error.code})`, process.stderr)}`,
  );
  if (error.hint) complain(`  ${error.hint}`);
  if (debug) complain(String(error.stack));
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

/**
 * The exit code an error stands for: configuration and usage 2, refused prechecks 3, restored 4, all else 1. Of several
 * problems configuration comes first: prechecks of hosts may follow from it.
 */
export function exitCodeOf(error: unknown): number {
  const codes = (error instanceof KollaErrors ? error.problems : [error]).map(exitCodeOfOne);
  return [EXIT.configuration, EXIT.precheck].find((code) => codes.includes(code)) ?? codes[0] ?? EXIT.failed;
}

function exitCodeOfOne(error: unknown): number {
  if (!(error instanceof KollaError)) return EXIT.failed;
  if (error.code.startsWith("KOLLA_PRECHECK_")) return EXIT.precheck;
  if (REFUSED_BY_HOSTS.some((prefix) => error.code.startsWith(prefix))) return EXIT.precheck;
  if (error.code === "KOLLA_RUN_RESTORED") return EXIT.restored;
  return CONFIGURATION.some((prefix) => error.code.startsWith(prefix)) ? EXIT.configuration : EXIT.failed;
}

/** What hosts say against a plan, a rollback or an upgrade. */
const REFUSED_BY_HOSTS = [
  "KOLLA_QUORUM",
  "KOLLA_ROLLBACK_",
  "KOLLA_SAVED_PLAN_APPLIED",
  "KOLLA_SAVED_PLAN_MOVED",
  "KOLLA_UPGRADE_",
];

const CONFIGURATION = [
  "KOLLA_ANSIBLE_FAILED",
  "KOLLA_API_",
  "KOLLA_BUILD_BASE",
  "KOLLA_BUILD_NO_MATCH",
  "KOLLA_BUILD_OVERRIDE",
  "KOLLA_BUILD_PARENT",
  "KOLLA_BUILD_PROFILE",
  "KOLLA_BUILD_REGEX",
  "KOLLA_BUILD_SECTION_",
  "KOLLA_BUILD_UNBUILDABLE",
  "KOLLA_HOST_UNKNOWN",
  "KOLLA_LIMIT_",
  "KOLLA_LOCK_CONSTRAINTS",
  "KOLLA_LOCK_PROJECT",
  "KOLLA_LOOKUP",
  "KOLLA_OVERRIDE_",
  "KOLLA_SAVED_PLAN_",
  "KOLLA_SECRET_",
  "KOLLA_SET_",
  "KOLLA_VARIABLE_",
  "KOLLA_VAULT_",
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
