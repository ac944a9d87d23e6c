import { LABEL, type ObservedContainer } from "./observed.ts";

/** How a step names a container that an earlier step of the same plan makes: its id is not known when it is planned. */
export function madeBefore(container: string, generation: number): string {
  return `generation ${generation} of ${container}`;
}

/** Whether a container of this name is the one that a step expects, which names it by its id or as `madeBefore` does. */
export function isExpected(
  expects: string | null,
  container: string,
  found: Pick<ObservedContainer, "id" | "labels">,
): boolean {
  const generation = Number(found.labels[LABEL.generation]);
  return expects === found.id || expects === madeBefore(container, generation);
}
