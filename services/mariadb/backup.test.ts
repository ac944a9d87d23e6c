import { expect, test } from "vitest";
import { Secret } from "#model";
import { backupAccounts, backupJobs } from "./backup.ts";

const OPTIONS = {
  enable_mariabackup: true,
  mariadb_backup_host: "one",
  mariadb_backup_type: "incremental" as const,
  mariadb_backup_database_user: "backup",
  mariadb_backup_database_password: new Secret("it's"),
  mariadb_backups_kept: 7,
  mariadb_backup_days: 0,
  mariadb_backup_verify: "",
  mariadb_datadir_volume: "mariadb",
  mariadb_port: 3306,
};
const host = (name: string) => ({ name, apiAddress: "10.0.0.1" }) as never;

test("backups are a matter of the host that keeps them, where they are enabled", () => {
  expect(backupJobs({ ...OPTIONS, enable_mariabackup: false }, host("one"))).toEqual([]);
  expect(backupJobs(OPTIONS, host("two"))).toEqual([]);
  expect(backupAccounts({ ...OPTIONS, enable_mariabackup: false })).toEqual([]);
});

test("a backup reads the member's files, which it cannot change, as what the operator said", () => {
  const [job, ...others] = backupJobs(OPTIONS, host("one"));
  expect(others).toEqual([]);
  expect(job).toMatchObject({
    name: "backup",
    verb: "mariadb-backup",
    mounts: [
      { source: "mariadb", target: "/var/lib/mysql", readOnly: true },
      { source: "mariadb_backup", target: "/backup" },
    ],
    environment: { BACKUP_TYPE: "incremental", BACKUP_KEPT: "7", BACKUP_ADDRESS: "10.0.0.1" },
  });
});

test("a backup that has a name is verified instead, without a password", () => {
  const [job] = backupJobs({ ...OPTIONS, mariadb_backup_verify: "that" }, host("one"));
  expect(job).toMatchObject({ name: "verify", environment: { BACKUP_NAME: "that" } });
  expect(JSON.stringify(job)).not.toContain("it's");
});

test("the account for backups may do what they need, and no more", () => {
  const [account] = backupAccounts(OPTIONS);
  expect(account?.environment?.STATEMENTS).toBe(
    [
      "CREATE USER IF NOT EXISTS 'backup'@'%' IDENTIFIED BY 'it''s'",
      "ALTER USER 'backup'@'%' IDENTIFIED BY 'it''s'",
      "GRANT RELOAD, PROCESS, LOCK TABLES, BINLOG MONITOR, CONNECTION ADMIN ON *.* TO 'backup'@'%'",
    ].join(";\n"),
  );
});
