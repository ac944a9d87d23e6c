import { type Desired, LABEL, type ObservedHost, type Step, type Undone } from "#model";

/** What of earlier rollbacks these steps take back. Another rollback takes none back: it is what the operator wants now. */
export function undone(
  desired: Desired,
  observed: Readonly<Record<string, ObservedHost>>,
  steps: readonly Step[],
): Undone[] {
  const wanted = new Set(
    desired.hosts.flatMap(({ host, items }) =>
      items.flatMap((item) =>
        item.kind === "container" && item.returnsTo !== undefined ? [`${host} ${item.spec.name}`] : [],
      ),
    ),
  );
  return steps.flatMap((step) => {
    if (step.kind !== "container" || !["replace", "reload", "remove"].includes(step.verb)) return [];
    const { host, name } = step;
    const found = observed[host]?.containers.find((container) => container.name === name);
    const generation = found?.labels[LABEL.generation];
    const returned = generation !== undefined && observed[host]?.journal.returned?.[name]?.[generation];
    return returned && !wanted.has(`${host} ${name}`) ? [{ ...returned, host, name }] : [];
  });
}
