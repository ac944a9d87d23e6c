import { KollaError, throwProblems } from "#support";

/**
 * Renders a text of the operator's, and throws all names in it that stand for nothing together: once one is told, the
 * text is rendered again with the name among `empty`, which must then stand for an empty text.
 */
export function renderWhole(render: () => string, empty: Set<string>): string {
  const problems: KollaError[] = [];
  try {
    for (;;) {
      try {
        const text = render();
        if (problems.length === 0) return text;
        break;
      } catch (error) {
        const name = undefinedName(error);
        if (name === undefined || empty.has(name)) {
          // What follows from a name's emptiness is no cause of its own.
          if (problems.length === 0) throw error;
          break;
        }
        problems.push(error as KollaError);
        empty.add(name);
      }
    }
  } finally {
    empty.clear();
  }
  throwProblems("KOLLA_TEMPLATE", problems);
  return "";
}

function undefinedName(error: unknown): string | undefined {
  if (!(error instanceof KollaError) || error.code !== "KOLLA_TEMPLATE_UNDEFINED") return undefined;
  return /^'(\w+)' is undefined/.exec(error.message)?.[1];
}
