import { type Bundle, baseName, filesOf, LABEL, type Step, shortHash } from "#model";
import { directoryOf, directoryOfFiles, drafts, dropDraft, putBack, takeDraft } from "./directories.ts";
import { unlessFull } from "./durable.ts";
import { comingFiles, hashOf } from "./files.ts";
import type { Ground } from "./ground.ts";
import { type AgentState, remember } from "./state.ts";

type FileStep = Extract<Step, { kind: "file" }>;

/**
 * After a run that ended well: what was written and became no generation is made the files in use where no container
 * has any, or where they are those that it was made from (somebody had changed them by hand). Else it waits for the
 * generation to come, as after genconfig.
 */
export async function takeDrafts(ground: Ground, state: AgentState): Promise<void> {
  const written = drafts(ground);
  if (written.length === 0) return;
  const all = await ground.engine.containers(true);
  const serving = all.filter(({ name, labels }) => labels[LABEL.managed] && baseName(name) === name);
  const had = new Map(
    serving.map((found) => {
      const files = filesOf(found, state.reloads);
      return [directoryOfFiles(files), files] as const;
    }),
  );
  for (const name of written) {
    const files = had.get(name);
    if (!files || isMadeFrom(comingFiles(ground, name), files)) takeDraft(ground, name);
  }
}

/** `files`: path → short hash, as a container was made from them. */
function isMadeFrom(
  coming: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(files).every(([path, hash]) => shortHash(coming[path] ?? "") === hash);
}

/**
 * After a run that did not end well: forgets what it wrote for generations that it did not make, and gives a container
 * that was taking up files as it ran those back that it had. `begun`: numbers of the steps that were begun.
 */
export function dropDrafts(
  ground: Ground,
  state: AgentState,
  bundle: Bundle,
  begun: ReadonlySet<number>,
): void {
  const steps = bundle.steps.filter((step): step is FileStep => step.kind === "file" && begun.has(step.n));
  const items = [...(bundle.earlier ?? []), bundle].flatMap((each) => each.items);
  const read = items.flatMap((item) => (item.kind === "container" ? Object.keys(item.files) : []));
  const touched = new Set(
    [...steps.map(({ path }) => path), ...read].flatMap((path) => directoryOf(path) ?? []),
  );
  for (const name of touched) {
    putBack(ground, name);
    dropDraft(ground, name);
  }
  // The journal names the files that are there; one that it names in vain does no harm.
  unlessFull(() =>
    remember(ground, state, () => {
      for (const step of steps) noteFile(ground, state, step);
    }),
  );
}

function noteFile(ground: Ground, state: AgentState, { path, set }: FileStep): void {
  if (hashOf(ground, path) === null) delete state.files[path];
  else state.files[path] = set.join("/");
}
