import { expect, test } from "vitest";
import type {
  GenerationRecord,
  HostRecords,
  HostState,
  RecordedContents,
  Rollout,
  RunLimits,
  RunRecord,
} from "#model";
import { formatPlan } from "../plan/index.ts";
import { bareHost, container, file } from "../plan/site.fixture.ts";
import { runsOf, type SiteRecords } from "./history.ts";
import { planReturn, type RollbackWish, targetsOf } from "./return-plan.ts";

/** The state after a run: the generation of each container, by name; the first letters of a name are its set. */
function after(run: number, generations: Readonly<Record<string, number>>): RunRecord {
  const containers = Object.entries(generations).map(([name, generation]) => {
    const set = name.split("_")[0] ?? "";
    return [name, { set, generation, record: `${name} ${generation}` }];
  });
  const state: HostState = { containers: Object.fromEntries(containers), jobs: {}, resources: {} };
  return { run: `run${run}`, verb: "deploy", began: `2026-11-26T00:00:0${run}Z`, outcome: "done", state };
}

/** What a host remembers: its states, the newest first. */
function host(...states: RunRecord[]): HostRecords {
  const [now, ...earlier] = states;
  const generations = Object.fromEntries(
    Object.keys(now?.state.containers ?? {}).map((name) => [name, keptOf(name, states)]),
  );
  return { ...(now && { now }), earlier, generations, generationsKept: 3 };
}

function keptOf(name: string, states: readonly RunRecord[]): HostRecords["generations"][string] {
  const kept = states.flatMap(({ run, state }) => {
    const found = state.containers[name];
    return found ? [[found.generation, { record: found.record ?? "", run }] as const] : [];
  });
  return Object.fromEntries(kept);
}

const site: SiteRecords = {
  control01: host(
    after(4, { nova_api: 2, glance_api: 3 }),
    after(3, { nova_api: 2, glance_api: 2 }),
    after(2, { nova_api: 2, glance_api: 1 }),
    after(1, { nova_api: 1, glance_api: 1 }),
  ),
  compute01: host(after(2, { nova_compute: 2 }), after(1, { nova_compute: 1 })),
  compute02: host(after(1, { nova_compute: 1 })),
};

/** Where each host returns to: container and generation, of all of them. */
function returns(wish: Partial<RollbackWish>, records = site): Record<string, string> {
  return Object.fromEntries(
    targetsOf(records, { names: [], ...wish }).targets.map((target) => [
      target.host,
      Object.entries(target.state.containers)
        .map(([name, { generation }]) => `${name} ${generation}`)
        .join(", "),
    ]),
  );
}

test("the site returns to before its last run: only hosts that this one changed", () => {
  expect(returns({})).toEqual({ control01: "nova_api 2, glance_api 2" });
});

test("a set returns to before the last run that changed it, on each host that this one changed", () => {
  expect(returns({ names: ["nova"] })).toEqual({
    control01: "glance_api 3, nova_api 1",
    compute01: "nova_compute 1",
  });
  expect(returns({ names: ["nova_compute"] })).toEqual({ compute01: "nova_compute 1" });
});

test("as after a run: hosts that it did not touch as they were when it began", () => {
  expect(returns({ to: "run1" })).toEqual({
    control01: "nova_api 1, glance_api 1",
    compute01: "nova_compute 1",
  });
  expect(returns({ to: "run3" })).toEqual({ control01: "nova_api 2, glance_api 2" });
  expect(returns({ to: "run4" })).toEqual({});
});

test("as a generation: wherever the container is, from whatever state", () => {
  expect(returns({ names: ["glance_api"], to: "1" })).toEqual({ control01: "nova_api 2, glance_api 1" });
  expect(() => returns({ names: ["nova_compute"], to: "2" })).toThrow(/keeps no generation 2 .* it keeps 1/);
  expect(() => returns({ names: ["nova"], to: "1" })).toThrow(/counted for each container/);
  expect(() => returns({ names: ["nova", "glance_api"] })).toThrow(/nova is a set, glance_api no set/);
});

