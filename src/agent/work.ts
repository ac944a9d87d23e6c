import { cpus } from "node:os";
import PQueue from "p-queue";
import { type Bundle, isExpected, type Step } from "#model";
import type { ContainerDetails } from "../engine/index.ts";
import { surprise } from "./failure.ts";
import type { Ground } from "./ground.ts";
import { type AgentState, loadState, remember } from "./state.ts";

/** What steps on containers work with. */
export interface Work {
  ground: Ground;
  state: AgentState;
  /** The run that works. */
  bundle: Bundle;
  /** Containers that it told to stop for their next generation → the seconds since. */
  stopped: Map<string, () => number>;
  /** Those that prove themselves beside others, which serve meanwhile: a program that loads keeps processors busy. */
  proving: PQueue;
}

/** Processors for each of those that prove themselves beside others at once. */
const PROCESSORS = 4;

/** Work of a run on a host, as the host remembers it. */
export function workOf(ground: Ground, bundle: Bundle): Work {
  const concurrency = Math.max(1, Math.floor(cpus().length / PROCESSORS));
  return {
    ground,
    state: loadState(ground),
    bundle,
    stopped: new Map(),
    proving: new PQueue({ concurrency }),
  };
}

/** What a step says of the generation that it makes. */
export type Made = Pick<
  Extract<Step, { kind: "container"; verb: "create" | "replace" }>,
  "generation" | "port"
>;

/** A step that puts one generation in the place of another. */
export type Replacing = Made & { keeps: number; expects: string };

/** Writes down that a container serves and that nobody knows yet how well; without a generation: that one knows. */
export function markUnproved(work: Work, name: string, generation: number | undefined): void {
  remember(work.ground, work.state, (state) => {
    if (generation === undefined) delete state.unproved[name];
    else state.unproved[name] = generation;
  });
}

/** The container of this name, as a step expects it. Throws when the host has another one or none. */
export async function expectContainer(work: Work, name: string, expects: string): Promise<ContainerDetails> {
  const found = await work.ground.engine.inspect(name);
  if (!found || !isExpected(expects, name, found))
    throw surprise(`The container ${name} is ${found ? "another one" : "gone"}`);
  return found;
}
