import { expect, test } from "vitest";
import type { ResolvedHost, ResolvedSite } from "#model";
import { formatError } from "#support";
import { services } from "../../services/index.generated.ts";
import { groups, host, site } from "../../tests/golden/sites.ts";
import { compile } from "../compile/index.ts";
import { formatPlan, makePlan } from "../plan/index.ts";
import { bareHost } from "../plan/site.fixture.ts";
import { sparedHosts, tellSpared } from "./spared.ts";

const GIVEN = {
  kolla_internal_vip_address: "10.0.0.250",
  neutron_external_interface: "eth1",
  nova_compute_virt_type: "qemu",
};
const COMPUTES = ["compute01", "compute02", "compute03"];

/** One controller and three computes; `lost` never told their facts. */
function cloud(lost: readonly string[], more: Record<string, unknown> = {}): ResolvedSite {
  const made = ["control01", ...COMPUTES].map((name, at) => {
    const known = host(name, `10.0.0.${10 + at}`, { ...GIVEN, ...more });
    return lost.includes(name) ? withoutFacts(known) : known;
  });
  return site(made, {
    groups: groups({ control: ["control01"], network: ["control01"], compute: COMPUTES }),
  });
}

function withoutFacts(known: ResolvedHost): ResolvedHost {
  return { ...known, facts: { ...known.facts, cpus: 0, memoryMiB: 0, interfaces: {} } };
}

function spared(away: readonly string[], { more = {}, silent = away, lost = away } = {}): string[] {
  const whole = cloud(lost, more);
  const hosts = whole.hosts.map(({ name }) => name);
  const found = sparedHosts({
    site: whole,
    desired: compile(services, whole, {}).desired,
    observed: Object.fromEntries(
      hosts.filter((name) => !away.includes(name)).map((name) => [name, bareHost(name)]),
    ),
    unreachable: Object.fromEntries(away.map((name) => [name, "No route to host"])),
    silent,
  });
  return Object.keys(found);
}

test("a run does without a compute host that does not answer, whether its facts are known or not", () => {
  expect(spared(["compute02"])).toEqual(["compute02"]);
  expect(spared(["compute02"], { lost: [] })).toEqual(["compute02"]);
  expect(spared(COMPUTES)).toEqual(COMPUTES);
});

test("not without one that others wait for, nor one that answers and lacks something, nor all", () => {
  expect(spared(["control01"])).toEqual([]);
  expect(spared(["compute02"], { silent: [] })).toEqual([]);
  expect(spared(["control01", "compute01"])).toEqual(["compute01"]);
  expect(spared(["control01", ...COMPUTES])).toEqual([]);
});

test("kolla_max_fail_percentage says how many may be away", () => {
  const allowed = (percent: number) =>
    spared(["compute02"], { more: { kolla_max_fail_percentage: percent } });
  expect(allowed(25)).toEqual(["compute02"]);
  expect(allowed(24)).toEqual([]);
});

test("the plan says who is away and has no step there, and its end is no success", () => {
  const whole = cloud(["compute02"]);
  const { desired, problems } = compile(services, whole, {});
  expect(problems.map(formatError)).toEqual([]);
  const there = ["control01", "compute01", "compute03"];
  const without = { compute02: "No route to host" };
  const plan = makePlan(desired, Object.fromEntries(there.map((name) => [name, bareHost(name)])), {
    verb: "deploy",
    limit: there,
    without,
  });
  expect([...new Set(plan.steps.map((step) => step.host))].sort()).toEqual([...there].sort());
  expect(formatPlan(plan)).toContain("Does without compute02: No route to host");
  expect(() => tellSpared(plan.without)).toThrow("All is done but on 1 host that did not answer: compute02");
  expect(() => tellSpared({})).not.toThrow();
});
