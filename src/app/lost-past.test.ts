import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { HostRecords, ObservedHost, RunRecord } from "#model";
import type { AnsibleSettings } from "../ansible/index.ts";
import { bareHost } from "../plan/site.fixture.ts";
import { contentsKnown, hostsToCopy } from "./copy-past.ts";
import type { HostCopy } from "./kept-copy.ts";
import { countingOn } from "./lost-past.ts";
import { withCopies } from "./remembered.ts";
import { targetsOf } from "./return-plan.ts";

const NOTHING: HostRecords = { earlier: [], generations: {}, generationsKept: 3 };

/** The state after a run: nova_api in this generation, and a setting of the kernel. */
function after(run: number, generation: number): RunRecord {
  return {
    run: `run${run}`,
    verb: "deploy",
    began: `2026-11-26T00:00:0${run}Z`,
    outcome: "done",
    state: {
      containers: { nova_api: { set: "nova", generation, record: `nova_api ${generation}` } },
      jobs: {},
      resources: { "resource:sysctl": { set: "nova", record: "sysctl" } },
    },
  };
}

const past: HostRecords = {
  now: after(2, 2),
  earlier: [after(1, 1)],
  generations: {
    nova_api: { 1: { record: "nova_api 1", run: "run1" }, 2: { record: "nova_api 2", run: "run2" } },
  },
  generationsKept: 3,
};
const copy: HostCopy = {
  lastRun: "run2",
  at: "2026-11-26T00:01:00Z",
  counters: { nova_api: 3 },
  records: past,
  read: () => "gone",
};
const observed = { compute01: bareHost("compute01"), control01: bareHost("control01") };

test("a host's own records win over the copy, which is not even looked at", () => {
  const own: HostRecords = { ...NOTHING, now: after(5, 1) };
  const { records, copies } = withCopies({ compute01: own }, observed, () => {
    throw new Error("looked at");
  });
  expect([records, copies]).toEqual([{ compute01: own }, {}]);
});

test("a host without records and without a copy has none", () => {
  expect(withCopies({ compute01: NOTHING }, observed, () => undefined)).toMatchObject({
    records: { compute01: NOTHING },
    copies: {},
  });
});

test("what is lost comes back before anything else does; other hosts stay", () => {
  const found = withCopies({ control01: past, compute01: NOTHING }, observed, () => copy);
  expect(found.copies).toEqual({ compute01: { at: copy.at, lastRun: "run2" } });
  expect(Object.keys(found.records)).toEqual(["control01", "compute01"]);
  const [target, ...others] = targetsOf(found.records, { names: [] }).targets;
  expect(target).toMatchObject({
    host: "compute01",
    run: "run2",
    state: { containers: past.now?.state.containers },
  });
  expect(others).toEqual([]);
  const [older] = targetsOf(found.records, { names: [], to: "run1" }).targets.filter(
    ({ host }) => host === "compute01",
  );
  expect(older).toMatchObject({ run: "run1", state: { containers: { nova_api: { generation: 1 } } } });
});

test("numbers of generations go on from the highest that the copy or the host knows", () => {
  const host: ObservedHost = {
    ...bareHost("compute01"),
    journal: { jobs: {}, resources: {}, generations: { nova_api: 1, nova_ssh: 4 } },
  };
  expect(countingOn(host, copy).journal.generations).toEqual({ nova_api: 3, nova_ssh: 4 });
});

test("copies are brought home of the hosts that a run changed, and of those that an earlier one left out", () => {
  const ran = (host: string, run: string): ObservedHost => ({
    ...bareHost(host),
    journal: {
      jobs: {},
      resources: {},
      generations: {},
      lastRun: { run, verb: "deploy", outcome: "done", at: "2026-11-26T00:00:00Z" },
    },
  });
  const seen = {
    control01: ran("control01", "run1"),
    compute01: ran("compute01", "run1"),
    compute02: ran("compute02", "run2"),
    compute03: bareHost("compute03"),
  };
  expect(hostsToCopy(["control01"], seen, () => "run1")).toEqual(["control01", "compute02"]);
  expect(hostsToCopy([], seen, () => "run1")).toEqual(["compute02"]);
});

test("a copy that cannot be read keeps no run from its start: the host is asked for everything", () => {
  const recordsDirectory = mkdtempSync(join(tmpdir(), "kolla-copies-"));
  mkdirSync(join(recordsDirectory, "control01"));
  writeFileSync(join(recordsDirectory, "control01/contents"), "not a directory");
  expect(contentsKnown({ recordsDirectory } as AnsibleSettings, ["control01", "compute01"])).toEqual({
    control01: { known: [] },
    compute01: { known: [] },
  });
  rmSync(recordsDirectory, { recursive: true });
});
