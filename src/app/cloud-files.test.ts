import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { Secret } from "#model";
import { allOptions } from "./all-options.ts";
import { cloudFiles, openrcExample } from "./cloud-files.ts";

/** What a shell has in a variable once it has read a file. */
const read = (file: string, name: string): string =>
  execFileSync("sh", ["-c", `${file}\nprintf %s "$${name}"`], { encoding: "utf8" });

test("a shell that reads an openrc file has the password, whatever is in it", () => {
  const password = `it's $HOME "and" \\ \`more\``;
  const files = cloudFiles({ keystone_admin_password: new Secret(password) });
  expect(read(files["admin-openrc.sh"], "OS_PASSWORD")).toBe(password);
});

test("the example has all that the administrator's file has, with the defaults in it", () => {
  const names = (file: string): string[] =>
    [...file.matchAll(/^export (\w+)=/gm)].map(([, name]) => name ?? "");
  const example = openrcExample(allOptions());
  expect(names(example)).toEqual(names(cloudFiles({})["admin-openrc.sh"]));
  expect(read(example, "OS_AUTH_URL")).toBe("http://KOLLA_INTERNAL_FQDN:5000");
  expect(read(example, "OS_USERNAME")).toBe("admin");
});
