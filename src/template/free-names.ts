import { DEFAULT_GLOBALS } from "./objects.ts";
import { parseTemplate } from "./parser.ts";
import { outsideNames } from "./symbols.ts";

const PLAIN = { trimBlocks: false, lstripBlocks: false, keepTrailingNewline: true };

/**
 * The variables a template reads and does not set itself, Jinja's own globals left out, as
 * jinja2.meta.find_undeclared_variables finds them. Parents and includes are not followed.
 * Throws KOLLA_TEMPLATE_SYNTAX.
 */
export function freeNames(source: string): string[] {
  const { body } = parseTemplate(source, "<template>", PLAIN);
  return [...outsideNames(body)].filter((name) => !DEFAULT_GLOBALS.has(name));
}
