import {
  choice,
  count,
  type ExecPart,
  flag,
  type HostView,
  type JobPart,
  type Mount,
  type ServiceVerb,
  secret,
  shell,
  text,
  type Values,
  word,
} from "#model";
import backup from "./backup.sh";
import { backupAccount } from "./schema.ts";
import statements from "./statements.sh";
import verify from "./verify.sh";

export const backupOptions = {
  enable_mariabackup: flag(false, "Backups by `kolla mariadb-backup`: an account and a volume for them."),
  mariadb_backup_host: word(
    "{{ groups['mariadb'] | first }}",
    "Host whose member is backed up, and that keeps the backups.",
  ),
  mariadb_backup_type: choice(
    ["full", "incremental"],
    "full",
    "All of the databases, or what changed since the last backup.",
  ),
  mariadb_backup_database_user: word("backup", "Account that backups are made with."),
  mariadb_backup_database_password: secret("Password of that account."),
  mariadb_backups_kept: count(
    0,
    "Full backups that are kept, each with those that build on it; the newest always is. 0: all of them.",
  ),
  mariadb_backup_days: count(
    0,
    "Days after which a full backup goes, with those that build on it; the newest never does. 0: never.",
  ),
  mariadb_backup_verify: text(
    "",
    "Name of a backup that is verified instead of making one: --verify sets it.",
  ),
};

export const backupVerb: ServiceVerb = {
  summary: "back the databases up, or prove that a backup can be restored",
  flags: {
    "--full": {
      summary: "all of the databases (the default)",
      option: "mariadb_backup_type",
      value: "full",
    },
    "--incremental": {
      summary: "what changed since the last backup",
      option: "mariadb_backup_type",
      value: "incremental",
    },
    "--verify <name>": {
      summary: "restore that backup beside the databases, and check every table of it",
      option: "mariadb_backup_verify",
    },
  },
  absent: {
    message: "Backups are not enabled, or mariadb_backup_host is none of the hosts of MariaDB.",
    hint: "Set enable_mariabackup: yes, and kolla deploy --tags mariadb.",
  },
};

type BackupValues = Values<typeof backupOptions> & {
  mariadb_datadir_volume: string;
  mariadb_port: number;
};

/** What a verb does on this host. */
export function backupJobs(opt: BackupValues, host: HostView): JobPart<"mariadb">[] {
  if (!opt.enable_mariabackup || host.name !== opt.mariadb_backup_host) return [];
  const mounts: Mount[] = [
    { source: opt.mariadb_datadir_volume, target: "/var/lib/mysql", readOnly: true },
    { source: "mariadb_backup", target: "/backup" },
  ];
  const common = { like: "mariadb", verb: "mariadb-backup", mounts, timeoutSeconds: 86_400 } as const;
  if (opt.mariadb_backup_verify !== "") {
    const environment = { BACKUP_NAME: opt.mariadb_backup_verify };
    return [{ ...common, name: "verify", command: shell("verify", verify), environment }];
  }
  const environment = {
    BACKUP_TYPE: opt.mariadb_backup_type,
    BACKUP_ADDRESS: host.apiAddress,
    BACKUP_PORT: String(opt.mariadb_port),
    BACKUP_USER: opt.mariadb_backup_database_user,
    BACKUP_PASSWORD: opt.mariadb_backup_database_password.reveal(),
    BACKUP_KEPT: String(opt.mariadb_backups_kept),
    BACKUP_DAYS: String(opt.mariadb_backup_days),
  };
  return [{ ...common, name: "backup", command: shell("backup", backup), environment }];
}

/** The account that backups are made with. */
export function backupAccounts(opt: BackupValues): ExecPart<"mariadb">[] {
  if (!opt.enable_mariabackup) return [];
  const { mariadb_backup_database_user: user, mariadb_backup_database_password: password } = opt;
  return [
    {
      name: "backup-account",
      container: "mariadb",
      command: shell("statements", statements),
      environment: { STATEMENTS: backupAccount({ user, password }).join(";\n") },
    },
  ];
}
