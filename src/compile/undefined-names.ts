import { KollaError, nearest, throwProblems } from "#support";

/**
 * Renders a text of the operator's, and throws all names in it that stand for nothing together: once one is told, the
 * text is rendered again with the name among `empty`, which must then stand for an empty text. Of the `known` names the
 * nearest is told.
 */
export function renderWhole(render: () => string, empty: Set<string>, known: () => Iterable<string>): string {
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
        problems.push(hinted(error as KollaError, name, known()));
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

function hinted(error: KollaError, name: string, known: Iterable<string>): KollaError {
  const near = nearest(name, known);
  return new KollaError({
    code: error.code,
    message: error.message,
    hint: near
      ? `Did you mean ${near}?`
      : `Set it in globals.yml, or give it a default: {{ ${name} | default('') }}.`,
    ...(error.where && { where: error.where }),
    cause: error,
  });
}
