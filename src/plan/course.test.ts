import { expect, test } from "vitest";
import { courseOf } from "./course.ts";
import { deploy, deployed, upgrade } from "./deployed.fixture.ts";
import { makePlan } from "./make.ts";
import { planPhases } from "./phases.ts";
import { container, file, ofRelease, site } from "./site.fixture.ts";

test("a course says what each host waits for: hosts until a stage, and batches with their hosts", () => {
  const hosts = ["h1", "h2", "h3"];
  const sites = (version: number) =>
    site({
      c1: [container("api", [], [], { image: `api:${version}` })],
      ...Object.fromEntries(
        hosts.map((name) => [
          name,
          [container("agent", [], ["c1|container:api"], { image: `agent:${version}` })],
        ]),
      ),
    });
  const limits = { serial: [1, 2], maxFailPercentage: 30 };
  const plan = makePlan({ ...sites(2), limits }, deployed(sites(1)), deploy);
  const alone = { needs: {}, batches: [] };
  expect(courseOf(plan)).toEqual({
    stages: 3,
    hosts: {
      c1: { 1: alone },
      h1: { 1: alone, 2: { needs: { c1: 1 }, batches: [] } },
      h2: { 1: alone, 3: { needs: { c1: 1 }, batches: ["batch 1 of 2 of agent"] } },
      h3: { 1: alone, 3: { needs: { c1: 1 }, batches: ["batch 1 of 2 of agent"] } },
    },
    batches: { "batch 1 of 2 of agent": { h1: 2 }, "batch 2 of 2 of agent": { h2: 3, h3: 3 } },
    passes: [],
    away: 0,
    maxFailPercentage: 30,
  });
});

test("a course tells where its passes end, and the batches of each pass from those of the next", () => {
  const sites = (release: string, pin = "") => {
    const conf = file("agent", "agent.conf", pin);
    const own = () => [conf, container("agent", [conf])];
    return ofRelease(release, site({ h1: own(), h2: own() }));
  };
  const phased = {
    desired: sites("2025.2"),
    passes: { agent: ["pinned"] },
    passing: () => sites("2025.2", "pinned"),
  };
  const { stages, passes, hosts, batches } = courseOf(
    planPhases(phased, deployed(sites("2025.1")), upgrade).plan,
  );
  expect({ stages, passes }).toEqual({ stages: 4, passes: [2] });
  expect(batches).toEqual({
    "batch 1 of 2 of agent, pinned": { h1: 1 },
    "batch 2 of 2 of agent, pinned": { h2: 2 },
    "batch 1 of 2 of agent": { h1: 3 },
    "batch 2 of 2 of agent": { h2: 4 },
  });
  expect(hosts.h2).toEqual({
    2: { needs: {}, batches: ["batch 1 of 2 of agent, pinned"] },
    4: { needs: {}, batches: ["batch 1 of 2 of agent"] },
  });
});
