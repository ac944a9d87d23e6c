import { expect, test } from "vitest";
import { byValue } from "./explain.ts";

test("hosts with the same value stand together, in their order, and those without one are left out", () => {
  expect(
    byValue([
      ["a", 1],
      ["b", [2]],
      ["c", 1],
      ["d", undefined],
    ]),
  ).toEqual([
    { value: 1, hosts: ["a", "c"] },
    { value: [2], hosts: ["b"] },
  ]);
});
