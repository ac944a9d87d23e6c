import type { Generations } from "../app/index.ts";
import { alignColumns } from "./columns.ts";
import { copyLines } from "./copy-text.ts";

/** So many things are named where a run changed many. */
const NAMED = 4;

/**
 * The runs that hosts remember, the newest first, each with what it changed, and below them the containers that are
 * spoken of and can return to another generation.
 */
export function formatGenerations({ records, runs, kept, copies }: Generations): string {
  if (runs.length === 0) return NOTHING;
  const unrecorded = Object.entries(records).flatMap(([host, { now }]) => (now ? [] : [host]));
  const lines = runs.map(({ run, verb, began, outcome, changed }) => [
    run,
    verb,
    began.replace("T", " ").slice(0, 19),
    outcome,
    Object.entries(changed)
      .map(([host, names]) => `${host}: ${names ? some(names) : "the oldest that it remembers"}`)
      .join("; "),
  ]);
  const rows = kept.flatMap(({ host, container, serving, generations }) => {
    const others = generations.filter((generation) => generation !== serving);
    return others.length === 0 ? [] : [[container, host, String(serving ?? "-"), others.join(", ")]];
  });
  const copied = copyLines(copies);
  return [
    ...(copied.length > 0 ? [copied.join("\n")] : []),
    alignColumns([["AFTER RUN", "VERB", "BEGAN (UTC)", "ENDED", "WHICH CHANGED"], ...lines]),
    ...(rows.length > 0 ? [alignColumns([["CONTAINER", "HOST", "SERVES", "ALSO KEPT"], ...rows])] : []),
    ...(unrecorded.length > 0
      ? [`No record, because no run of Kolla has changed them: ${some(unrecorded)}.`]
      : []),
    "To return: kolla rollback [SET…|CONTAINER…], --to RUN for how it was after that run, --to N for a container's generation N.",
  ].join("\n\n");
}

const NOTHING = "Hosts remember no run that changed it. kolla deploy begins the record.";

function some(names: readonly string[]): string {
  const more = names.length - NAMED;
  return more > 0 ? `${names.slice(0, NAMED).join(", ")} and ${more} more` : names.join(", ");
}
