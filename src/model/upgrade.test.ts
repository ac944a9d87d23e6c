import { expect, test } from "vitest";
import { isOlder, isUpgrade } from "./upgrade.ts";

test.each([
  ["2025.1", "2025.2", true],
  ["2025.2", "2026.1", true],
  ["2025.1", "2026.1", true],
  ["2025.2", "2026.2", false],
  ["2025.1", "2026.2", false],
  ["2024.1", "2026.1", false],
  ["2026.1", "2025.1", false],
  ["2025.1", "2025.1", false],
])("from %s to %s at once: %s", (from, to, can) => {
  expect(isUpgrade(from, to)).toBe(can);
});

test("a release is older than those of later half-years, whatever their text", () => {
  expect([isOlder("2025.2", "2026.1"), isOlder("2026.1", "2025.2"), isOlder("2026.1", "2026.1")]).toEqual([
    true,
    false,
    false,
  ]);
});
