import {
  type Bundle,
  baseName,
  type FileItem,
  fileBytes,
  filesOf,
  LABEL,
  type ObservedContainer,
  type Step,
  shortHash,
} from "#model";
import { sha256 } from "#support";
import { hashOf, putBackFile, restoreRights } from "./files.ts";
import type { Ground } from "./ground.ts";
import { type AgentState, remember } from "./state.ts";

/** A container that has its name now, and the files it was made from or took up: path → short hash. */
type Reader = Readonly<Record<string, string>>;

/** A file as a run wants it, and as it was before: full hashes, null where there is none; undefined: not known. */
interface Wanted {
  path: string;
  hash: string | null;
  before: string | null | undefined;
}

/** Files that could not be put back: path → why. */
export type NotPutBack = Readonly<Record<string, string>>;

/**
 * Puts back every file that the run wrote here and that no container was made from, so that no older container lies
 * over files it was never proved with; also those that a run which was cut off had left so. Files that somebody else
 * changed meanwhile stay. `begun`: numbers of the steps that were begun.
 */
export async function putBackUnproved(
  ground: Ground,
  state: AgentState,
  bundle: Bundle,
  begun: ReadonlySet<number>,
): Promise<NotPutBack> {
  const readers = await readersOn(ground, state);
  const failed: Record<string, string> = {};
  for (const file of wantedFiles(bundle)) {
    const target = targetOf(ground, file, readers);
    if (target === undefined) continue;
    try {
      putBackFile(ground, file.path, target);
      if (target === null) forget(ground, state, file.path);
    } catch (error) {
      failed[file.path] = (error as Error).message;
    }
  }
  for (const step of bundle.steps)
    if (begun.has(step.n) && isOfRights(bundle, step)) restoreRights(ground, step.path, step.expects);
  return failed;
}

/** Whether what the run wrote is in place, and some container that reads the file was not made from it. */
export function isUnproved(ground: Ground, path: string, readers: readonly Reader[]): boolean {
  const now = hashOf(ground, path);
  return readers.some((reader) => reader[path] !== undefined && reader[path] !== short(now));
}

/** The files of all containers of ours that have their name: not of those that wait beside them. */
export async function readersOn(ground: Ground, state: AgentState): Promise<Reader[]> {
  const all = await ground.engine.containers(true);
  const serving = all.filter(
    ({ name, labels }) => labels[LABEL.managed] !== undefined && baseName(name) === name,
  );
  return serving.map((found) => filesOf(found as Pick<ObservedContainer, "id" | "labels">, state.reloads));
}

/** Short hash of what the file is to be again, null for none; undefined where it stays as it is. */
function targetOf(ground: Ground, file: Wanted, readers: readonly Reader[]): string | null | undefined {
  const now = hashOf(ground, file.path);
  if (now !== file.hash || file.hash === file.before) return undefined;
  const read = readers.flatMap((reader) => reader[file.path] ?? []);
  if (now !== null && read.includes(shortHash(now))) return undefined;
  const [before] = read;
  if (before !== undefined) return before;
  // A file that no container has any more goes with the containers that had it.
  return file.hash === null || file.before === undefined ? undefined : short(file.before);
}

/** What the run's steps write and remove, and what else its containers read. */
function wantedFiles(bundle: Bundle): Wanted[] {
  const written = bundle.steps.flatMap((step): Wanted[] =>
    step.kind === "file" ? [{ path: step.path, hash: wantedHash(bundle, step), before: step.expects }] : [],
  );
  const told = new Set(written.map(({ path }) => path));
  const read = bundle.items.flatMap((item) =>
    item.kind === "container" ? Object.entries(item.files).filter(([path]) => !told.has(path)) : [],
  );
  return [...written, ...read.map(([path, hash]) => ({ path, hash, before: undefined }))];
}

/** SHA-256 of what a step on a file leaves; null where it leaves none. */
export function wantedHash(bundle: Bundle, step: Extract<Step, { kind: "file" }>): string | null {
  if (step.verb === "remove") return null;
  const item = bundle.items.find(
    (candidate): candidate is FileItem => candidate.kind === "file" && candidate.path === step.path,
  );
  return item ? sha256(fileBytes(item)) : null;
}

/** A file that only gets another mode or owner. */
function isOfRights(
  bundle: Bundle,
  step: Step,
): step is Extract<Step, { kind: "file" }> & { expects: string } {
  return step.kind === "file" && step.expects !== null && step.expects === wantedHash(bundle, step);
}

function forget(ground: Ground, state: AgentState, path: string): void {
  remember(ground, state, () => {
    delete state.files[path];
  });
}

const short = (hash: string | null): string | null => (hash === null ? null : shortHash(hash));
