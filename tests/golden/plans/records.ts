import type {
  ContainerItem,
  Desired,
  FileItem,
  GenerationRecord,
  HostDesired,
  HostRecords,
  Item,
  JobItem,
  ObservedHost,
  Recorded,
  ResourceItem,
  RunRecord,
} from "#model";
import { baseName, fileBytes, LABEL } from "#model";
import { sha256, stableJson } from "#support";
import type { SiteRecords } from "../../../src/app/history.ts";
import type { Hosts } from "../../../src/plan/deployed.fixture.ts";

/** A site after a run: what it should have, and what its hosts have. */
export interface Moment {
  desired: Desired;
  hosts: Hosts;
}

/** What hosts remember of a site that went through these moments, a run each, the newest last; all of it is kept. */
export function recordsOf(moments: readonly Moment[]): SiteRecords {
  const last = moments.at(-1);
  const names = last?.desired.hosts.map(({ host }) => host) ?? [];
  return Object.fromEntries(names.map((name) => [name, hostRecords(name, moments)]));
}

function hostRecords(name: string, moments: readonly Moment[]): HostRecords {
  const kept = { records: new Map<string, Recorded>(), files: new Map<string, string>() };
  const runs = moments.flatMap(({ desired, hosts }, at): RunRecord[] => {
    const own = desired.hosts.find(({ host }) => host === name);
    const found = hosts[name];
    if (!own || !found) return [];
    const state = stateOf(own, found, kept);
    return [
      { run: `run${at + 1}`, verb: "deploy", began: `2026-11-2${at + 1}T00:00:00Z`, outcome: "done", state },
    ];
  });
  const states = runs
    .filter((run, at) => stableJson(run.state) !== stableJson(runs[at - 1]?.state))
    .reverse();
  const [now, ...earlier] = states;
  return {
    ...(now && { now }),
    earlier,
    generations: generationsIn(runs),
    generationsKept: moments.length,
    contents: { records: Object.fromEntries(kept.records), files: Object.fromEntries(kept.files) },
  };
}

interface Kept {
  records: Map<string, Recorded>;
  files: Map<string, string>;
}

function stateOf(own: HostDesired, found: ObservedHost, kept: Kept): RunRecord["state"] {
  const serving = found.containers.filter(({ name }) => baseName(name) === name);
  const items = new Map(own.items.map((item) => [item.id, item]));
  const containers = serving.flatMap(({ name, labels, imageId }) => {
    const item = items.get(`container:${name}`);
    if (item?.kind !== "container") return [];
    const generation = Number(labels[LABEL.generation]);
    const record = keep(kept, generationOf({ ...item, imageId }, generation, own.items, kept));
    return [[name, { set: item.set.join("/"), generation, record }] as const];
  });
  const done = (kind: "job" | "resource") =>
    own.items
      .filter((item): item is JobItem | ResourceItem => item.kind === kind)
      .map((item) => [item.id, { set: item.set.join("/"), record: keep(kept, item) }] as const);
  return {
    containers: Object.fromEntries(containers),
    jobs: Object.fromEntries(done("job")),
    resources: Object.fromEntries(done("resource")),
  };
}

function generationOf(
  item: ContainerItem & { imageId: string },
  generation: number,
  items: readonly Item[],
  kept: Kept,
): GenerationRecord {
  const own = items.filter((each): each is FileItem => each.kind === "file" && each.path in item.files);
  const files = own.map((file) => {
    const hash = sha256(fileBytes(file));
    kept.files.set(hash, Buffer.from(fileBytes(file)).toString("base64"));
    return [file.path, { sha256: hash, mode: file.mode, uid: 0, gid: 0, set: file.set.join("/") }] as const;
  });
  return { generation, item, files: Object.fromEntries(files) };
}

function keep({ records }: Kept, document: Recorded): string {
  const hash = sha256(stableJson(document));
  records.set(hash, document);
  return hash;
}

function generationsIn(runs: readonly RunRecord[]): HostRecords["generations"] {
  const found: Record<string, Record<string, { record: string; run: string }>> = {};
  for (const { run, state } of runs)
    for (const [name, { generation, record = "" }] of Object.entries(state.containers))
      found[name] = { [generation]: { record, run }, ...found[name] };
  return found;
}
