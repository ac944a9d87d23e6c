import { expect, test } from "vitest";
import type { ContainerItem, Plan } from "#model";
import { container } from "./site.fixture.ts";
import { stageSeconds } from "./stage-seconds.ts";

/** The time of a stage in which so many APIs are replaced beside themselves. */
function seconds(drainSeconds: number, apis = 1): number {
  const steps = Array.from({ length: apis }, (_, at) => ({
    kind: "container",
    verb: "replace",
    beside: true,
    stage: 1,
    n: at + 1,
    needs: [],
    host: "one",
  }));
  const turns = { ports: [1, 2], balancers: [], beside: true, drainSeconds } as const;
  const item: ContainerItem = { ...container("shop", []), turns };
  return stageSeconds({ steps } as unknown as Plan, () => item)[0] ?? 0;
}

test("a stage has time for as long as an API lets the requests of the generation before run", () => {
  expect(seconds(3600) - seconds(120)).toBe(3480);
});

test("and for one to prove itself after the other, as on few processors", () => {
  const { gateSeconds } = container("shop", []);
  expect(seconds(120, 6) - seconds(120)).toBe(5 * (gateSeconds + 30));
});
