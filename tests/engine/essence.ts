import { LABEL, type ObservedHost } from "#model";

/** What a plan depends on, of what was seen or modelled: without ids, moments and what the engine alone decides. */
export function essence({ containers, files, volumes, journal }: ObservedHost) {
  const { managed, generation, spec, parts, files: held, set } = LABEL;
  const generations = Object.keys(journal.generations ?? {});
  return {
    containers: containers
      .map(({ name, state, labels }) => ({
        name,
        state,
        labels: [managed, generation, spec, parts, held, set].map((label) => labels[label]),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    files: Object.fromEntries(
      Object.entries(files).map(([path, { sha256, mode }]) => [path, [sha256, mode]]),
    ),
    volumes: [...volumes].sort(),
    journal: {
      generations: Object.fromEntries(generations.sort().map((name) => [name, journal.generations?.[name]])),
      unproved: journal.unproved ?? {},
      files: journal.files ?? {},
      jobs: Object.fromEntries(Object.entries(journal.jobs ?? {}).map(([id, { key }]) => [id, key])),
    },
  };
}
