import type { DatabaseNeed } from "#model";

/**
 * Statements that make a schema and the account that has all of it, from any host, with this password. They hold the
 * password, so they are no text for logs. Safe to repeat; one password is set again that is already there.
 */
export function ownedSchema({ schema, user, password }: DatabaseNeed): string[] {
  const account = `${text(user)}@'%'`;
  const identified = `IDENTIFIED BY ${text(password.reveal())}`;
  return [
    `CREATE DATABASE IF NOT EXISTS ${name(schema)}`,
    `CREATE USER IF NOT EXISTS ${account} ${identified}`,
    `ALTER USER ${account} ${identified}`,
    `GRANT ALL PRIVILEGES ON ${name(pattern(schema))}.* TO ${account}`,
  ];
}

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
