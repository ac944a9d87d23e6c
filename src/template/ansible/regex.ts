import { fail } from "../errors.ts";

const END_OF_TEXT = "(?=\\n?(?![\\s\\S]))";
const PYTHON_ONLY: Record<string, string> = { "\\A": "(?<![\\s\\S])", "\\Z": "(?![\\s\\S])" };
const PART = /\[\^?\]?(?:[^\]\\]|\\.)*\]|\\.|\(\?P<|\(\?P=(\w+)\)|\(\?[aiLmsux]+\)|\$/gs;

/** A Python pattern as a JavaScript one: named groups, \A, \Z, a final $ and leading flags. */
function translate(pattern: string, multiline: boolean): { source: string; flags: string } {
  let flags = "";
  const source = pattern.replace(PART, (part, name: string | undefined) => {
    if (part === "(?P<") return "(?<";
    if (name !== undefined) return `\\k<${name}>`;
    if (part === "$") return multiline ? "$" : END_OF_TEXT;
    if (!part.startsWith("(?")) return PYTHON_ONLY[part] ?? part;
    flags += part.slice(2, -1).replace(/[^ims]/g, "");
    return "";
  });
  return { source, flags };
}

export interface RegexOptions {
  ignorecase?: boolean;
  multiline?: boolean;
  /** Every match rather than the first. */
  global?: boolean;
  /** Only at the current position. */
  sticky?: boolean;
}

/** Compiles a Python regular expression. Throws KOLLA_TEMPLATE_RUNTIME when it is malformed. */
export function pythonRegex(pattern: string, options: RegexOptions = {}): RegExp {
  const { source, flags } = translate(pattern, options.multiline ?? false);
  const wanted = new Set(flags);
  if (options.ignorecase) wanted.add("i");
  if (options.multiline) wanted.add("m");
  if (options.global) wanted.add("g");
  if (options.sticky) wanted.add("y");
  try {
    return new RegExp(source, [...wanted].join(""));
  } catch (error) {
    return fail(`'${pattern}' is not a regular expression: ${(error as Error).message}`);
  }
}

const ESCAPES: Record<string, string> = { n: "\n", t: "\t", r: "\r", "\\": "\\" };

/** Python's replacement template: \1, \g<1>, \g<name> and the usual escapes. */
export function expandTemplate(template: string, match: RegExpMatchArray): string {
  return template.replace(
    /\\(?:g<(\w+)>|(\d{1,2})|(.))/gs,
    (whole, group?: string, digits?: string, char?: string) => {
      const key = group ?? digits;
      if (key === undefined) return ESCAPES[char ?? ""] ?? whole;
      return groupOf(match, key) ?? "";
    },
  );
}

/** A group by number or name; null when it took no part. Throws when the pattern has no such group. */
export function groupOf(match: RegExpMatchArray, key: string): string | null {
  const numbered = /^\d+$/.test(key);
  if (numbered && Number(key) >= match.length) fail(`invalid group reference ${key}`);
  if (!numbered && !Object.hasOwn(match.groups ?? {}, key)) fail(`unknown group name '${key}'`);
  return (numbered ? match[Number(key)] : match.groups?.[key]) ?? null;
}
