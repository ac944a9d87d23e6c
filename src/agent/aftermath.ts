import {
  type Aftermath,
  type Bundle,
  baseName,
  type Change,
  type ContainerItem,
  type FileItem,
  fileBytes,
  filesOf,
  generationInName,
  isExpected,
  itemsAt,
  LABEL,
  type RunEvent,
  type Step,
  shortHash,
} from "#model";
import { sha256 } from "#support";
import type { ContainerSummary } from "../engine/index.ts";
import { dropDrafts } from "./drafts.ts";
import { readIfThere } from "./durable.ts";
import { tidy } from "./family.ts";
import { hashOf } from "./files.ts";
import { eventsFile, type Ground } from "./ground.ts";
import type { Work } from "./work.ts";

type Of<K extends Step["kind"]> = Extract<Step, { kind: K }>;

/** Where a change belongs: not as before, or again as before; undefined: nothing to tell. */
type Judged = { is: "moved" | "returned"; change: Change } | undefined;

/**
 * Forgets what the run wrote and did not prove (`dropDrafts`), then looks at the host and tells what of the bundle's steps
 * moved and what is again as before. Looks at the host itself, so that it is true also after an agent that was killed.
 * `sure`: numbers of steps that were begun, beside those that the run's own events tell of.
 */
export async function settle(work: Work, bundle: Bundle, sure: Iterable<number> = []): Promise<Aftermath> {
  const told = begunSteps(work.ground, bundle);
  const begun = new Set([...told.keys(), ...sure]);
  if (begun.size === 0) return { moved: [], returned: [] };
  dropDrafts(work.ground, work.state, bundle, begun);
  await tidy(work.ground, work.state);
  return judge(await lookAt(work, bundle, told), begun);
}

/** As `settle`, of a host whose own part ended well: nothing is withdrawn. */
export async function lookBack(work: Work, bundle: Bundle): Promise<Aftermath> {
  const look = await lookAt(work, bundle, begunSteps(work.ground, bundle));
  return judge(look, new Set(bundle.steps.map(({ n }) => n)));
}

/** Numbers of the steps that the run's events on this host say were begun, and when (ISO 8601). */
export function begunSteps(
  ground: Ground,
  { run, stages }: Pick<Bundle, "run" | "stages">,
): Map<number, string> {
  const files = Array.from({ length: stages }, (_, index) => eventsFile(ground, run, index + 1));
  const events = files
    .flatMap((file) => readIfThere(file)?.toString("utf8").split("\n").filter(Boolean) ?? [])
    .map((line) => JSON.parse(line) as RunEvent);
  return new Map(
    events.flatMap(({ event, step, at }) =>
      event === "step-started" && step !== undefined ? [[step, at]] : [],
    ),
  );
}

function judge(look: Look, begun: ReadonlySet<number>): Aftermath {
  const judged = look.bundle.steps
    .filter(({ n }) => begun.has(n))
    .flatMap((step) => judgeStep(look, step) ?? []);
  const of = (which: "moved" | "returned"): Change[] =>
    judged.filter(({ is }) => is === which).map(({ change }) => change);
  return { moved: of("moved"), returned: of("returned") };
}

/** What the host has now, as far as steps are judged by it. */
interface Look {
  work: Work;
  bundle: Bundle;
  /** Step → when the run began it. */
  begun: ReadonlyMap<number, string>;
  containers: ReadonlyMap<string, ContainerSummary>;
  volumes: ReadonlySet<string>;
}

async function lookAt(work: Work, bundle: Bundle, begun: Look["begun"]): Promise<Look> {
  const { engine } = work.ground;
  const [containers, volumes] = await Promise.all([engine.containers(true), engine.volumes.list()]);
  return {
    work,
    bundle,
    begun,
    containers: new Map(containers.map((found) => [found.name, found])),
    volumes: new Set(volumes.map(({ name }) => name)),
  };
}

function judgeStep(look: Look, step: Step): Judged {
  switch (step.kind) {
    case "image":
      return undefined;
    case "gate":
      return judgeGate(look, step);
    case "volume":
      return look.volumes.has(step.name) ? moved("volume", step.name, "created") : undefined;
    case "file":
      return judgeFile(look, step);
    case "container":
      return judgeContainer(look, step);
    case "job":
    case "resource": {
      const done = look.work.state[step.kind === "job" ? "jobs" : "resources"][step.id];
      // What an earlier run did is remembered until it is done again.
      const isDone = done !== undefined && done.at >= (look.begun.get(step.n) ?? "");
      return moved(step.kind, step.id.replace(/^\w+:/, ""), isDone ? "done" : "begun");
    }
  }
}

