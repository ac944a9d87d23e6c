import { expect, test } from "vitest";
import { type GenerationRecord, type HostRecords, LABEL, type RunRecord } from "#model";
import { container } from "../plan/site.fixture.ts";
import { contractedIn, contractedProblems } from "./contracted.ts";
import type { Target } from "./return-to.ts";

const BOOTSTRAP = "job:nova:contract";

/** The state after a run: nova_api of a generation, and the release that its databases were contracted for. */
function after(run: number, generation: number, contracts?: string): RunRecord {
  const upgrade = contracts && ({ act: "complete", release: contracts } as const);
  const job = { set: "nova", record: "job", ...(upgrade && { upgrade }) };
  return {
    run: `run${run}`,
    verb: "deploy",
    began: `2026-11-2${run}`,
    outcome: "done",
    state: {
      containers: { nova_api: { set: "nova/nova-api", generation, record: `nova_api ${generation}` } },
      jobs: contracts ? { [BOOTSTRAP]: job } : {},
      resources: {},
    },
  };
}

function generation(number: number, release: string): GenerationRecord {
  const item = container("nova", [], [], { name: "nova_api", labels: { [LABEL.release]: release } });
  return { generation: number, item: { ...item, imageId: "sha256:1" }, files: {} };
}

function host(now: RunRecord, ...earlier: RunRecord[]): HostRecords {
  const contents = {
    records: {
      "nova_api 1": generation(1, "2025.1"),
      "nova_api 2": generation(2, "2026.1"),
      "nova_api 3": generation(3, "2026.1"),
    },
    files: {},
  };
  return { now, earlier, generations: {}, generationsKept: 3, contents };
}

const target = (to: RunRecord): Target[] => [{ host: "h", state: to.state, run: to.run }];
const ALL = { sets: [], containers: [] };

function refusals(records: HostRecords, to: RunRecord, others: HostRecords[] = []): string[] {
  const problems = contractedProblems(target(to), { h: records }, ALL, contractedIn([records, ...others]));
  return problems.map(({ message }) => message);
}

const WORDS =
  "generation 1 of nova_api is of 2025.1, and the databases of nova were contracted for 2026.1: nothing older can work with them";

test("a generation of a release before the databases were contracted cannot be returned to, one since can", () => {
  const [first, second, third] = [after(1, 1), after(2, 2, "2026.1"), after(3, 3, "2026.1")];
  expect(refusals(host(third, second, first), first)).toEqual([WORDS]);
  expect(refusals(host(third, second, first), second)).toEqual([]);
  expect(refusals(host(after(3, 3), after(2, 2), first), first)).toEqual([]);
});

test("that it was done on another host, or that the host has lost its past since, changes nothing", () => {
  const [first, second] = [after(1, 1), after(2, 2)];
  expect(refusals(host(second, first), first, [host(after(2, 2, "2026.1"))])).toEqual([WORDS]);
  expect(refusals(host(after(4, 3), after(3, 2, "2026.1"), first), first)).toEqual([WORDS]);
});

test("what serves already is no return", () => {
  const first = after(1, 1, "2026.1");
  expect(refusals(host(first), first)).toEqual([]);
});
