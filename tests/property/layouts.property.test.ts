import fc from "fast-check";
import { expect, test } from "vitest";
import type { Desired, Plan, ResolvedSite } from "#model";
import { services } from "../../services/index.generated.ts";
import { compile } from "../../src/compile/index.ts";
import { applied, deploy, type Hosts, serving } from "../../src/plan/deployed.fixture.ts";
import { makePlan } from "../../src/plan/index.ts";
import { bareHost } from "../../src/plan/site.fixture.ts";
import { groups, host, site } from "../golden/sites.ts";

const HOSTS = ["h1", "h2", "h3", "h4"] as const;
/** Compiling a site takes a tenth of a second: fewer runs than usual, over shapes that differ in much at once. */
const RUNS = 24;

type Group = "control" | "network" | "compute" | "storage" | "monitoring";

interface Layout {
  hosts: readonly string[];
  base: Record<Group, readonly string[]>;
  /** Groups of single containers that the operator filled himself. */
  own: Readonly<Record<string, readonly string[]>>;
  switches: Readonly<Record<string, unknown>>;
}

const SWITCHES: Readonly<Record<string, readonly unknown[]>> = {
  enable_haproxy: [true, false],
  enable_keepalived: [true, false],
  enable_neutron_provider_networks: [true, false],
  enable_nova: [true, false],
  enable_neutron: [true, false],
  enable_glance: [true, false],
  enable_nova_ssh: [true, false],
  nova_console: ["novnc", "none"],
  glance_file_datadir_volume: ["glance", "/srv/images"],
};

const CONTAINER_GROUPS = [
  ...new Set(services.flatMap((service) => Object.values(service.containers).map(({ group }) => group))),
].filter((group) => !["compute", "control", "network"].includes(group));

const layout: fc.Arbitrary<Layout> = fc.integer({ min: 1, max: HOSTS.length }).chain((count) => {
  const hosts = HOSTS.slice(0, count);
  const some = fc.subarray([...hosts], { minLength: 1 });
  const any = fc.subarray([...hosts]);
  return fc.record({
    hosts: fc.constant(hosts),
    base: fc.record({ control: some, network: some, compute: any, storage: any, monitoring: any }),
    own: fc
      .uniqueArray(
        fc.tuple(fc.constantFrom(...CONTAINER_GROUPS), fc.oneof({ weight: 4, arbitrary: some }, any)),
        {
          maxLength: 4,
          selector: ([group]) => group,
        },
      )
      .map((pairs) => Object.fromEntries(pairs)),
    switches: fc
      .uniqueArray(
        fc
          .constantFrom(...Object.keys(SWITCHES))
          .chain((name) => fc.tuple(fc.constant(name), fc.constantFrom(...(SWITCHES[name] ?? [])))),
        { maxLength: 4, selector: ([name]) => name },
      )
      .map((pairs) => Object.fromEntries(pairs)),
  });
});

function siteOf({ hosts, base, own, switches }: Layout): ResolvedSite {
  const variables = {
    kolla_internal_vip_address: "10.0.0.250",
    neutron_external_interface: "eth1",
    ...switches,
  };
  const made = hosts.map((name, at) => host(name, `10.0.0.${at + 1}`, variables));
  return site(made, { groups: groups({ ...base, ...own }) });
}

/** What the hosts of a layout should have; a layout that is refused is told apart by fast-check. */
function desiredOf(wanted: Layout): Desired {
  const { desired, problems } = compile(services, siteOf(wanted), {});
  fc.pre(problems.length === 0);
  return desired;
}

const bare = (desired: Desired): Hosts =>
  Object.fromEntries(desired.hosts.map(({ host: name }) => [name, bareHost(name)]));

test("whatever layout compiles also plans, and once applied it plans to nothing", () => {
  fc.assert(
    fc.property(layout, (wanted) => {
      const desired = desiredOf(wanted);
      const plan = makePlan(desired, bare(desired), deploy);
      expect(plan.steps.filter(({ kind }) => kind === "container")).toHaveLength(containersIn(desired));
      expect(makePlan(desired, applied(desired, bare(desired), plan), deploy).steps).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});

test("from any layout to any other, a plan that is cut off after any step converges to the same end", () => {
  fc.assert(
    fc.property(layout, layout, fc.nat(), fc.boolean(), (before, after, cut, remove) => {
      const [had, desired] = [desiredOf(before), desiredOf(after)];
      const there = { ...bare(desired), ...applied(had, bare(had), makePlan(had, bare(had), deploy)) };
      const request = { ...deploy, remove };
      const plan = makePlan(desired, there, request);
      for (const step of plan.steps)
        if (step.kind === "file") expect(step.stage).toBe(stageOfReader(plan, step));
      const partly = applied(desired, there, plan, cut % (plan.steps.length + 1));
      const whole = applied(desired, partly, makePlan(desired, partly, request));
      const last = makePlan(desired, whole, request);
      expect(last.steps).toEqual([]);
      expect(serving(whole)).toEqual(serving(applied(desired, there, plan)));
      expect(last.left).toEqual(plan.left);
      if (remove) expect(last.left).toEqual([]);
      else expect(plan.steps.filter(isRemoval)).toEqual([]);
    }),
    { numRuns: RUNS / 2 },
  );
});

test("with a host out of reach the others can still be planned", () => {
  fc.assert(
    fc.property(layout, fc.nat(), (wanted, at) => {
      const whole = siteOf({
        ...wanted,
        switches: { ...wanted.switches, api_interface_address: "10.0.0.9" },
      });
      const away = wanted.hosts[at % wanted.hosts.length] ?? "";
      const hosts = whole.hosts.map((each) =>
        each.name === away ? { ...each, facts: { ...each.facts, interfaces: {} } } : each,
      );
      const { desired, problems } = compile(services, { ...whole, hosts }, {});
      fc.pre(problems.length === 0);
      const limit = wanted.hosts.filter((name) => name !== away);
      const plan = makePlan(desired, bare(desired), { ...deploy, limit });
      expect(plan.steps.every((step) => step.host !== away)).toBe(true);
    }),
    { numRuns: RUNS },
  );
});

/** The stage in which a file is first read; its own when nothing of the plan reads it. */
function stageOfReader({ steps }: Plan, file: Plan["steps"][number]): number {
  const readers = steps.filter(({ needs }) => needs.includes(file.n));
  return Math.min(...(readers.length > 0 ? readers : [file]).map(({ stage }) => stage));
}

function isRemoval(step: Plan["steps"][number]): boolean {
  return step.kind === "container" && step.verb === "remove";
}

function containersIn({ hosts }: Desired): number {
  return hosts.flatMap(({ items }) => items.filter(({ kind }) => kind === "container")).length;
}
