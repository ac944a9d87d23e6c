import { describe, expect, it } from "vitest";
import { allThere, kollaSummary } from "./summary.ts";

describe("the summary", () => {
  const images = [
    { name: "base", status: "present" },
    { name: "cron", status: "built" },
    { name: "a", status: "error", because: "RUN x" },
    { name: "b", status: "parent_error" },
    { name: "c", status: "unmatched" },
  ] as const;

  it("has kolla-build's lists", () => {
    expect(kollaSummary({ images, succeeded: false, seconds: 1 })).toMatchObject({
      built: [{ name: "base" }, { name: "cron" }],
      failed: [
        { name: "a", status: "error", because: "RUN x" },
        { name: "b", status: "parent_error" },
      ],
      not_matched: [{ name: "c" }],
      skipped: [],
      unbuildable: [],
    });
  });

  it("succeeds when only those failed that are allowed to", () => {
    expect(allThere(images, [])).toBe(false);
    expect(allThere(images, ["a", "b"])).toBe(true);
  });
});
