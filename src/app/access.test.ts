import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hasSite } from "./access.ts";

test("there is a site where an inventory is named, or the operator's directory has a globals.yml", () => {
  const configDirectory = mkdtempSync(join(tmpdir(), "kolla-access-"));
  expect(hasSite({ inventory: [], configDirectory })).toBe(false);
  expect(hasSite({ inventory: ["hosts"], configDirectory })).toBe(true);
  writeFileSync(join(configDirectory, "globals.yml"), "");
  expect(hasSite({ inventory: [], configDirectory })).toBe(true);
  rmSync(configDirectory, { recursive: true });
});
