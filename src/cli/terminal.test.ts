import { expect, test } from "vitest";
import { KollaError, KollaErrors } from "#support";
import { EXIT, exitCodeOf } from "./terminal.ts";

const error = (code: string): KollaError => new KollaError({ code, message: "" });

test.each([
  "KOLLA_OPTION_INSTALL_TYPE",
  "KOLLA_INVENTORY_GROUP",
  "KOLLA_INVENTORY_NOWHERE",
  "KOLLA_LOCK_PROJECT",
  "KOLLA_LOCK_CONSTRAINTS",
  "KOLLA_BUILD_UNBUILDABLE",
])("%s is a mistake of what was asked for, not a failure", (code) => {
  expect(exitCodeOf(error(code))).toBe(EXIT.configuration);
  expect(exitCodeOf(new KollaErrors("KOLLA_MANY", [error(code)]))).toBe(EXIT.configuration);
});

test.each(["KOLLA_LOCK_RESOLVE", "KOLLA_LOCK_INDEX", "KOLLA_LOCK_BASE"])("%s is a failure", (code) => {
  expect(exitCodeOf(error(code))).toBe(EXIT.failed);
});

test("hosts refuse a saved plan, a rollback or an upgrade as prechecks refuse; what is wrong with its file is a mistake of what was asked for", () => {
  for (const code of ["APPLIED", "MOVED"])
    expect(exitCodeOf(error(`KOLLA_SAVED_PLAN_${code}`))).toBe(EXIT.precheck);
  for (const code of ["KOLLA_ROLLBACK_NO_RECORD", "KOLLA_UPGRADE_NEEDED"])
    expect(exitCodeOf(error(code))).toBe(EXIT.precheck);
  for (const code of ["FORMAT", "CUT", "CHANGED", "VERSION", "SITE", "LOCKED", "MISSING"])
    expect(exitCodeOf(error(`KOLLA_SAVED_PLAN_${code}`))).toBe(EXIT.configuration);
});
