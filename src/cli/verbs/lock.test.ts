import { expect, test } from "vitest";
import { lockWords } from "./lock.ts";

test("the first word may be a release, all others are projects", () => {
  expect(lockWords(["2026.1", "keystone", "nova"])).toEqual({
    release: "2026.1",
    projects: ["keystone", "nova"],
  });
  expect(lockWords(["2026.1"])).toEqual({ release: "2026.1", projects: [] });
  expect(lockWords(["keystone"])).toEqual({ projects: ["keystone"] });
  expect(lockWords([])).toEqual({ projects: [] });
});

test("a release that is named twice is one, and two are refused", () => {
  expect(lockWords(["2026.1"], "2026.1")).toEqual({ release: "2026.1", projects: [] });
  expect(() => lockWords(["2026.1", "keystone"], "2025.2")).toThrow(
    expect.objectContaining({ code: "KOLLA_USAGE_RELEASE", hint: "Leave the option out." }),
  );
});
