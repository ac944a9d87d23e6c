import type { Option } from "#model";
import { KollaError, nearest, type Where } from "#support";

/** As it stands on a command line or in a file; a repeated flag or key is a list. */
export type RawValue = string | boolean | readonly string[];

export interface Given {
  name: string;
  value: RawValue;
  where?: Where;
}

type Wanted = Pick<Option, "type" | "min" | "max" | "choices"> & Partial<Option>;

const TRUE = /^(true|1|on|yes)$/i;
const FALSE = /^(false|0|off|no)$/i;

/** The value in its option's type; on a wrong one, a KOLLA_BUILD_OPTION_TYPE is added to the problems. */
export function checkValue(option: Wanted, given: Given, problems: KollaError[]): unknown {
  const wrong = (wanted: string): undefined => {
    problems.push(
      new KollaError({
        code: "KOLLA_BUILD_OPTION_TYPE",
        message: `${given.name} is "${String(given.value)}", but must be ${wanted}`,
        ...(given.where && { where: given.where }),
      }),
    );
    return undefined;
  };
  switch (option.type) {
    case "flag":
      return flagOf(given.value) ?? wrong("true or false");
    case "count":
      return (
        countOf(option, given.value) ??
        wrong(`a whole number${option.min ? ` of at least ${option.min}` : ""}`)
      );
    case "choice":
      return option.choices?.includes(String(given.value))
        ? given.value
        : wrong(choicesText(option, given.value));
    case "list":
      return wordsOf(given.value);
    case "map":
      return tableOf(given.value) ?? wrong("NAME:value, separated by commas");
    default:
      return Array.isArray(given.value) ? given.value.join("\n") : String(given.value);
  }
}

function flagOf(value: RawValue): boolean | undefined {
  if (typeof value === "boolean") return value;
  const text = String(value);
  return TRUE.test(text) ? true : FALSE.test(text) ? false : undefined;
}

function countOf(option: Wanted, value: RawValue): number | undefined {
  const number = /^\d+$/.test(String(value)) ? Number(value) : Number.NaN;
  return number >= (option.min ?? 0) && number <= (option.max ?? Number.MAX_SAFE_INTEGER)
    ? number
    : undefined;
}

function choicesText(option: Wanted, value: RawValue): string {
  const choices = option.choices ?? [];
  if (choices.length === 1) return `${choices[0]}: this version of Kolla has no other`;
  // A number that is like another is no slip of it.
  const near = /[a-z]/i.test(String(value)) ? nearest(String(value), choices) : undefined;
  return `one of ${choices.join(", ")}${near === undefined ? "" : ` (did you mean ${near}?)`}`;
}

function wordsOf(value: RawValue): string[] {
  const texts = Array.isArray(value) ? (value as readonly string[]) : [String(value)];
  return texts
    .flatMap((text) => text.split(","))
    .map((word) => word.trim())
    .filter(Boolean);
}

function tableOf(value: RawValue): Record<string, string> | undefined {
  const table: Record<string, string> = {};
  for (const word of wordsOf(value)) {
    const [, name, text] = /^([A-Za-z_][A-Za-z0-9_]*)[:=](.*)$/.exec(word) ?? [];
    if (name === undefined) return undefined;
    table[name] = text ?? "";
  }
  return table;
}