function judgeFile({ work, bundle }: Look, step: Of<"file">): Judged {
  const now = hashOf(work.ground, step.path);
  const wanted = wantedHash(bundle, step);
  if (now === step.expects && wanted !== step.expects) return returned("file", step.path, "withdrawn");
  // What is neither is somebody else's change.
  if (now !== wanted || now === step.expects) return undefined;
  return moved("file", step.path, step.verb === "remove" ? "removed" : "written");
}

/** SHA-256 of what a step on a file leaves; null where it leaves none. */
function wantedHash(bundle: Bundle, step: Of<"file">): string | null {
  if (step.verb === "remove") return null;
  const item = itemsAt(bundle, step.stage).find(
    (candidate): candidate is FileItem => candidate.kind === "file" && candidate.path === step.path,
  );
  return item ? sha256(fileBytes(item)) : null;
}

function judgeContainer(look: Look, step: Of<"container">): Judged {
  const now = look.containers.get(step.name);
  switch (step.verb) {
    case "create":
      if (generationOf(now) === step.generation)
        return moved("container", step.name, proved(look, step.name, "created"));
      return now ? undefined : returned("container", step.name, "removed again");
    case "replace":
      return judgeReplaced(look, step, now);
    case "reload":
      return judgeReloaded(look, step, now);
    case "start":
      return now?.state === "running"
        ? moved("container", step.name, proved(look, step.name, "started"))
        : undefined;
    case "stop":
      return now?.state === "running" ? undefined : moved("container", step.name, "stopped");
    case "remove":
      return now ? undefined : moved("container", step.name, "removed");
  }
}

function judgeReplaced(
  look: Look,
  step: Of<"container"> & { verb: "replace" },
  now: ContainerSummary | undefined,
): Judged {
  if (generationOf(now) === step.generation)
    return moved("container", step.name, proved(look, step.name, "replaced"));
  if (now && isExpected(step.expects, step.name, now)) return judgeBack(look, step, now);
  if (now) return undefined;
  const waits = [...look.containers.values()].some(
    ({ name }) => baseName(name) === step.name && generationInName(name) === step.keeps,
  );
  return moved("container", step.name, waits ? `gone, generation ${step.keeps} waits stopped` : "gone");
}

/** The older one has its name again, or never lost it. */
function judgeBack(look: Look, step: Of<"container"> & { verb: "replace" }, now: ContainerSummary): Judged {
  const { name, keeps } = step;
  if (now.state !== "running") return moved("container", name, `back, but ${now.state}`);
  if (look.work.state.unproved[name] !== undefined)
    return moved("container", name, "back, not proved healthy");
  return returned("container", `${name} (generation ${keeps})`, "back");
}

/** A gate alone may take a container back that an earlier run had left in its own gate. */
function judgeGate(look: Look, step: Of<"gate">): Judged {
  const { container, restores } = step;
  const isAlone = !look.bundle.steps.some((other) => other.kind === "container" && other.name === container);
  const now = look.containers.get(container);
  if (!isAlone || restores === undefined || !now || (generationOf(now) ?? 0) !== restores) return undefined;
  return moved("container", container, `taken back to generation ${restores}`);
}

function judgeReloaded(look: Look, step: Of<"container">, now: ContainerSummary | undefined): Judged {
  const item = itemsAt(look.bundle, step.stage).find(
    (candidate): candidate is ContainerItem =>
      candidate.kind === "container" && candidate.spec.name === step.name,
  );
  if (!now || !item || !isExpected(step.expects, step.name, now)) return undefined;
  const has = filesOf(now, look.work.state.reloads);
  const isNew = Object.entries(item.files).every(([path, hash]) => has[path] === shortHash(hash));
  if (isNew) return moved("container", step.name, "reloaded");
  const how = proved(look, step.name, "back on its files");
  return how === "back on its files"
    ? returned("container", step.name, how)
    : moved("container", step.name, how);
}

/** A container that was cut off in its gate serves, and nobody knows how well. */
function proved(look: Look, name: string, how: string): string {
  return look.work.state.unproved[name] === undefined ? how : `${how}, not proved healthy`;
}

function generationOf(found: ContainerSummary | undefined): number | undefined {
  const text = found?.labels[LABEL.generation];
  return text === undefined ? undefined : Number(text);
}

const moved = (kind: Change["kind"], name: string, how: string): Judged => ({
  is: "moved",
  change: { kind, name, how },
});

const returned = (kind: Change["kind"], name: string, how: string): Judged => ({
  is: "returned",
  change: { kind, name, how },
});