test("what nobody remembers is refused, with what there is", () => {
  expect(() => returns({ names: ["nvoa"] })).toThrow(expect.objectContaining({ hint: "Did you mean nova?" }));
  expect(() => returns({ to: "run9" })).toThrow(
    expect.objectContaining({ hint: expect.stringContaining("run4, run3, run2, run1") }),
  );
  expect(() => returns({ to: "run" })).toThrow(/several begin so/);
  const young = { ...site, compute03: host(after(3, { nova_compute: 1 })) };
  expect(() => returns({ to: "run2" }, young)).toThrow(
    /no state as old as run run2; its oldest is that after/,
  );
  expect(() => returns({ to: "run2" }, { ...site, compute03: host() })).toThrow(/made by another tool/);
  expect(() => returns({}, { compute03: host() })).toThrow(/no run of Kolla has changed compute03/);
  expect(() => returns({}, { compute02: host(after(1, { nova_compute: 1 })) })).toThrow(
    /nothing to return to/,
  );
});

test("runs are told with what each changed, the newest first", () => {
  const told = runsOf(site, { sets: ["nova"], containers: [] });
  expect(told.map(({ run, changed }) => [run, changed])).toEqual([
    ["run2", { control01: ["nova_api"], compute01: ["nova_compute"] }],
    ["run1", { control01: null, compute01: null, compute02: null }],
  ]);
});

test("the plan of a rollback is one as any other", () => {
  const conf = file("nova", "nova.conf", "old");
  const { specHash, ...item } = container("nova", [conf], [], { name: "nova_api" });
  const record: GenerationRecord = {
    generation: 1,
    item: { ...item, specHash, imageId: "sha256:old" },
    files: { [conf.path]: { sha256: "hash", mode: "0660", uid: 0, gid: 0, set: "nova" } },
  };
  const contents: RecordedContents = {
    records: { "nova_api 1": record },
    files: { hash: Buffer.from("old").toString("base64") },
  };
  const own = host(after(2, { nova_api: 2, nova_extra: 1 }), after(1, { nova_api: 1 }));
  const records = { control01: { ...own, contents } };
  const found = bareHost("control01", { "kolla/nova:1": "sha256:new", kept: "sha256:old" });
  const labels = (generation: string) => ({
    kolla_managed: "true",
    kolla_set: "nova",
    kolla_generation: generation,
    kolla_spec: specHash,
    kolla_release: "2025.1",
  });
  const base = {
    image: "kolla/nova:1",
    state: "running",
    health: "none",
    startedAt: "",
    restarts: 0,
  } as const;
  const containers = [
    { ...base, id: "2", name: "nova_api", imageId: "sha256:new", labels: labels("2") },
    { ...base, id: "1", name: "nova_extra", imageId: "sha256:new", labels: labels("1") },
  ];
  const observed = { control01: { ...found, containers } };
  const target = targetsOf(records, { names: [] });
  const { plan } = planReturn({ ...target, records, observed });
  expect(formatPlan(plan)).toMatchInlineSnapshot(`
    "Takes away: nova: nova_extra on control01; their volumes stay.

    control01  nova  2025.1
    []   #1 container:nova_extra   remove   not wanted on this host
    []   #2 file:nova.conf         write    new
    [2]  #3 container:nova_api     replace  image changed, nova.conf added      keep generation 2
    [3]  #4 gate:nova_api          await    healthy within 60 s, else restore generation 2

    4 steps on 1 host in 1 stage: 1 file written, 1 container replaced, 1 container removed.
    Outage expected: nova_api (control01) while replaced; nova_extra (control01) removed.
    "
  `);
  const { kept: _, ...images } = found.images;
  expect(() =>
    planReturn({ ...target, records, observed: { control01: { ...found, containers, images } } }),
  ).toThrow(expect.objectContaining({ code: "KOLLA_ROLLBACK_IMAGE_GONE" }));
});

