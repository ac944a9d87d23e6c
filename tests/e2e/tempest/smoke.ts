import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { parse } from "yaml";
import { CloudClient } from "../../../src/app/quickstart/cloud-client.ts";
import { stopwatch } from "../../../src/support/index.ts";
import { prepareCloud } from "./cloud.ts";
import { type CloudEntry, tempestConfiguration } from "./configuration.ts";
import { type Judgement, judge, parseExclusions } from "./results.ts";

const CLOUDS = "/etc/kolla/clouds.yaml";
const EXCLUDE = join(import.meta.dirname, "exclude.txt");
const REQUIREMENTS = join(import.meta.dirname, "requirements.txt");
/** As many tests at a time; servers are emulated on what processors the API has too. */
const WORKERS = 2;

/**
 * Runs those of Tempest's smoke tests that apply against the cloud of this machine, from a virtual environment of the
 * distribution's Python. When a test did not pass, Tempest's log and output stay where `wrong` says.
 */
export async function tempestSmoke(): Promise<Judgement & { seconds: number }> {
  const seconds = stopwatch();
  const directory = mkdtempSync(join(tmpdir(), "kolla-tempest-"));
  const [tempest] = await Promise.all([install(directory), configure(directory)]);
  // Where the results of a run go; a listing wants it too.
  await execa(join(directory, "python/bin/stestr"), ["init"], { cwd: directory });
  const listed = (await runTempest(tempest, directory, ["--list-tests"])).stdout.split("\n").filter(isTest);
  const chosen = ["--concurrency", String(WORKERS), "--exclude-list", EXCLUDE];
  // Its exit code says nothing that the judgement does not.
  const printed = (await runTempest(tempest, directory, chosen, { reject: false })).stdout;
  writeFileSync(join(directory, "printed.txt"), printed);
  const judgement = judge(listed.map(nameOf), parseExclusions(readFileSync(EXCLUDE, "utf8")), printed);
  if (judgement.wrong.length === 0) rmSync(directory, { recursive: true });
  else judgement.wrong.push({ name: directory, why: "tempest.log and printed.txt are there" });
  return { ...judgement, seconds: seconds() };
}

/** Tempest as requirements.txt pins it. Returns its command. */
async function install(directory: string): Promise<string> {
  const environment = join(directory, "python");
  await execa("/usr/bin/python3", ["-m", "venv", environment]);
  await execa(join(environment, "bin/pip"), [
    "install",
    "--quiet",
    "--no-deps",
    "--requirement",
    REQUIREMENTS,
  ]);
  return join(environment, "bin/tempest");
}

async function configure(directory: string): Promise<void> {
  const cloud = await CloudClient.signIn(CLOUDS, "kolla-admin-internal");
  const { clouds } = parse(readFileSync(CLOUDS, "utf8")) as { clouds: Record<string, CloudEntry> };
  const entry = clouds["kolla-admin"] as CloudEntry;
  mkdirSync(join(directory, "locks"));
  const text = tempestConfiguration(entry, await prepareCloud(cloud), directory);
  writeFileSync(join(directory, "tempest.conf"), text, { mode: 0o600 });
}

async function runTempest(
  tempest: string,
  directory: string,
  words: readonly string[],
  options: { reject?: boolean } = {},
): Promise<{ stdout: string }> {
  const all = ["run", "--config-file", join(directory, "tempest.conf"), "--smoke", ...words];
  return execa(tempest, all, { ...options, cwd: directory, env: { HOME: directory } });
}

const isTest = (line: string): boolean => line.startsWith("tempest.");

/** Without the identifier that a listing appends. */
const nameOf = (line: string): string => line.replace(/\[.*/, "");
