import { expect, test } from "vitest";
import type { ContainerItem, Plan } from "#model";
import { deploy, deployed } from "./deployed.fixture.ts";
import { makePlan } from "./make.ts";
import { bareHost, container, site } from "./site.fixture.ts";

test("a container that serves on few hosts is replaced on one after the other, created on all at once", () => {
  const hosts = ["h1", "h2", "h3"];
  const sites = (image: string) =>
    site(Object.fromEntries(hosts.map((name) => [name, [container("keystone", [], [], { image })]])));
  const before = sites("kolla/keystone:1");
  const bare = Object.fromEntries(hosts.map((name) => [name, bareHost(name)]));
  const stages = (plan: Plan) =>
    plan.steps.flatMap((step) => (step.kind === "container" ? [`${step.host} ${step.stage}`] : []));
  expect(stages(makePlan(before, bare, deploy))).toEqual(["h1 1", "h2 1", "h3 1"]);
  expect(stages(makePlan(sites("kolla/keystone:2"), deployed(before), deploy))).toEqual([
    "h1 1",
    "h2 2",
    "h3 3",
  ]);
  expect(stages(makePlan(before, deployed(before), { verb: "restart" }))).toEqual([
    ...["h1 1", "h1 1", "h2 2", "h2 2", "h3 3", "h3 3"],
  ]);
});

test("a container that serves on many hosts is proved on one, and then replaced in batches, or on all others", () => {
  const hosts = Array.from({ length: 9 }, (_, index) => `h${index}`);
  const stages = (more: Partial<ContainerItem>) => {
    const nova = (image: string) => ({ ...container("nova", [], [], { image }), ...more });
    const sites = (image: string) => site(Object.fromEntries(hosts.map((name) => [name, [nova(image)]])));
    const { steps } = makePlan(sites("kolla/nova:2"), deployed(sites("kolla/nova:1")), deploy);
    return steps.flatMap((step) => (step.kind === "container" ? [step.stage] : []));
  };
  expect(stages({})).toEqual([1, 2, 2, 3, 3, 4, 4, 5, 5]);
  expect(stages({ rollout: "all" })).toEqual([1, ...Array.from({ length: 8 }, () => 2)]);
});

test("rolling follows the order that the site asks for", () => {
  const sites = (image: string) =>
    site({
      h1: [container("db", [], ["h2|container:db"], { image })],
      h2: [container("db", [], [], { image })],
    });
  const { steps } = makePlan(sites("kolla/db:2"), deployed(sites("kolla/db:1")), deploy);
  expect(steps.flatMap((step) => (step.kind === "container" ? [step.host] : []))).toEqual(["h2", "h1"]);
});

test("the operator's batches stand before a container's own, but not before a quorum", () => {
  const stages = (more: Partial<ContainerItem>) => {
    const made = (image: string) => ({ ...container("db", [], [], { image }), ...more });
    const sites = (image: string) =>
      site(Object.fromEntries(["h1", "h2", "h3", "h4"].map((name) => [name, [made(image)]])));
    const limits = { serial: ["50%"] as const, maxFailPercentage: 100 };
    const { steps } = makePlan({ ...sites("db:2"), limits }, deployed(sites("db:1")), deploy);
    return steps.flatMap((step) => (step.kind === "container" ? [step.stage] : []));
  };
  expect(stages({})).toEqual([1, 1, 2, 2]);
  expect(stages({ rollout: "all" })).toEqual([1, 1, 2, 2]);
  expect(stages({ rollout: "quorum" })).toEqual([1, 2, 3, 4]);
});
