import { expect, test } from "vitest";
import { byValue, hasAnswered } from "./explain.ts";

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

test("a host has answered when it has told its interfaces", () => {
  const lo = { active: true };
  const facts = (interfaces: object) => ({ facts: { interfaces } }) as Parameters<typeof hasAnswered>[0];
  expect(hasAnswered(facts({ lo }))).toBe(true);
  expect(hasAnswered(facts({}))).toBe(false);
});
