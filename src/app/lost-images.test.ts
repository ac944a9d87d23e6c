import { expect, test } from "vitest";
import type { GenerationRecord, HostRecords, RunRecord } from "#model";
import { bareHost, container } from "../plan/site.fixture.ts";
import { asIfFetched, lostImages, withFetched } from "./lost-images.ts";
import { type FetchedImages, lacking } from "./recorded.ts";
import { targetsOf } from "./return-plan.ts";

const WANTED = "sha256:111111111111ff";
const OTHER = "sha256:222222222222ff";

function after(run: number, generation: number): RunRecord {
  const containers = { nova_api: { set: "nova", generation, record: `${generation}` } };
  const state = { containers, jobs: {}, resources: {} };
  return { run: `run${run}`, verb: "deploy", began: `2026-11-26T00:00:0${run}Z`, outcome: "done", state };
}

const item = container("nova", [], [], { name: "nova_api" });
const record: GenerationRecord = { generation: 1, item: { ...item, imageId: WANTED }, files: {} };
const own: HostRecords = {
  now: after(2, 2),
  earlier: [after(1, 1)],
  generations: {},
  generationsKept: 3,
  contents: { records: { "1": record }, files: {} },
};
const records = { control01: own };
const { scope, targets } = targetsOf(records, { names: [] });
const lostWith = (images: Record<string, string>) =>
  lostImages(targets, records, { control01: bareHost("control01", images) }, scope);

test("an image is lost where neither it nor another one of its name is on the host", () => {
  expect(lostWith({})).toEqual({ control01: { [item.spec.image]: WANTED } });
  expect(lostWith({ "kolla-generations/nova_api:1": WANTED })).toEqual({});
  // To pull it would take the name from the image that has it.
  expect(lostWith({ [item.spec.image]: OTHER })).toEqual({});
});

test("the image that was pulled must be the one that was lost, else it is refused with the reason", () => {
  const refusals = (fetched: FetchedImages): string[] => {
    const observed = withFetched({ control01: bareHost("control01", {}) }, fetched);
    return lacking(targets, records, observed, scope, fetched).map(
      ({ code, message }) => `${code}: ${message}`,
    );
  };
  const of = (image: FetchedImages[string][string]) => refusals({ control01: { [item.spec.image]: image } });
  expect(refusals(asIfFetched(lostWith({})))).toEqual([]);
  expect(of({ id: WANTED })).toEqual([]);
  const gone = "KOLLA_ROLLBACK_IMAGE_GONE: the image of generation 1 of nova_api is gone: 111111111111";
  expect(of({ id: OTHER })).toEqual([`${gone}; ${item.spec.image} is 222222222222 by now`]);
  expect(of({ problem: "no route" })).toEqual([`${gone}; ${item.spec.image} cannot be pulled: no route`]);
  expect(refusals({})).toEqual([gone]);
});
