import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "vitest";
import { engineClient } from "../../dev/hosts/engine.ts";
import { inside, kolla, type Outcome, read } from "./machine.ts";

const GLOBALS = "/etc/kolla/globals.yml";
const SIGN_IN = "mariadb --defaults-extra-file=/etc/mysql/healthcheck.cnf";

/**
 * The databases of a running cloud are backed up, in full and what changed since; each backup proves itself, a cut one
 * does not, and only so many are kept as the operator says. Leaves the operator's file as it was, and the backups.
 */
export async function backedUp(): Promise<void> {
  const globals = readFileSync(GLOBALS, "utf8");
  const off = await kolla("mariadb-backup");
  expect([off.exitCode, off.stderr]).toEqual([2, expect.stringContaining("enable_mariabackup: yes")]);
  try {
    writeFileSync(GLOBALS, `${globals}enable_mariabackup: "yes"\n`);
    const other = ["-e", "mariadb_backup_database_user=other"];
    expect(await kolla("mariadb-backup", ...other)).toMatchObject({ exitCode: 3 });
    expect(await kolla("deploy", "--tags", "mariadb")).toMatchObject({ exitCode: 0 });
    await chain();
  } finally {
    await inside("mariadb", `${SIGN_IN} --execute 'DROP DATABASE IF EXISTS kolla_row'`);
    writeFileSync(GLOBALS, globals);
  }
}

async function chain(): Promise<void> {
  const full = await backup("--full");
  const before = await tablesIn(full);
  await inside(
    "mariadb",
    `${SIGN_IN} --execute 'CREATE DATABASE kolla_row; CREATE TABLE kolla_row.one (id INT PRIMARY KEY)'`,
  );
  const since = await backup("--incremental");
  expect(await tablesIn(since)).toBe(before + 1);

  await backupIsRefused(
    () => inStore(`sed -i s/^version=.*/version=99.1.1/ /backup/${since}.info`),
    ["--verify", since],
    "a server does not read what a newer one wrote",
  );
  await backupIsRefused(
    () => inStore(`sed -i s/^lineage=.*/lineage=1.1/ /backup/${since}.info`),
    ["--incremental"],
    "There is no backup of these data to build on",
  );

  // Nobody but the database's account reads them.
  expect(await inStore("stat -c '%a %U' /backup/* | sort -u")).toBe("600 mysql");
  await backupIsRefused(
    () => inStore(`truncate --size=-100 /backup/${full}`),
    ["--verify", full],
    `${full} is not what was written`,
  );

  const next = await backup("--full", "-e", "mariadb_backups_kept=1");
  expect(await inStore("ls /backup")).toBe(`${next}\n${next}.info`);
  expect((await kolla("plan")).stdout).toMatch(/^Nothing to do/);
}

async function backupIsRefused(harm: () => Promise<unknown>, words: string[], why: string): Promise<void> {
  await harm();
  const { exitCode, stderr } = await kolla("mariadb-backup", ...words);
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining(why)]);
}

/** Name of the backup that a run made. */
async function backup(...words: string[]): Promise<string> {
  return told(await kolla("mariadb-backup", ...words), /(\S+): \d+ KiB in the volume mariadb_backup/);
}

/** How many tables were found good in what a backup restores to. */
async function tablesIn(name: string): Promise<number> {
  return Number(told(await kolla("mariadb-backup", "--verify", name), /is good: .* (\d+) tables checked/));
}

function told({ exitCode, stderr }: Outcome, pattern: RegExp): string {
  expect(exitCode, stderr).toBe(0);
  const [, found = ""] = pattern.exec(stderr) ?? [];
  expect(found, stderr).not.toBe("");
  return found;
}

/** What a script prints where the backups are. */
async function inStore(script: string): Promise<string> {
  const image = await read(engineClient(), "inspect", "--format", "{{.Config.Image}}", "mariadb");
  const words = ["--rm", "--network", "none", "-v", "mariadb_backup:/backup", "--entrypoint", "bash", image];
  return read(engineClient(), "run", ...words, "-c", script);
}
