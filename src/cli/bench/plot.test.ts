import { describe, expect, it } from "vitest";
import type { Asked } from "./load/findings.ts";
import { plotOf, turnsIn } from "./plot.ts";

const request = (api: string, begun: number, wait: number, failed = false): Asked => ({
  ...{ api, client: "reader, new connections", method: "GET", path: "/", begun, ended: begun + wait },
  ...(failed && { failure: { status: 502, message: '<b>"Bad & gone"</b>' } }),
});

const plot = (asked: readonly Asked[], turns: Parameters<typeof plotOf>[1] = []): string =>
  plotOf(
    { asked, change: { begun: 10_000, ended: 70_000 }, verdicts: {}, uploads: [], sessions: [] },
    turns,
    "waits",
  );

const dotsIn = (text: string): number => [...text.matchAll(/h0/g)].length;

describe("a plot of waits", () => {
  it("has a dot for each request, a colour for each API, and its longest wait during the change", () => {
    const text = plot([
      request("keystone", 0, 9000),
      request("keystone", 20_000, 1234),
      request("glance_api", 30_000, 10),
    ]);
    expect(dotsIn(text)).toBe(3);
    expect(
      new Set([...text.matchAll(/<path d="M[^"]*h0" stroke="(#\w+)"/g)].map(([, colour]) => colour)).size,
    ).toBe(2);
    expect(text).toContain("keystone: 1.2 s");
  });

  it("has longer waits higher", () => {
    const [short = 0, long = 0] = [100, 5000].map((wait) =>
      Number(/M\d+ (\d+)h0/.exec(plot([request("keystone", 0, wait)]))?.[1]),
    );
    expect(long).toBeLessThan(short);
  });

  it("shows each failure as a cross with its words, and not as a dot", () => {
    const text = plot([request("keystone", 0, 10), request("keystone", 20_000, 10, true)]);
    expect(dotsIn(text)).toBe(1);
    expect(text).toContain("502: &#60;b&#62;&#34;Bad &#38; gone&#34;&#60;/b&#62;");
  });

  it("has a bar for each turn in its API's colour", () => {
    const text = plot([request("keystone", 0, 10)], [{ api: "keystone", begun: 10_000, ended: 20_000 }]);
    expect([...text.matchAll(/height="6" fill="#0072b2"/g)]).toHaveLength(1);
  });

  it("stays small with many requests, and has the longest waits and all failures all the same", () => {
    const many = Array.from({ length: 100_000 }, (_, at) =>
      request("keystone", at, 4 + ((at * 7919) % 30_000), at % 1000 === 0),
    );
    const text = plot([...many, request("keystone", 50_000, 55_000)]);
    expect(text.length).toBeLessThan(200_000);
    expect([...text.matchAll(/l8 8m0-8l-8 8/g)]).toHaveLength(100);
    const top = Number(/M\d+ (\d+)h0/.exec(plot([request("keystone", 0, 55_000)]))?.[1]);
    expect(text).toMatch(new RegExp(`M\\d+ ${top}h0`));
  });
});

describe("turns of a run", () => {
  const event = (what: string, how: string, second: number, step: number): string =>
    JSON.stringify({ event: how, host: "control01", step, what, at: `2026-11-27T12:00:0${second}.000Z` });

  it("are its replacements that ended, by the process's clock", () => {
    const printed = [
      event("container:keystone replace", "step-started", 1, 4),
      event("gate:keystone await", "step-started", 1, 5),
      event("container:glance_api replace", "step-started", 2, 6),
      event("container:keystone replace", "step-done", 3, 4),
      event("container:glance_api replace", "step-failed", 5, 6),
      event("container:nova_api replace", "step-started", 5, 7),
      "All is done",
    ].join("\n");
    const turns = turnsIn(printed);
    expect(turns.map(({ api, begun, ended }) => [api, Math.round(ended - begun)])).toEqual([
      ["keystone", 2000],
      ["glance_api", 3000],
    ]);
    expect(Math.round((turns[0]?.begun ?? 0) + performance.timeOrigin)).toBe(
      Date.parse("2026-11-27T12:00:01Z"),
    );
  });
});
