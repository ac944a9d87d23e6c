import { expect, test } from "vitest";
import { Secret } from "#model";
import { ownedSchema } from "./schema.ts";

const made = (schema: string, user: string, password: string) =>
  ownedSchema({ schema, user, password: new Secret(password) });

test("a schema, and an account from any host that has all of it with this password", () => {
  expect(made("glance", "glance", "pw")).toEqual([
    "CREATE DATABASE IF NOT EXISTS `glance`",
    "CREATE USER IF NOT EXISTS 'glance'@'%' IDENTIFIED BY 'pw'",
    "ALTER USER 'glance'@'%' IDENTIFIED BY 'pw'",
    "GRANT ALL PRIVILEGES ON `glance`.* TO 'glance'@'%'",
  ]);
});

/** Read by a MariaDB 11.8, with which each account could sign in, write to its schema and to no other. */
test.each([
  // A name, as a name, and as a pattern of names.
  ["nova_api", "`nova_api`", "`nova\\_api`"],
  ["50%", "`50%`", "`50\\%`"],
  ["we`ird", "`we``ird`", "`we``ird`"],
  ["with.dot", "`with.dot`", "`with.dot`"],
  ["back\\slash", "`back\\slash`", "`back\\\\slash`"],
  ["b\\_x", "`b\\_x`", "`b\\\\\\_x`"],
  ["quo'te", "`quo'te`", "`quo'te`"],
])("the schema %s is no other's", (schema, name, pattern) => {
  const [database, , , grant] = made(schema, "u", "p");
  expect(database).toBe(`CREATE DATABASE IF NOT EXISTS ${name}`);
  expect(grant).toBe(`GRANT ALL PRIVILEGES ON ${pattern}.* TO 'u'@'%'`);
});

test.each([
  ["it's", "'it''s'"],
  ['dq"`%_', `'dq"\`%_'`],
  ["ends with \\", "'ends with \\\\'"],
  ["\\'", "'\\\\'''"],
  ["''; DROP DATABASE plain; --", "'''''; DROP DATABASE plain; --'"],
  ["line\nbreak", "'line\nbreak'"],
])("an account or a password %j ends no text", (words, quoted) => {
  const [, create, change, grant] = made("s", words, words);
  expect(create).toBe(`CREATE USER IF NOT EXISTS ${quoted}@'%' IDENTIFIED BY ${quoted}`);
  expect(change).toBe(`ALTER USER ${quoted}@'%' IDENTIFIED BY ${quoted}`);
  expect(grant).toBe(`GRANT ALL PRIVILEGES ON \`s\`.* TO ${quoted}@'%'`);
});
