import { dictEntries } from "./dict.ts";
import { fail } from "./errors.ts";
import { formatValue } from "./format-spec.ts";
import { repr, str } from "./repr.ts";
import { type CallArguments, isDict, Undefined, type UndefinedMode } from "./values.ts";

/** How the attributes and items of a value are looked up; str.format is itself an attribute. */
interface Access {
  attribute(value: unknown, name: string, mode: UndefinedMode): unknown;
  item(value: unknown, key: unknown, mode: UndefinedMode): unknown;
}

interface Field {
  path: string;
  conversion: string;
  spec: string;
}

/** Walks `{…}` fields; `replace` gives the text of one. Doubled braces are literal. */
function replaceFields(template: string, replace: (field: string) => string): string {
  let result = "";
  for (let at = 0; at < template.length; at++) {
    const char = template[at] ?? "";
    if (char !== "{" && char !== "}") result += char;
    else if (template[at + 1] === char) {
      result += char;
      at++;
    } else {
      if (char === "}") fail("Single '}' encountered in format string");
      const end = fieldEnd(template, at);
      result += replace(template.slice(at + 1, end));
      at = end;
    }
  }
  return result;
}

function fieldEnd(template: string, start: number): number {
  let depth = 0;
  for (let at = start; at < template.length; at++) {
    if (template[at] === "{") depth++;
    if (template[at] === "}" && --depth === 0) return at;
  }
  return fail("expected '}' before end of string");
}

function splitField(field: string): Field {
  const match = /^([^!:]*)(?:!([^:]*))?(?::(.*))?$/s.exec(field);
  if (!match) return fail(`bad format field '${field}'`);
  const [, path = "", conversion = "", spec = ""] = match;
  return { path, conversion, spec };
}

function convert(value: unknown, conversion: string): unknown {
  if (conversion === "") return value;
  if (conversion === "r") return repr(value);
  if (conversion === "s") return str(value);
  return fail(`Unknown conversion specifier '${conversion}'`);
}

function follow(start: unknown, path: string, access: Access): unknown {
  let value = start;
  for (const [, attribute, item] of path.matchAll(/\.([^.[]+)|\[([^\]]+)\]/g)) {
    if (attribute !== undefined) value = access.attribute(value, attribute, "default");
    else if (item !== undefined)
      value = access.item(value, /^\d+$/.test(item) ? Number(item) : item, "default");
    if (value instanceof Undefined) value.raise();
  }
  return value;
}

function stringFormat(template: string, call: CallArguments, access: Access): string {
  let automatic = 0;
  const lookUp = (path: string): unknown => {
    const [name = ""] = /^[^.[]*/.exec(path) ?? [];
    const key = name === "" ? automatic++ : name;
    const numbered = typeof key === "number" || /^\d+$/.test(key);
    const known = numbered ? Number(key) < call.args.length : Object.hasOwn(call.kwargs, key);
    if (!known) {
      fail(
        numbered ? `Replacement index ${key} out of range for positional args tuple` : `KeyError: '${key}'`,
      );
    }
    return follow(numbered ? call.args[Number(key)] : call.kwargs[key], path.slice(name.length), access);
  };
  const render = (text: string): string =>
    replaceFields(text, (field) => {
      const { path, conversion, spec } = splitField(field);
      return formatValue(convert(lookUp(path), conversion), spec.includes("{") ? render(spec) : spec);
    });
  return render(template);
}

function mappingArguments(mapping: unknown): Record<string, unknown> {
  if (!isDict(mapping)) return fail("format_map() needs a mapping");
  return Object.fromEntries(dictEntries(mapping).map(([key, value]) => [String(key), value]));
}

type Method = (text: string, call: CallArguments) => string;

/** Python's str.format and str.format_map, which look attributes up as safely as everywhere in a template. */
export function formatMethods(access: Access): { format: Method; format_map: Method } {
  return {
    format: (text, call) => stringFormat(text, call, access),
    format_map: (text, { args: [mapping] }) =>
      stringFormat(text, { args: [], kwargs: mappingArguments(mapping) }, access),
  };
}