test("a resource that another version of Kolla recorded is refused where it would have to be ensured", () => {
  const recorded = { kind: "resource", id: "resource:database:nova", set: ["nova"], needs: [], key: "old" };
  const items = { old: { ...recorded, resource: { kind: "database" } } };
  const resources = { "resource:database:nova": { set: "nova", record: "old" } };
  const then = after(1, {});
  const own = host(after(2, {}), { ...then, state: { ...then.state, resources } });
  const contents = { records: items, files: {} } as unknown as RecordedContents;
  const records = { control01: { ...own, contents } };
  const back = (key: string) => {
    const found = bareHost("control01");
    const journal = { ...found.journal, resources: { "resource:database:nova": { key, at: "" } } };
    const observed = { control01: { ...found, journal } };
    return planReturn({ ...targetsOf(records, { names: [] }), records, observed }).plan.steps;
  };
  expect(back("old")).toEqual([]);
  expect(() => back("new")).toThrow(
    expect.objectContaining({
      code: "KOLLA_ROLLBACK_RECORD_FOREIGN",
      message: expect.stringContaining(
        'resource:database:nova was made by another version of Kolla, which called it "database"',
      ),
    }),
  );
});

/** Three hosts with the same container, which a run replaced on two of them. */
function cluster(rollout: Rollout, health: "healthy" | "unhealthy") {
  const names = ["control01", "control02", "control03"];
  const item = { ...container("db", [], [], { name: "db" }), rollout };
  const kept = (generation: number): GenerationRecord => ({
    generation,
    item: { ...item, imageId: `sha256:${generation}` },
    files: {},
  });
  const contents: RecordedContents = { records: { "db 1": kept(1), "db 2": kept(2) }, files: {} };
  const now = (name: string): number => (name === "control03" ? 1 : 2);
  const records = names.map((name) => {
    const own = now(name) === 2 ? host(after(2, { db: 2 }), after(1, { db: 1 })) : host(after(1, { db: 1 }));
    return [name, { ...own, contents }] as const;
  });
  const observed = names.map((name) => {
    const labels = {
      kolla_managed: "true",
      kolla_set: "db",
      kolla_generation: String(now(name)),
      kolla_spec: item.specHash,
    };
    const found = {
      id: name,
      name: "db",
      image: "kolla/db:1",
      imageId: `sha256:${now(name)}`,
      state: "running",
      health: name === "control03" ? health : "healthy",
      startedAt: "",
      restarts: 0,
      labels,
    } as const;
    const images = { first: "sha256:1", second: "sha256:2" };
    return [name, { ...bareHost(name, images), containers: [found] }] as const;
  });
  return { records: Object.fromEntries(records), observed: Object.fromEntries(observed) };
}

test("hosts that stay as they are count where a quorum is", () => {
  const plan = (health: "healthy" | "unhealthy") => {
    const { records, observed } = cluster("quorum", health);
    return planReturn({ ...targetsOf(records, { names: [] }), records, observed }).plan;
  };
  expect(new Set(plan("healthy").steps.map((step) => step.host))).toEqual(
    new Set(["control01", "control02"]),
  );
  expect(() => plan("unhealthy")).toThrow(expect.objectContaining({ code: "KOLLA_QUORUM" }));
});

test("hosts go back in the batches that the operator wants", () => {
  const batches = (limits?: RunLimits) => {
    const { records, observed } = cluster("all", "healthy");
    const { plan } = planReturn({
      ...targetsOf(records, { names: [] }),
      records,
      observed,
      ...(limits && { limits }),
    });
    return { stages: Math.max(...plan.steps.map(({ stage }) => stage)), limit: plan.maxFailPercentage };
  };
  expect(batches()).toEqual({ stages: 2, limit: 100 });
  expect(batches({ serial: [2], maxFailPercentage: 10 })).toEqual({ stages: 1, limit: 10 });
});
