import { type Bundle, type FileItem, fileBytes, type Item, itemsAt, LABEL, type Step } from "#model";
import { invariant, sha256 } from "#support";
import { createContainer, replaceContainer } from "./containers.ts";
import { surprise } from "./failure.ts";
import { removeContainer } from "./family.ts";
import { comingHash, dropFile, putFile } from "./files.ts";
import { passGate } from "./gate.ts";
import { pullImage } from "./image.ts";
import { runJob } from "./job.ts";
import { reloadContainer } from "./reload.ts";
import { ensureResource } from "./resource.ts";
import { startContainer } from "./start.ts";
import { remember } from "./state.ts";
import { takeTurn } from "./take-turn.ts";
import { expectContainer, type Work } from "./work.ts";

type Of<K extends Step["kind"]> = Extract<Step, { kind: K }>;

/** Whom a step tells what is worth more than that it ended. */
export interface Hearer {
  /** An older generation, or older files, are back. */
  restored(words: string): void;
  /** The last words of a job that an operator asked for. */
  said(words: string): void;
}

/** Does one step. Throws when it did not end well. */
export async function doStep(work: Work, bundle: Bundle, step: Step, hearer: Hearer): Promise<void> {
  switch (step.kind) {
    case "image":
      return pullImage(work.ground, step.image);
    case "volume":
      return work.ground.engine.volumes.create(step.name, {
        [LABEL.managed]: "true",
        [LABEL.set]: step.set.join("/"),
      });
    case "file":
      return doFile(work, bundle, step);
    case "container":
      return doContainer(work, bundle, step, hearer);
    case "job": {
      const item = itemOf(bundle, step, "job", ({ id }) => id === step.id);
      const words = await runJob(work, item);
      if (words !== undefined) hearer.said(words);
      return;
    }
    case "resource":
      return ensureResource(
        work,
        itemOf(bundle, step, "resource", (item) => item.id === step.id),
      );
    case "gate": {
      const item = containerItem(bundle, step, step.container);
      return passGate(work, item, step, {
        isNew: isCreated(bundle, step.container),
        onRestored: hearer.restored,
      });
    }
  }
}

function doFile(work: Work, bundle: Bundle, step: Of<"file">): void {
  const found = comingHash(work.ground, step.path);
  if (step.verb === "remove") {
    removeFile(work, step, found);
    return;
  }
  const item = itemOf(bundle, step, "file", (candidate) => candidate.path === step.path);
  if (found !== step.expects && found !== sha256(fileBytes(item))) throw surprise(`${step.path} was changed`);
  writeFile(work, item);
}

function removeFile(work: Work, step: Of<"file">, found: string | null): void {
  if (found !== null && found !== step.expects) throw surprise(`${step.path} was changed`);
  dropFile(work.ground, step.path);
  remember(work.ground, work.state, (state) => {
    delete state.files[step.path];
  });
}

/** Remembered first: a file that the agent may have written must never be taken for the operator's. */
function writeFile(work: Work, item: FileItem): void {
  remember(work.ground, work.state, (state) => {
    state.files[item.path] = item.set.join("/");
  });
  putFile(work.ground, item);
}

async function doContainer(work: Work, bundle: Bundle, step: Of<"container">, hearer: Hearer): Promise<void> {
  switch (step.verb) {
    case "create":
      return createContainer(work, containerItem(bundle, step, step.name), step);
    case "replace": {
      const replace = step.beside ? takeTurn : replaceContainer;
      return replace(work, containerItem(bundle, step, step.name), step);
    }
    case "reload":
      return reloadContainer(work, containerItem(bundle, step, step.name), step.expects, hearer.restored);
    case "start": {
      const found = await expectContainer(work, step.name, step.expects);
      const generation = Number(found.labels[LABEL.generation] ?? 0);
      return startContainer(work, containerItem(bundle, step, step.name), generation);
    }
    case "stop":
      await expectContainer(work, step.name, step.expects);
      return work.ground.engine.stop(step.name);
    case "remove":
      await expectContainer(work, step.name, step.expects);
      return removeContainer(work, step.name);
  }
}

/** True when this run makes the container and nothing waits to be restored. */
function isCreated(bundle: Bundle, container: string): boolean {
  return bundle.steps.some(
    (step) => step.kind === "container" && step.verb === "create" && step.name === container,
  );
}

function containerItem(bundle: Bundle, step: Step, name: string) {
  return itemOf(bundle, step, "container", (item) => item.spec.name === name);
}

function itemOf<K extends Item["kind"]>(
  bundle: Bundle,
  { stage }: Step,
  kind: K,
  matches: (item: Extract<Item, { kind: K }>) => boolean,
): Extract<Item, { kind: K }> {
  const found = itemsAt(bundle, stage).find(
    (item): item is Extract<Item, { kind: K }> =>
      item.kind === kind && matches(item as Extract<Item, { kind: K }>),
  );
  invariant(found, `a step speaks of a ${kind} that its bundle does not hold`);
  return found;
}
