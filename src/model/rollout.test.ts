import { expect, test } from "vitest";
import { batchSizes, USUAL_ROLLOUT } from "./rollout.ts";

test("a container that says nothing goes host by host where there are few, else on one and then on shares", () => {
  expect(batchSizes(3, USUAL_ROLLOUT, [])).toEqual([1, 1, 1]);
  expect(batchSizes(7, USUAL_ROLLOUT, [])).toEqual([1, 1, 1, 1, 1, 1, 1]);
  expect(batchSizes(9, USUAL_ROLLOUT, [])).toEqual([1, 2, 2, 2, 2]);
  expect(batchSizes(1000, USUAL_ROLLOUT, [])).toEqual([1, 250, 250, 250, 249]);
  expect(batchSizes(1000, "all", [])).toEqual([1, 999]);
});

test("the operator's sizes are Ansible's: numbers, shares rounded down, the last again and again, 0 for all", () => {
  expect(batchSizes(10, "all", [3])).toEqual([3, 3, 3, 1]);
  expect(batchSizes(10, USUAL_ROLLOUT, ["35%"])).toEqual([3, 3, 3, 1]);
  expect(batchSizes(10, USUAL_ROLLOUT, ["1%"])).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  expect(batchSizes(10, USUAL_ROLLOUT, [1, 4, "30%"])).toEqual([1, 4, 3, 2]);
  expect(batchSizes(10, USUAL_ROLLOUT, [2, 0])).toEqual([2, 8]);
});

test("a quorum goes host by host, whatever the operator says", () => {
  expect(batchSizes(5, "quorum", ["100%"])).toEqual([1, 1, 1, 1, 1]);
});
