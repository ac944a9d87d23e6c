import { expect, test } from "vitest";
import type { PhasedPlan, PlanRequest } from "../plan/index.ts";
import { planOwn } from "./service-verbs.ts";

const SAVE = {
  verb: "shop-save",
  service: "shop",
  summary: "save the shop",
  flags: {},
  absent: { message: "The shop keeps nothing.", hint: "Set shop_saves: yes." },
};

/** Plans as many steps as there are for a verb. */
function plans(steps: Readonly<Record<string, number>>) {
  const asked: PlanRequest[] = [];
  const plan = (request: PlanRequest): PhasedPlan => {
    asked.push(request);
    return { plan: { steps: Array(steps[request.verb] ?? 0) }, states: [] } as unknown as PhasedPlan;
  };
  return { asked, plan };
}

test("a verb of a service is planned as its own where a deploy would leave the service alone", () => {
  const { asked, plan } = plans({ "shop-save": 1 });
  expect(planOwn(SAVE, { verb: "shop-save", limit: ["a"] }, plan).plan.steps).toHaveLength(1);
  expect(asked).toEqual([
    { verb: "shop-save", limit: ["a"], ofService: true },
    { verb: "deploy", limit: ["a"], tags: ["shop"] },
  ]);
});

test.each([
  ["no host has a job of it", {}, { code: "KOLLA_USAGE_VERB_OFF", hint: "Set shop_saves: yes." }],
  [
    "the service is not as configured",
    { "shop-save": 1, deploy: 2 },
    { code: "KOLLA_PRECHECK_VERB", hint: "First: kolla deploy --tags shop" },
  ],
])("it is refused where %s", (_, steps, error) => {
  expect(() => planOwn(SAVE, { verb: "shop-save" }, plans(steps).plan)).toThrow(
    expect.objectContaining(error),
  );
});
