import {
  baseName,
  type ContainerItem,
  fileBytes,
  filesLabel,
  generationInName,
  generationName,
  type Item,
  itemsAt,
  jobKey,
  LABEL,
  madeBefore,
  type ObservedContainer,
  type ObservedHost,
  partsLabel,
  readLabel,
  type Step,
} from "#model";
import { sha256 } from "#support";
import { bundlesOf, type PhasedPlan } from "./bundle.ts";

/** The id of the image that a reference means. */
export type Registry = (reference: string) => string;

/** The hosts after a plan that went well everywhere. Pure. */
export function afterPlan(
  phased: PhasedPlan,
  observed: Readonly<Record<string, ObservedHost>>,
): Record<string, ObservedHost> {
  const bundles = bundlesOf(phased, { run: "", began: "", holder: "" });
  const hosts = { ...observed };
  for (const { host, steps, ...bundle } of bundles) {
    const before = hosts[host];
    if (before)
      hosts[host] = steps.reduce(
        (seen, step) => afterStep(seen, step, itemsAt(bundle, step.stage), imageToCome),
        before,
      );
  }
  return hosts;
}

/** An id for an image that is not on the host yet. */
const imageToCome: Registry = (reference) => `image of ${reference}`;

/** A host after a step, as the agent would leave it when all goes well. Pure. */
export function afterStep(
  host: ObservedHost,
  step: Step,
  items: readonly Item[],
  registry: Registry,
): ObservedHost {
  switch (step.kind) {
    case "image":
      return { ...host, images: { ...host.images, [step.image]: registry(step.image) } };
    case "volume":
      return { ...host, volumes: [...host.volumes, step.name] };
    case "file":
      return afterFile(host, step, items);
    case "container":
      return afterContainer(host, step, items);
    case "gate":
      return afterGate(host, step.container);
    case "job":
      return afterJob(host, step.id, items);
    case "resource":
      return afterResource(host, step.id, items);
  }
}

function afterFile(
  host: ObservedHost,
  step: Extract<Step, { kind: "file" }>,
  items: readonly Item[],
): ObservedHost {
  const { [step.path]: _, ...others } = host.files;
  const { [step.path]: __, ...written } = host.journal.files ?? {};
  if (step.verb === "remove") return { ...host, files: others, journal: { ...host.journal, files: written } };
  const item = items.find((candidate) => candidate.kind === "file" && candidate.path === step.path);
  if (item?.kind !== "file") throw new Error(`no item for ${step.path}`);
  const file = { sha256: sha256(fileBytes(item)), mode: item.mode, uid: 0, gid: 0 };
  const files = { ...written, [step.path]: item.set.join("/") };
  return { ...host, files: { ...others, [step.path]: file }, journal: { ...host.journal, files } };
}

function afterContainer(
  host: ObservedHost,
  step: Extract<Step, { kind: "container" }>,
  items: readonly Item[],
): ObservedHost {
  const others = host.containers.filter(({ name }) => name !== step.name);
  const old = host.containers.find(({ name }) => name === step.name);
  if (step.verb === "remove")
    return {
      ...host,
      containers: host.containers.filter(({ name }) => baseName(name) !== baseName(step.name)),
    };
  if (step.verb === "reload") return afterReload(host, step, items);
  if (step.verb !== "create" && step.verb !== "replace") {
    const state = step.verb === "start" ? "running" : "exited";
    return { ...host, containers: old ? [...others, { ...old, state }] : others };
  }
  const item = items.find((candidate) => candidate.kind === "container" && candidate.spec.name === step.name);
  if (item?.kind !== "container") throw new Error(`no item for ${step.name}`);
  const kept: ObservedContainer[] =
    step.verb === "replace" && old
      ? [{ ...old, name: generationName(step.name, step.keeps), state: "exited" }]
      : [];
  return {
    ...host,
    containers: [...others, ...kept, made(host, item, step)],
    journal: {
      ...host.journal,
      generations: { ...host.journal.generations, [step.name]: step.generation },
      unproved: { ...host.journal.unproved, [step.name]: step.generation },
    },
  };
}

function afterReload(
  host: ObservedHost,
  step: Extract<Step, { kind: "container" }>,
  items: readonly Item[],
): ObservedHost {
  const item = items.find((candidate) => candidate.kind === "container" && candidate.spec.name === step.name);
  if (item?.kind !== "container" || step.expects === null) throw new Error(`no item for ${step.name}`);
  const files = readLabel(filesLabel(item.files));
  const reloads = { ...host.journal.reloads, [step.expects]: files };
  return { ...host, journal: { ...host.journal, reloads } };
}

/** A step that makes a container. */
type Made = Extract<Step, { kind: "container"; verb: "create" | "replace" }>;

function made(host: ObservedHost, item: ContainerItem, { generation, port }: Made): ObservedContainer {
  return {
    id: madeBefore(item.spec.name, generation),
    name: item.spec.name,
    image: item.spec.image,
    imageId: item.imageId ?? host.images[item.spec.image] ?? "absent",
    state: "running",
    health: "none",
    startedAt: "",
    restarts: 0,
    labels: {
      ...item.spec.labels,
      [LABEL.managed]: "true",
      [LABEL.generation]: String(generation),
      [LABEL.spec]: item.specHash,
      [LABEL.parts]: partsLabel(item.spec),
      [LABEL.files]: filesLabel(item.files),
      [LABEL.set]: item.set.join("/"),
      ...(port !== undefined && { [LABEL.port]: String(port) }),
    },
  };
}

function afterGate(host: ObservedHost, name: string): ObservedHost {
  const { [name]: _, ...unproved } = host.journal.unproved ?? {};
  const kept = host.containers.filter((found) => baseName(found.name) === name && found.name !== name);
  const newest = Math.max(...kept.map((found) => generationInName(found.name) ?? 0));
  const gone = new Set(kept.filter((found) => generationInName(found.name) !== newest));
  return {
    ...host,
    containers: host.containers.filter((found) => !gone.has(found)),
    journal: { ...host.journal, unproved },
  };
}

function afterJob(host: ObservedHost, id: string, items: readonly Item[]): ObservedHost {
  const item = items.find((candidate) => candidate.id === id);
  if (item?.kind !== "job") throw new Error(`no item for ${id}`);
  const key = jobKey(item.key, host.images[item.spec.image] ?? "absent");
  const done = { key, at: "", ...(item.upgrade && { upgrade: item.upgrade }) };
  return { ...host, journal: { ...host.journal, jobs: { ...host.journal.jobs, [id]: done } } };
}

function afterResource(host: ObservedHost, id: string, items: readonly Item[]): ObservedHost {
  const item = items.find((candidate) => candidate.id === id);
  if (item?.kind !== "resource") throw new Error(`no item for ${id}`);
  const resources = { ...host.journal.resources, [id]: { key: item.key, at: "" } };
  return { ...host, journal: { ...host.journal, resources } };
}
