import { type Option, Secret } from "#model";

/** A value that fits its option, or the words that say what it should have been. */
export type Coerced = { value: unknown } | { expected: string };

const TRUE_WORDS = new Set(["yes", "true", "on", "y", "t", "1"]);
const FALSE_WORDS = new Set(["no", "false", "off", "n", "f", "0", ""]);

/**
 * Makes a value what its option wants. The words for flags are those that Ansible's `bool` filter and YAML 1.1 take;
 * numbers may come as text, as templates give them.
 */
export function coerce(option: Option, value: unknown): Coerced {
  switch (option.type) {
    case "flag":
      return asFlag(value);
    case "port":
    case "count":
    case "seconds":
      return inRange(option, asInteger(value), "a whole number");
    case "number":
      return inRange(option, asNumber(value), "a number");
    case "text":
      return asText(value);
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
  }
}

/** What a value looks like in a message: its text, shortened; nothing of a secret. */
export function shown(option: Option, value: unknown): string {
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

function asChoice(option: Option, value: unknown): Coerced {
  const choices = option.choices ?? [];
  const text = String(value);
  return choices.includes(text) ? { value: text } : { expected: `one of ${choices.join(", ")}` };
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
