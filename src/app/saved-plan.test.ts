import { expect, test } from "vitest";
import { makePlan } from "../plan/index.ts";
import { bareHost, ordinaryService, site } from "../plan/site.fixture.ts";
import { isRunOf, readSaved, runOf, type SavedPlan, savedText } from "./saved-plan.ts";

const desired = site({ control01: ordinaryService("keystone") });
const saved: SavedPlan = {
  name: "20261126040000-0a1b2c3d",
  kolla: "0.1.0 (build abc)",
  madeAt: "2026-11-26T04:00:00Z",
  configDirectory: "/etc/kolla",
  isWhole: true,
  plan: makePlan(desired, { control01: bareHost("control01") }, { verb: "deploy" }),
  bundles: [],
  seen: { control01: { "container keystone": "not there" } },
};
const text = savedText(saved);
const reading = (content: string, kolla = saved.kolla) => {
  return () => readSaved(content, kolla, "site.plan");
};

test("a saved plan is read as it was saved", () => {
  expect(reading(text)()).toEqual(saved);
});

test("every file that is cut off somewhere is refused", () => {
  const cuts = Array.from({ length: 40 }, (_, part) => text.slice(0, Math.floor((text.length * part) / 40)));
  for (const cut of cuts) expect(reading(cut)).toThrow(/cut off|no plan that kolla plan --out saved/);
  expect(reading(text.slice(0, -5))).toThrow(
    expect.objectContaining({
      code: "KOLLA_SAVED_PLAN_CUT",
      where: { file: "site.plan" },
      hint: "Make a new plan: kolla plan --out FILE.",
    }),
  );
});

test("a file in which one sign was changed, or to which something was added, is refused", () => {
  for (const changed of [text.replace('"keystone"', '"keystoen"'), text.replace(/\n$/, " \n"), `${text}x`])
    expect(reading(changed)).toThrow(expect.objectContaining({ code: "KOLLA_SAVED_PLAN_CHANGED" }));
});

test("another file, and the JSON of a plan itself, is no saved plan", () => {
  for (const other of ["", "nova:\n", JSON.stringify(saved.plan), "null", "[]\n"])
    expect(reading(other)).toThrow(expect.objectContaining({ code: "KOLLA_SAVED_PLAN_FORMAT" }));
});

test("a plan of another build of Kolla names both", () => {
  expect(reading(text, "0.1.0 (build def)")).toThrow(
    expect.objectContaining({
      code: "KOLLA_SAVED_PLAN_VERSION",
      message: "the plan was made by kolla 0.1.0 (build abc), and this is kolla 0.1.0 (build def)",
    }),
  );
});

test("a run is known by its plan, whichever attempt it was, and no other run is", () => {
  expect(isRunOf(saved, runOf(saved, "9f3e"))).toBe(true);
  for (const other of [undefined, saved.name, `${saved.name}0.9f3e`, "20261126040000-0a1b2c3e.9f3e"])
    expect(isRunOf(saved, other)).toBe(false);
});
