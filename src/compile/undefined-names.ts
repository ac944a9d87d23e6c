import { KollaError, KollaErrors, nearest, throwProblems } from "#support";

/**
 * Renders a text of the operator's, and throws all names in it that stand for nothing together: once one is told, the
 * text is rendered again with the name among `empty`, which must then stand for an empty text. Of the `known` names the
 * nearest is told.
 */
export function renderWhole(render: () => string, empty: Set<string>, known: () => Iterable<string>): string {
  try {
    return renderedOrAllNames(render, empty, known);
  } catch (error) {
    throw error instanceof KollaError && !(error instanceof KollaErrors) ? hinted(error, MEND) : error;
  }
}

function renderedOrAllNames(render: () => string, empty: Set<string>, known: () => Iterable<string>): string {
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
        problems.push(hinted(error as KollaError, hintFor(name, known())));
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

const MEND = "Mend the Jinja2 there. Filters and tests are those of Jinja2 and of Ansible's own collection.";

function hintFor(name: string, known: Iterable<string>): string {
  const near = nearest(name, known);
  return near
    ? `Did you mean ${near}?`
    : `Set it in globals.yml, or give it a default: {{ ${name} | default('') }}.`;
}

/** With this hint, unless it has its own. */
function hinted(error: KollaError, hint: string): KollaError {
  if (error.hint !== undefined) return error;
  const { code, message, where } = error;
  return new KollaError({ code, message, hint, ...(where && { where }), cause: error });
}
