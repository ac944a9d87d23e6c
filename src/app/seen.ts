import {
  baseName,
  generationInName,
  type Item,
  LABEL,
  type ObservedContainer,
  type ObservedFile,
  type ObservedHost,
  type Step,
} from "#model";
import { KollaError } from "#support";
import { PLAN_ANEW, type SavedBundle, type Seen } from "./saved-plan.ts";

/**
 * How those things are on a host that its steps speak of: what they change, the images that they use, the generations
 * that they keep. Whatever else moves on the host does not concern the plan.
 */
export function seenOn(
  observed: ObservedHost,
  { steps, items, earlier = [] }: Pick<SavedBundle, "steps" | "items" | "earlier">,
): Seen {
  const used = [...earlier.flatMap((pass) => pass.items), ...items];
  const things = [
    ["machine", observed.facts.nodename],
    ...steps.flatMap((step) => ofStep(step, observed)),
    ...used.flatMap((item) => imageOf(item, observed)),
  ];
  return Object.fromEntries(things);
}

type Thing = readonly [thing: string, words: string];

function ofStep(step: Step, observed: ObservedHost): Thing[] {
  const { journal, images, volumes, files } = observed;
  switch (step.kind) {
    case "image":
      return [imageThing(step.image, images)];
    case "volume":
      return [[`volume ${step.name}`, volumes.includes(step.name) ? "there" : ABSENT]];
    case "file":
      return [[`file ${step.path}`, fileWords(files[step.path])]];
    case "container":
      return containerThings(step.name, observed);
    case "gate":
      return containerThings(step.container, observed);
    case "job":
      return [[step.id, doneWords(journal.jobs[step.id])]];
    case "resource":
      return [[step.id, doneWords(journal.resources[step.id])]];
  }
}

const ABSENT = "not there";

/** The container that serves, each generation that waits, and how many there ever were. */
function containerThings(name: string, { containers, journal }: ObservedHost): Thing[] {
  const own = containers.filter((found) => baseName(found.name) === name);
  const serving = own.find((found) => generationInName(found.name) === undefined);
  const waiting = own.filter((found) => found !== serving);
  return [
    [`container ${name}`, serving ? containerWords(serving) : ABSENT],
    ...waiting.map((found): Thing => [`container ${found.name}`, containerWords(found)]),
    [`generations of ${name}`, String(journal.generations[name] ?? 0)],
  ];
}

function containerWords({ id, imageId, state, labels }: ObservedContainer): string {
  // One that starts again and again is now running and now not.
  const isUp = state === "running" || state === "restarting";
  const generation = labels[LABEL.generation];
  return [
    ...(generation === undefined ? [] : [`generation ${generation}`]),
    isUp ? "running" : state,
    `id ${short(id)}`,
    `image ${short(imageId)}`,
  ].join(", ");
}

function fileWords(found: ObservedFile | undefined): string {
  return found ? `${found.mode} of ${found.uid}:${found.gid}, SHA-256 ${short(found.sha256)}` : ABSENT;
}

function doneWords(done: { key: string; at: string } | undefined): string {
  return done ? `done at ${done.at}` : "never done";
}

function imageOf(item: Item, { images }: ObservedHost): Thing[] {
  return item.kind === "container" || item.kind === "job" ? [imageThing(item.spec.image, images)] : [];
}

function imageThing(reference: string, images: ObservedHost["images"]): Thing {
  const id = images[reference];
  return [`image ${reference}`, id === undefined ? ABSENT : short(id)];
}

/** Enough of a hash to tell it from any other by eye. */
function short(hash: string): string {
  return hash.replace(/^sha256:/, "").slice(0, 12);
}

/** What is no longer as a plan saw it, a problem each; none: the plan may be applied. */
export function movedSince(
  before: Readonly<Record<string, Seen>>,
  now: Readonly<Record<string, Seen>>,
): KollaError[] {
  return Object.entries(before).flatMap(([host, had]) => {
    const has = now[host] ?? {};
    const things = [...new Set([...Object.keys(had), ...Object.keys(has)])];
    return things
      .filter((thing) => had[thing] !== has[thing])
      .map(
        (thing) =>
          new KollaError({
            code: "KOLLA_SAVED_PLAN_MOVED",
            message: `${thing}: the plan saw ${had[thing] ?? ABSENT}; now ${has[thing] ?? ABSENT}`,
            where: { host },
            hint: `Nothing was done. ${PLAN_ANEW}`,
          }),
      );
  });
}
