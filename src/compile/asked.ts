import { isDeepStrictEqual } from "node:util";

const ON = /^(true|yes|on|1|y|t)$/i;
const OFF = /^(false|no|off|0|n|f)$/i;

/** Whether a flag is on, in any of the words that Ansible takes for it. */
export function isOn(value: unknown): boolean {
  return value === true || ON.test(String(value).trim());
}

/** Whether two values mean the same to Kolla-Ansible: "no" and false, "8080" and 8080, nothing and an empty text. */
export function isSame(value: unknown, other: unknown): boolean {
  const [a, b] = [plain(value), plain(other)];
  return typeof a === "object" || typeof b === "object" ? isDeepStrictEqual(a, b) : a === b;
}

function plain(value: unknown): unknown {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  const text = String(value).trim();
  if (ON.test(text)) return "true";
  return OFF.test(text) ? "false" : text;
}
