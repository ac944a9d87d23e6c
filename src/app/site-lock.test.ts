import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type LockedRun, runAlone, withSiteLock } from "./site-lock.ts";

let site = "";
beforeEach(() => {
  site = mkdtempSync(join(tmpdir(), "kolla-site-"));
});
afterEach(() => rmSync(site, { recursive: true }));

const isLocked = (): Promise<boolean> =>
  withSiteLock(site, "look", async () => false).catch((error: { code?: string }) => {
    expect(error.code).toBe("KOLLA_RUN_LOCKED");
    return true;
  });

/** A run that writes down its parts, and whether the site was locked in them. */
function written(parts: string[], more: Partial<LockedRun<string>> = {}): LockedRun<string> {
  const note = async (part: string): Promise<void> => {
    parts.push(`${part}, ${(await isLocked()) ? "locked" : "free"}`);
  };
  return {
    prepare: async () => {
      await note("prepared");
      return "plan";
    },
    approve: (run) => note(`approved ${run}`),
    carryOut: (run) => note(`carried out ${run}`),
    ...more,
  };
}

test("a run has the site's lock from its first look to its end, and carries out what was approved", async () => {
  const parts: string[] = [];
  expect(await runAlone(site, "deploy", written(parts))).toBe("plan");
  expect(parts).toEqual(["prepared, locked", "approved plan, locked", "carried out plan, locked"]);
  expect(await isLocked()).toBe(false);
});

test("what is not approved is not carried out, and leaves the site to others", async () => {
  const parts: string[] = [];
  const approve = () => Promise.reject(new Error("declined"));
  await expect(runAlone(site, "deploy", written(parts, { approve }))).rejects.toThrow("declined");
  expect(parts).toEqual(["prepared, locked"]);
  expect(await isLocked()).toBe(false);
});
