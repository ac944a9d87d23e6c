import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { forgetHosts, formerHosts } from "./former-hosts.ts";

test("hosts that Ansible remembers and the inventory has no more are former hosts until they are forgotten", () => {
  const directory = mkdtempSync(join(tmpdir(), "facts-"));
  for (const file of ["control01", "compute02", "s1_compute01"]) writeFileSync(join(directory, file), "{}");
  expect(formerHosts(directory, ["control01"])).toEqual(["compute01", "compute02"]);
  forgetHosts(directory, ["compute01"]);
  expect(formerHosts(directory, ["control01"])).toEqual(["compute02"]);
});

test("a site that was never looked at has no former hosts", () => {
  expect(formerHosts(join(tmpdir(), "no-such-directory"), [])).toEqual([]);
});
