import { describe, expect, it } from "vitest";
import { figureTable, overBudget, ratio } from "./figure.ts";
import { beforeIn } from "./kept.ts";

describe("the table of figures", () => {
  it("shows each beside its budget, the well-known build's and the one before, with ratios", () => {
    const table = figureTable(
      [
        { name: "size of keystone", unit: "MB", value: 277, budget: 300, known: 1282 },
        { name: "render", unit: "s", value: 0.06, budget: 1 },
      ],
      [{ name: "size of keystone", value: 554 }],
    );
    const [, first = "", second = ""] = table.split("\n").map((line) => line.replace(/ {2,}/g, "|"));
    expect(first).toBe("size of keystone|277 MB|300 MB|0.92|1282 MB|0.22|554 MB|0.50");
    expect(second).toBe("render|0.06 s|1.00 s|0.06");
  });

  it("says of what was not measured why, and of what is over its budget that it is", () => {
    const table = figureTable(
      [
        { name: "cold build", unit: "s", budget: 600, missing: "--cold-build" },
        { name: "deploy", unit: "s", value: 400, budget: 300 },
      ],
      [],
    );
    expect(table).toMatch(/^cold build {2}NOT MEASURED: --cold-build$/m);
    expect(table).toMatch(/^OVER BUDGET: deploy$/m);
  });

  it("shows what each image took and its size on a line", () => {
    const table = figureTable(
      [
        { name: "cold build of cron", unit: "s", value: 3, image: "cron" },
        { name: "size of cron, built cold", unit: "MB", value: 122, image: "cron" },
      ],
      [{ name: "cold build of cron", value: 6 }],
    );
    expect(table.replace(/ {2,}/g, "|")).toMatch(/^cron\|3.00 s\|0.50\|122 MB$/m);
  });

  it("gives no ratio where there is nothing to compare with", () => {
    expect([ratio(1, undefined), ratio(undefined, 1), ratio(1, 0), ratio(1, 4)]).toEqual([
      "",
      "",
      "",
      "0.25",
    ]);
    expect(overBudget([{ name: "a", unit: "s", budget: 1 }])).toEqual([]);
  });
});

describe("what was kept before", () => {
  it("is of each figure the newest that was measured", () => {
    const runs = [
      {
        figures: [
          { name: "a", value: 1 },
          { name: "b", value: 1 },
        ],
      },
      { figures: [{ name: "a", value: 2 }, { name: "b" }] },
    ];
    expect(beforeIn(runs)).toEqual([
      { name: "a", value: 2 },
      { name: "b", value: 1 },
    ]);
  });
});
