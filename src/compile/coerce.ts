import { type Option, Secret, type TextShape } from "#model";
import { KollaError, nearest, type Where } from "#support";
import { SHAPES } from "./shapes.ts";

/** A value that fits its option, or the words that say what it should have been, and what was probably meant. */
export type Coerced = { value: unknown } | { expected: string; instead?: string | undefined };

const TRUE_WORDS = new Set(["yes", "true", "on", "y", "t", "1"]);
const FALSE_WORDS = new Set(["no", "false", "off", "n", "f", "0", ""]);

/**
 * Makes a value what its option wants. The words for flags are those that Ansible's `bool` filter and YAML 1.1 take;
 * numbers may come as text, as templates give them.
 */
export function coerce(option: Option, value: unknown): Coerced {
  const { type } = option;
  switch (type) {
    case "flag":
      return asFlag(value);
    case "port":
    case "count":
    case "seconds":
      return inRange(option, asInteger(value), "a whole number");
    case "number":
      return inRange(option, asNumber(value), "a number");
    case "choice":
      return asChoice(option, value);
    case "list":
      return asList(value);
    case "map":
      return isMap(value) ? { value } : { expected: "a mapping (key: value)" };
    case "secret":
      return asSecret(option, value);
    case "any":
      return { value };
    default:
      return asShaped(option, type, value);
  }
}

/** KOLLA_OPTION_VALUE: an option has a value that does not fit it. Says what would, and what was probably meant. */
export function wrongValue(
  name: string,
  option: Option,
  value: unknown,
  { expected, instead }: Exclude<Coerced, { value: unknown }>,
  where: Where,
): KollaError {
  return new KollaError({
    code: "KOLLA_OPTION_VALUE",
    message: `${name} is ${shown(option, value)}, but must be ${expected}`,
    where,
    hint: instead === undefined ? option.doc : `Did you mean ${name}: ${asYaml(instead)}? ${option.doc}`,
  });
}

/** KOLLA_OPTION_UNSUPPORTED: an option has a value that asks for what is not here yet. */
export function lackingValue(name: string, { lacks }: Option, where: Where): KollaError {
  const other =
    typeof lacks?.value === "boolean" ? `Set ${name}: ${lacks.value ? "no" : "yes"}, or remove` : "Remove";
  return new KollaError({
    code: "KOLLA_OPTION_UNSUPPORTED",
    message: `${name} is not supported here yet as ${yesNo(lacks?.value)}: ${lacks?.reason}`,
    where,
    hint: `${other} it.`,
  });
}

function yesNo(value: unknown): string {
  return typeof value === "boolean" ? (value ? "yes" : "no") : asYaml(String(value));
}

function asYaml(text: string): string {
  return /^[\w./][\w./:,-]*$/.test(text) && !/:$/.test(text) ? text : JSON.stringify(text);
}

/** What a value looks like in a message: its text, shortened; nothing of a secret. */
function shown(option: Option, value: unknown): string {
  if (option.type === "secret") return "***";
  const text = typeof value === "string" ? `"${value}"` : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** True for what YAML calls a mapping. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asFlag(value: unknown): Coerced {
  if (typeof value === "boolean") return { value };
  if (typeof value === "object") return { expected: "yes or no" };
  const word = String(value).trim().toLowerCase();
  if (TRUE_WORDS.has(word)) return { value: true };
  if (FALSE_WORDS.has(word)) return { value: false };
  return { expected: "yes or no" };
}

function asNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || !/^\s*-?\d+(\.\d+)?\s*$/.test(value)) return undefined;
  return Number(value);
}

function asInteger(value: unknown): number | undefined {
  const number = asNumber(value);
  return number !== undefined && Number.isInteger(number) ? number : undefined;
}

function inRange(option: Option, value: number | undefined, kind: string): Coerced {
  const low = value !== undefined && option.min !== undefined && value < option.min;
  const high = value !== undefined && option.max !== undefined && value > option.max;
  if (value !== undefined && !low && !high) return { value };
  return { expected: `${kind}${limits(option)}` };
}

function limits({ min, max }: Option): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return `, ${min} or more`;
  return max === undefined ? "" : `, ${max} or less`;
}

function asText(value: unknown): Coerced {
  if (typeof value === "string") return { value };
  if (value === null || value === undefined) return { value: "" };
  if (typeof value === "number") return { value: String(value) };
  if (typeof value === "boolean") return { value: value ? "True" : "False" };
  return { expected: "text" };
}

function asShaped(option: Option, shape: TextShape, value: unknown): Coerced {
  const taken = asText(value);
  if (shape === "text" || (option.empty && "value" in taken && taken.value === "")) return taken;
  const text = "value" in taken ? String(taken.value) : undefined;
  if (shape === "words") return text === undefined ? taken : asWords(option, text);
  const { fits, expected, instead } = SHAPES[shape];
  if (text === undefined) return { expected };
  return fits(text) ? { value: text } : { expected, instead: instead?.(text) };
}

/** Words with commas between them; blanks around them are taken. */
function asWords(option: Option, text: string): Coerced {
  const words = text.split(",").map((word) => word.trim());
  const judged = words.map((word) => asWord(option, word));
  const [wrong] = judged.flatMap((each) => ("expected" in each ? [each] : []));
  if (!wrong) return { value: text };
  const meant = judged.map((each, at) => ("value" in each ? words[at] : each.instead));
  return {
    expected: `${wrong.expected}; several with commas`,
    instead: meant.includes(undefined) ? undefined : meant.join(","),
  };
}

function asWord(option: Option, word: string): Coerced {
  if (option.choices) return asChoice(option, word);
  return asShaped({ ...option, empty: false }, option.each ?? "text", word);
}

function asChoice(option: Option, value: unknown): Coerced {
  const choices = option.choices ?? [];
  const text = typeof value === "object" ? "" : String(value);
  if (choices.includes(text)) return { value: text };
  const [only = ""] = choices;
  const expected =
    choices.length === 1 ? `${only}: this version of Kolla deploys no other` : `one of ${choices.join(", ")}`;
  // A number that is like another is no slip of it.
  return { expected, instead: /[a-z]/i.test(text) ? nearest(text, choices) : undefined };
}

function asList(value: unknown): Coerced {
  if (Array.isArray(value)) return { value: [...value] };
  if (value === "" || value === null) return { value: [] };
  return { expected: "a list" };
}

function asSecret(option: Option, value: unknown): Coerced {
  if (option.secret === "ssh-key") return asKeyPair(value);
  if (typeof value === "string" || typeof value === "number") return { value: new Secret(String(value)) };
  return { expected: "text" };
}

function asKeyPair(value: unknown): Coerced {
  const { private_key: privateKey, public_key: publicKey } = isMap(value) ? value : {};
  if (typeof privateKey !== "string" || typeof publicKey !== "string" || privateKey === "") {
    return { expected: "a mapping with private_key and public_key" };
  }
  return { value: { private_key: new Secret(privateKey), public_key: publicKey } };
}

/** True when passwords.yml has the key but nothing under it. */
export function isEmptySecret(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  return isMap(value) && Object.values(value).every((part) => part === null || part === "");
}
