import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Bundle } from "#model";
import type { Ground } from "./ground.ts";
import { loadState } from "./state.ts";
import { noteSwap } from "./swaps.ts";
import { type Work, workOf } from "./work.ts";

let ground: Ground;

beforeEach(() => {
  ground = { host: "h", root: mkdtempSync(join(tmpdir(), "kt-swaps-")), engine: {} as Ground["engine"] };
});
afterEach(() => rmSync(ground.root, { recursive: true }));

/** A stage's work on this host, in which these containers were told to stop so many seconds ago. */
function work(stopped: Record<string, number>): Work {
  const watches = Object.entries(stopped).map(([name, seconds]) => [name, () => seconds] as const);
  return { ...workOf(ground, {} as Bundle), stopped: new Map(watches) };
}

test("a host remembers the last replacement of each container that was told to stop", () => {
  const first = work({ shop: 4.26, till: 9 });
  for (const name of ["shop", "till", "made"]) noteSwap(first, name);
  noteSwap(work({ shop: 3 }), "shop");
  const { swaps } = loadState(ground);
  expect(Object.entries(swaps).map(([name, { seconds }]) => [name, seconds])).toEqual([
    ["shop", 3],
    ["till", 9],
  ]);
  expect(Date.parse(swaps.till?.at ?? "")).toBeLessThanOrEqual(Date.now());
});

test("what an older agent remembered is read, with nothing measured yet", () => {
  mkdirSync(join(ground.root, "var/lib/kolla-agent"), { recursive: true });
  writeFileSync(join(ground.root, "var/lib/kolla-agent/state.json"), '{ "generations": { "shop": 7 } }');
  expect(loadState(ground)).toMatchObject({ generations: { shop: 7 }, swaps: {} });
});
