import { describe, expect, it } from "vitest";
import { fared, judged, longestWaits, percentile, phaseOf } from "./findings.ts";

describe("a request's phase", () => {
  const change = { begun: 100, ended: 200 };

  it("is during the change when it met it, whenever it began", () => {
    expect(phaseOf({ begun: 10, ended: 20 }, change)).toBe("before");
    expect(phaseOf({ begun: 90, ended: 110 }, change)).toBe("during");
    expect(phaseOf({ begun: 190, ended: 300 }, change)).toBe("during");
    expect(phaseOf({ begun: 50, ended: 250 }, change)).toBe("during");
    expect(phaseOf({ begun: 201, ended: 210 }, change)).toBe("after");
  });

  it("is before a change that never began", () => {
    const never = { begun: Number.POSITIVE_INFINITY, ended: Number.POSITIVE_INFINITY };
    expect(phaseOf({ begun: 1, ended: 2 }, never)).toBe("before");
  });
});

describe("waits", () => {
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);

  it("have percentiles that are waits of the list, and none when there are none", () => {
    expect([0, 0.5, 0.99, 1].map((part) => percentile(hundred, part))).toEqual([1, 50, 99, 100]);
    expect(percentile([7], 0.5)).toBe(7);
    expect(percentile([], 0.5)).toBeUndefined();
  });

  it("count failed requests in", () => {
    const request = { api: "keystone", client: "reader", method: "GET", path: "/" };
    const asked = [
      { ...request, begun: 0, ended: 5 },
      { ...request, begun: 10, ended: 40, failure: { status: 502, message: "" } },
    ];
    expect(fared(asked)).toEqual({ requests: 2, failed: 1, p50: 5, p99: 30, longest: 30 });
    expect(fared([])).toEqual({ requests: 0, failed: 0, p50: 0, p99: 0, longest: 0 });
  });
});

it("the longest waits are told for each API, before a change and during it", () => {
  const request = { client: "reader", method: "GET", path: "/" };
  const asked = [
    { ...request, api: "keystone", begun: 0, ended: 50 },
    { ...request, api: "keystone", begun: 90, ended: 190 },
    { ...request, api: "keystone", begun: 300, ended: 900 },
    { ...request, api: "glance_api", begun: 120, ended: 130 },
  ];
  expect(longestWaits(asked, { begun: 100, ended: 200 })).toEqual([
    { api: "keystone", before: 50, during: 100 },
    { api: "glance_api", before: 0, during: 10 },
  ]);
});

describe("what writers wrote", () => {
  const none = { twice: [], lost: [], undead: [], untold: [] };

  it("is as it should be when each thing is there once, or gone", () => {
    const written = [
      { name: "kept", id: "1", removed: "no" },
      { name: "gone", id: "2", removed: "yes" },
      { name: "refused", removed: "no" },
      { name: "perhaps gone", id: "3", removed: "unsure" },
    ] as const;
    expect(judged(written, [{ name: "kept", id: "1" }])).toEqual(none);
    const both = [
      { name: "kept", id: "1" },
      { name: "perhaps gone", id: "3" },
    ];
    expect(judged(written, both)).toEqual(none);
  });

  it("was made twice where another of its name is there, also when the one that was answered has gone", () => {
    const written = [
      { name: "a", id: "1", removed: "no" },
      { name: "b", id: "3", removed: "yes" },
    ] as const;
    const listed = [
      { name: "a", id: "1" },
      { name: "a", id: "2" },
      { name: "b", id: "4" },
    ];
    expect(judged(written, listed)).toEqual({ ...none, twice: ["a", "b"] });
  });

  it("was made twice by a request that failed where two are there", () => {
    const listed = [
      { name: "a", id: "1" },
      { name: "a", id: "2" },
    ];
    expect(judged([{ name: "a", removed: "no" }], listed)).toEqual({ ...none, twice: ["a"], untold: ["a"] });
  });

  it("is lost, still there, or there without an answer", () => {
    const written = [
      { name: "lost", id: "1", removed: "no" },
      { name: "undead", id: "2", removed: "yes" },
      { name: "untold", removed: "no" },
    ] as const;
    const listed = [
      { name: "undead", id: "2" },
      { name: "untold", id: "3" },
    ];
    expect(judged(written, listed)).toEqual({
      twice: [],
      lost: ["lost"],
      undead: ["undead"],
      untold: ["untold"],
    });
  });
});
