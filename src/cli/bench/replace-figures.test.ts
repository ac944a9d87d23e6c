import { describe, expect, it } from "vitest";
import { figureTable, overBudget } from "./figure.ts";
import {
  besideLines,
  failureLines,
  failuresOf,
  type Replacement,
  replaceFigures,
  replaceMissing,
  replaceTable,
  type Way,
} from "./replace-figures.ts";

const NOTHING = { twice: [], lost: [], undead: [], untold: [] };

/** Two requests before a change, one during it that takes so many milliseconds, one after it. */
function run(way: Way, wait: number, failure?: { status: number; message: string }): Replacement {
  const request = { api: "glance_api", client: "reader, new connections", method: "GET", path: "/v2/images" };
  return {
    way,
    seconds: 60,
    looks: [
      { at: 10, bytes: { glance_api: 200e6, keystone: 100e6 } },
      { at: 150, bytes: { glance_api: 400e6, keystone: 100e6 } },
    ],
    turns: [],
    findings: {
      change: { begun: 100, ended: 10_000 },
      uploads: [
        { begun: 0, ended: 20_000 },
        { begun: 20_000, ended: 20_100, failure: "status 502" },
      ],
      sessions: [{ name: "ping of 10.0.2.150", sent: 100, lost: 2, silence: 310 }],
      verdicts: { glance_api: { ...NOTHING, twice: ["a"] }, keystone: NOTHING },
      asked: [
        { ...request, begun: 0, ended: 20 },
        { ...request, begun: 30, ended: 60 },
        { ...request, begun: 200, ended: 200 + wait, ...(failure && { failure }) },
        { ...request, begun: 11_000, ended: 11_010 },
      ],
    },
  };
}

const runs = [run("beside", 40), run("stop and start", 400, { status: 502, message: "Bad\n  Gateway" })];

describe("replacement of every API", () => {
  it("has figures of both ways, with budgets for the way beside", () => {
    const value = (name: string): number | undefined =>
      replaceFigures(runs).find((figure) => figure.name === name)?.value;
    expect(value("replacement of every API, beside")).toBe(60);
    expect(value("  requests that failed, stop and start")).toBe(1);
    expect(value("  longest wait, stop and start")).toBe(400);
    expect(value("  longest wait before it, stop and start")).toBe(30);
    expect(value("  memory of the APIs' containers, beside")).toBe(500);
    expect(value("  memory of them before it, beside")).toBe(300);
    expect(value("glance_api during replacement, beside: memory")).toBe(400);
    expect(overBudget(replaceFigures(runs))).toEqual([
      "  POSTs done twice, beside",
      "  uploads that failed, beside",
      "  pings and lines without an answer, beside",
    ]);
  });

  it("shows an API's phases on a line each, both ways side by side with ratios", () => {
    const [head = "", ...rows] = replaceTable(runs)
      .split("\n")
      .map((line) => line.replace(/ {2,}/g, "|"));
    expect(head).toMatch(/^API\|PHASE\|BESIDE: ASKED\|FAILED\|P50\|.*\|STOP AND START: ASKED\|/);
    expect(rows.map((line) => line.split("|").slice(0, 2).join(" "))).toEqual([
      "glance_api before",
      "glance_api during",
      "glance_api after",
    ]);
    expect(rows[1]).toBe(
      "glance_api|during|1|0|40 ms|40 ms|40 ms|400 MB|1|1|400 ms|400 ms|400 ms|400 MB|0.10|0.10|1.00",
    );
  });

  it("has single APIs in no other table", () => {
    expect(figureTable(replaceFigures(runs), [])).not.toContain("glance_api");
  });

  it("tells of requests that failed all that clients saw, those that failed alike together", () => {
    const [first] = runs[1]?.findings.asked.slice(2) ?? [];
    expect(first).toBeDefined();
    const path = (id: string): string => `/v2/images/${id}`;
    const asked = [
      { ...first, path: path("0a1b2c3d-0000-1111-2222-0123456789ab") },
      { ...first, path: path("0123456789abcdef0123456789abcdef"), begun: 300, ended: 1100 },
      { ...first, failure: { message: "ECONNRESET" } },
    ];
    const changed = { ...runs[1], findings: { ...runs[1]?.findings, asked } } as Replacement;
    const begin = "stop and start, during: glance_api, reader, new connections: GET /v2/images";
    expect(failureLines(failuresOf([changed]))).toEqual([
      `FAILED 2: ${begin}/ID: 502, from 0.1 to 1 s of the run, longest 800 ms: Bad Gateway`,
      `FAILED 1: ${begin}: no answer, from 0.1 to 0.5 s of the run, longest 400 ms: ECONNRESET`,
    ]);
  });

  it("tells of uploads and of sessions, a line each", () => {
    expect(besideLines(runs.slice(0, 1))).toEqual([
      "beside: 2 uploads, 1 failed, longest 20000 ms",
      "FAILED: beside: an upload: status 502",
      "beside: ping of 10.0.2.150: 100 sent, 2 lost, longest silence 310 ms",
    ]);
  });

  it("names the same figures where it was not measured", () => {
    const names = replaceFigures(runs)
      .filter(({ api }) => api === undefined)
      .map(({ name }) => name);
    expect(replaceMissing("--replace").map(({ name }) => name)).toEqual(names);
  });
});
