import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Desired, Plan } from "#model";
import { formatError } from "#support";
import { services } from "../../../services/index.generated.ts";
import { planReturn, targetsOf } from "../../../src/app/return-plan.ts";
import { compile } from "../../../src/compile/index.ts";
import { readYaml } from "../../../src/config/index.ts";
import { applied, deploy, type Hosts } from "../../../src/plan/deployed.fixture.ts";
import { formatPlan, makePlan, type PlanRequest, withFileChanges } from "../../../src/plan/index.ts";
import { bareHost } from "../../../src/plan/site.fixture.ts";
import { operatorsInventory } from "../inventory.ts";
import { host, site } from "../sites.ts";
import { recordsOf } from "./records.ts";

const LAYOUTS = ["all-in-one", "controller-and-two-computes", "three-controllers"] as const;
const here = import.meta.dirname;

const textOf = (layout: string, file: string): string => readFileSync(join(here, layout, file), "utf8");

/** What the hosts of a layout should have: by its inventory and globals.yml, or by those that a change has of its own. */
function desiredOf(layout: string, change = ""): Desired {
  const version = (file: string): string => {
    const changed = join("changes", change, file);
    return textOf(layout, existsSync(join(here, layout, changed)) ? changed : file);
  };
  const { hosts, groups } = operatorsInventory(version("inventory"));
  const variables = readYaml(version("globals.yml"), "globals.yml").value as Record<string, unknown>;
  const made = Object.entries(hosts).map(([name, address]) => host(name, address, variables));
  const { desired, problems } = compile(services, site(made, { groups }), {});
  expect(problems.map(formatError)).toEqual([]);
  return desired;
}

const bare = ({ hosts }: Desired): Hosts =>
  Object.fromEntries(hosts.map(({ host: name }) => [name, bareHost(name)]));

function firstDeploy(desired: Desired): { plan: Plan; after: Hosts } {
  const plan = makePlan(desired, bare(desired), deploy);
  return { plan, after: applied(desired, bare(desired), plan) };
}

/** The plan of a change to a site that runs, with its causes told by the keys of files, as hosts are asked for them. */
function planOf(before: Desired, after: Desired, there: Hosts, more: Partial<PlanRequest> = {}): Plan {
  const hosts = after.hosts.map((each) => each.host);
  const former = before.hosts.map((each) => each.host).filter((name) => !hosts.includes(name));
  const plan = makePlan(after, { ...bare(after), ...there }, { ...deploy, former, ...more });
  const files = plan.steps.flatMap((step) => (step.kind === "file" ? [step] : []));
  const changes = files.map(({ host: name, path }) => ({
    host: name,
    path,
    before: contentOf(before, name, path),
    after: contentOf(after, name, path),
  }));
  return withFileChanges(plan, changes);
}

function contentOf({ hosts }: Desired, name: string, path: string): string | null {
  const items = hosts.find((each) => each.host === name)?.items ?? [];
  const found = items.find((item) => item.id === `file:${path}`);
  return found?.kind === "file" ? found.content : null;
}

/** The hosts with another image under a name that stays: what a build or a pull leaves. */
function rebuilt(hosts: Hosts, image: string): Hosts {
  const renewed = (images: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(images).map(([name, id]) => [name, name.includes(`/${image}:`) ? `${id}-rebuilt` : id]),
    );
  return Object.fromEntries(
    Object.entries(hosts).map(([name, found]) => [name, { ...found, images: renewed(found.images) }]),
  );
}

/** Without a host of the layout, or, where it has no such change, without the one that was added to it. */
function hostRemoved(layout: string): Plan {
  const isOwn = existsSync(join(here, layout, "changes/host-removed"));
  const [had, has] = isOwn ? ["", "host-removed"] : ["host-added", ""];
  const before = desiredOf(layout, had);
  return planOf(before, desiredOf(layout, has), firstDeploy(before).after);
}

/** After an option has changed everything, or these sets, go back. */
function rollback(layout: string, names: readonly string[], to?: string): Plan {
  const [first, second] = [desiredOf(layout), desiredOf(layout, "one-option")];
  const begun = firstDeploy(first).after;
  const there = applied(second, begun, makePlan(second, begun, deploy));
  const records = recordsOf([
    { desired: first, hosts: begun },
    { desired: second, hosts: there },
  ]);
  const wanted = targetsOf(records, { names, ...(to !== undefined && { to }) });
  return planReturn({ ...wanted, records, observed: there }).plan;
}

/** File of a golden plan → the plan. Changes of files are in the layout's folder `changes`. */
function plansOf(layout: string): Map<string, Plan> {
  const before = desiredOf(layout);
  const { plan, after } = firstDeploy(before);
  const changed = (change: string, more: Partial<PlanRequest> = {}): Plan =>
    planOf(before, desiredOf(layout, change), after, more);
  return new Map([
    ["first-deploy.txt", plan],
    ["one-option.txt", changed("one-option")],
    ["one-image.txt", changed("one-image")],
    ["rebuilt-image.txt", planOf(before, before, rebuilt(after, "glance-api"))],
    ["host-added.txt", changed("host-added")],
    ["host-removed.txt", hostRemoved(layout)],
    ["rollback.txt", rollback(layout, [])],
    ["rollback-set.txt", rollback(layout, ["nova"], "run1")],
    ["service-off.txt", changed("service-off")],
    ["service-off-removed.txt", changed("service-off", { remove: true })],
  ]);
}

describe.each(LAYOUTS)("%s", (layout) => {
  const plans = plansOf(layout);

  test.each([...plans])("%s is what kolla plan prints", async (name, plan) => {
    await expect(formatPlan(plan)).toMatchFileSnapshot(`./${layout}/${name}`);
  });

  test("has no golden plan that nothing plans", () => {
    const files = readdirSync(join(here, layout)).filter((name) => name.endsWith(".txt"));
    expect(files.filter((name) => !plans.has(name))).toEqual([]);
  });
});

test("every folder of plans is a layout", () => {
  const folders = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual([...LAYOUTS]);
});
