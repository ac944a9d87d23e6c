import { expect, test } from "vitest";
import type { ContainerItem, Plan } from "#model";
import { container } from "./site.fixture.ts";
import { stageSeconds } from "./stage-seconds.ts";

test("a stage has time for as long as an API lets the requests of the generation before run", () => {
  const step = { kind: "container", verb: "replace", beside: true, stage: 1, n: 1, needs: [], host: "one" };
  const seconds = (drainSeconds: number): number => {
    const turns = { ports: [1, 2], balancers: [], beside: true, drainSeconds } as const;
    const item: ContainerItem = { ...container("shop", []), turns };
    return stageSeconds({ steps: [step] } as unknown as Plan, () => item)[0] ?? 0;
  };
  expect(seconds(3600) - seconds(120)).toBe(3480);
});
