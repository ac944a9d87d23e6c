import { expect, test } from "vitest";
import type { Judgement } from "#model";
import { judged } from "./judgement.ts";

const nodes: Judgement = {
  well: { running: true },
  members: 2,
  words: "{well} of 2 nodes run",
  troubles: [
    { when: { mem_alarm: true }, words: "{name} is short of memory" },
    { when: { partitions: { empty: false } }, words: "{name} is cut off" },
  ],
};

test.each([
  [[{ running: true, partitions: [] }, { running: true }], true, "2 of 2 nodes run"],
  [[{ running: true }, { running: false }], false, "1 of 2 nodes run"],
  [[{ running: true }, { running: true }, { running: true }], false, "3 of 2 nodes run"],
  [
    [
      { name: "a", running: true, mem_alarm: true },
      { name: "b", running: true, partitions: ["a"] },
    ],
    false,
    "2 of 2 nodes run, a is short of memory, b is cut off",
  ],
])("so many records must be well and none may have a trouble: %j", (answer, ok, words) => {
  expect(judged(nodes, answer)).toEqual({ ok, words });
});

const agents: Judgement = {
  list: "agents",
  ignored: { status: "off", alive: { not: true } },
  well: { alive: true },
  words: "{well} of {counted} up",
};

test.each([
  [{ agents: [{ alive: true }, { alive: false, status: "off" }] }, true, "1 of 1 up"],
  [{ agents: [{ alive: true }, { alive: false, status: "on" }] }, false, "1 of 2 up"],
  [{ agents: [] }, false, "0 of 0 up"],
  [{ other: 1 }, false, "0 of 0 up"],
  [null, false, "0 of 0 up"],
])("without a number all that count must be well, and at least one: %j", (answer, ok, words) => {
  expect(judged(agents, answer)).toEqual({ ok, words });
});

test("fields of the first record stand in the words; one that is not there stays as it is written", () => {
  const judgement: Judgement = { well: { state: "Synced" }, words: "{state}, {size} of 3" };
  expect(judged(judgement, [{ state: "Joining" }])).toEqual({ ok: false, words: "Joining, {size} of 3" });
});
