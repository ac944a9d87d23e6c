import type { DatabaseNeed } from "#model";

/**
 * Statements that make a schema and the account that has all of it, from any host, with this password. They hold the
 * password, so they are no text for logs. Safe to repeat; one password is set again that is already there.
 */
export function ownedSchema({ schema, user, password }: DatabaseNeed): string[] {
  return [
    `CREATE DATABASE IF NOT EXISTS ${name(schema)}`,
    ...account({ user, password }),
    `GRANT ALL PRIVILEGES ON ${name(pattern(schema))}.* TO ${anywhere(user)}`,
  ];
}

/**
 * Statements that make the account that backups are made with, and let it do what they need and no more. Source:
 * MariaDB's documentation of mariadb-backup, "Authentication and Privileges".
 */
export function backupAccount(who: Account): string[] {
  return [
    ...account(who),
    `GRANT RELOAD, PROCESS, LOCK TABLES, BINLOG MONITOR, CONNECTION ADMIN ON *.* TO ${anywhere(who.user)}`,
  ];
}

type Account = Pick<DatabaseNeed, "user" | "password">;

function account({ user, password }: Account): string[] {
  const identified = `${anywhere(user)} IDENTIFIED BY ${text(password.reveal())}`;
  return [`CREATE USER IF NOT EXISTS ${identified}`, `ALTER USER ${identified}`];
}

const anywhere = (user: string): string => `${text(user)}@'%'`;

/** A name of the database's own, whatever characters it has. */
function name(words: string): string {
  return `\`${words.replaceAll("`", "``")}\``;
}

/** In GRANT a schema's name is a pattern: `_` and `%` stand for any characters but behind a backslash. */
function pattern(schema: string): string {
  return schema.replace(/[\\_%]/g, "\\$&");
}

/** A text in quotes. A quote is doubled, so that it ends no text even where backslashes have no meaning (sql_mode). */
function text(words: string): string {
  return `'${words.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
