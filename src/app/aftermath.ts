import type { Aftermath, Change } from "#model";
import { count, groupBy } from "#support";

/** So many names of one kind of change are told, and so many hosts; the others are counted. */
const NAMES = 4;
const HOSTS = 8;

/**
 * What a run that did not end well left, host by host: what moved, what is again as before. Hosts of which the same is
 * to be told share their lines. Short enough for one screen.
 */
export function formatAftermath(left: Readonly<Record<string, Aftermath>>): string[] {
  const told = [...groupBy(Object.keys(left), (host) => wordsOf(left[host] as Aftermath).join("\n"))];
  const moved = told.filter(([words]) => words !== AS_BEFORE);
  const whole = [...moved, ...told.filter(([words]) => words === AS_BEFORE)];
  const more = whole.slice(HOSTS).flatMap(([, hosts]) => hosts);
  return [
    ...whole
      .slice(0, HOSTS)
      .flatMap(([words, hosts]) => [`  ${some(hosts)}`, ...words.split("\n").map((line) => `    ${line}`)]),
    ...(more.length > 0 ? [`  and ${count(more.length, "more host")}; --json tells of each`] : []),
  ];
}

const AS_BEFORE = "as before the run";

function wordsOf({ moved, returned, unknown }: Aftermath): string[] {
  if (unknown !== undefined) return [`not known: ${unknown}`];
  const back = returned.length > 0 ? [`again as before: ${fold(returned)}`] : [];
  if (moved.length > 0) return [`moved: ${fold(moved)}`, ...back];
  return back.length > 0 ? [`${AS_BEFORE}: ${fold(returned)}`] : [AS_BEFORE];
}

/** "2 containers replaced: glance_api, nova_api; 12 files withdrawn: …" */
function fold(changes: readonly Change[]): string {
  const groups = groupBy(changes, ({ kind, how }) => `${kind} ${how}`);
  return [...groups.values()]
    .map((group) => {
      const [{ kind, how }] = group as [Change, ...Change[]];
      return `${count(group.length, kind)} ${how}: ${some(group.map(nameOf))}`;
    })
    .join("; ");
}

function nameOf({ kind, name }: Change): string {
  return kind === "file" ? name.replace(/^\/etc\/kolla\//, "") : name;
}

/** The first names, and how many more there are. */
function some(names: readonly string[]): string {
  const more = names.length - NAMES;
  return more > 0 ? `${names.slice(0, NAMES).join(", ")} and ${more} more` : names.join(", ");
}
