import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Ground } from "./ground.ts";
import { readFiles } from "./read-files.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "kolla-agent-files-"));
  mkdirSync(join(root, "etc/kolla/nova-api"), { recursive: true });
  writeFileSync(join(root, "etc/kolla/nova-api/nova.conf"), "[DEFAULT]\n");
  writeFileSync(join(root, "etc/kolla/passwords.yml"), "database_password: secret\n");
});
afterEach(() => rmSync(root, { recursive: true }));

const read = (...paths: string[]) => readFiles({ root, host: "control01" } as Ground, paths);

test("gives the text of configuration, and null for what is not there", () => {
  expect(read("/etc/kolla/nova-api/nova.conf", "/etc/kolla/nova-api/none.conf")).toEqual({
    "/etc/kolla/nova-api/nova.conf": "[DEFAULT]\n",
    "/etc/kolla/nova-api/none.conf": null,
  });
});

test.each([
  "/etc/kolla/passwords.yml",
  "/etc/kolla/config/nova.conf",
  "/etc/kolla/certificates/private/key.pem",
  "/etc/kolla/nova-api/../passwords.yml",
  "/etc/shadow",
  "/etc/kolla",
])("%s is not Kolla's to show", (path) => {
  expect(() => read(path)).toThrow("no configuration of Kolla's");
});
