import fc from "fast-check";
import { expect, test } from "vitest";
import { nameRanges } from "./ranges.ts";

test("names that differ in one number are told as ranges, all others by themselves", () => {
  expect(nameRanges(["compute003", "compute001", "compute002", "compute007"])).toEqual([
    "compute[001-003,007]",
  ]);
  expect(nameRanges(["c1.rack2.example", "c1.rack3.example", "db", "c01.rack2.example"])).toEqual([
    "c1.rack[2-3].example",
    "db",
    "c01.rack2.example",
  ]);
  expect(nameRanges(["h9", "h10", "h11"])).toEqual(["h9", "h[10-11]"]);
  expect(nameRanges(["10.0.0.1", "10.0.0.2"])).toEqual(["10.0.0.[1-2]"]);
});

test("ranges name each host once and no other", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1 }), (numbers) => {
      const names = numbers.map((number) => `h${String(number).padStart(2, "0")}`);
      expect(nameRanges(names).flatMap(unfolded).sort()).toEqual(names.sort());
    }),
  );
});

function unfolded(range: string): string[] {
  const inner = /^h\[(.*)\]$/.exec(range)?.[1];
  if (inner === undefined) return [range];
  return inner.split(",").flatMap((run) => {
    const [from = "", to = from] = run.split("-");
    return Array.from(
      { length: Number(to) - Number(from) + 1 },
      (_, at) => `h${String(Number(from) + at).padStart(from.length, "0")}`,
    );
  });
}
