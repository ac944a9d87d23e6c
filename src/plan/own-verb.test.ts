import { expect, test } from "vitest";
import type { JobItem } from "#model";
import { deploy, deployed } from "./deployed.fixture.ts";
import { makePlan } from "./make.ts";
import { container, job, site } from "./site.fixture.ts";

const save: JobItem = { ...(job("shop", "save") as JobItem), verb: "shop-save" };
const SAVE = { verb: "shop-save", ofService: true };

function desiredOf(image: string) {
  return site({ control01: [job("shop", "bootstrap"), save, container("shop", [], [], { image })] });
}

const wanted = desiredOf("kolla/shop:1");
const words = (...[desired, hosts, request]: Parameters<typeof makePlan>): string[] =>
  makePlan(desired, hosts, request).steps.map((step) => `${step.kind} ${"id" in step ? step.id : step.verb}`);

test("a job of a service's own verb is no part of a deploy", () => {
  const bare = words(wanted, deployed(site({ control01: [] })), deploy);
  expect(bare).toContain("job job:shop:bootstrap");
  expect(bare).not.toContain(`job ${save.id}`);
});

test("its verb does it each time, whatever was done, and nothing else", () => {
  const before = deployed(wanted);
  expect(words(wanted, before, SAVE)).toEqual([`job ${save.id}`]);
  expect(words(wanted, deployed(wanted, before, SAVE), SAVE)).toEqual([`job ${save.id}`]);
  expect(words(desiredOf("kolla/shop:2"), before, SAVE)).toEqual([`job ${save.id}`]);
  expect(words(wanted, before, { ...SAVE, verb: "shop-load" })).toEqual([]);
});
