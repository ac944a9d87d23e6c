import { makeFloat, makeInt } from "./values.ts";

const SHORT: Record<string, string> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
  "\n": "",
};
const HEX_LENGTH: Record<string, number> = { x: 2, u: 4, U: 8 };
const ESCAPE = /\\(?:([0-7]{1,3})|([xuU])([0-9a-fA-F]*)|(N)|(.))/gs;

function fromHex(kind: string, digits: string): string | undefined {
  const wanted = HEX_LENGTH[kind] ?? 0;
  const code = Number.parseInt(digits.slice(0, wanted), 16);
  if (digits.length < wanted || code > 0x10ffff) return undefined;
  return String.fromCodePoint(code) + digits.slice(wanted);
}

/** Decodes the escapes of a Python string literal; undefined when one is malformed. */
export function unescapeString(body: string): string | undefined {
  if (!body.includes("\\")) return body;
  let broken = false;
  const text = body.replace(
    ESCAPE,
    (whole, octal?: string, kind?: string, digits?: string, name?: string, char?: string) => {
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      if (kind !== undefined) {
        const decoded = fromHex(kind, digits ?? "");
        broken ||= decoded === undefined;
        return decoded ?? "";
      }
      broken ||= name !== undefined;
      return SHORT[char ?? ""] ?? whole;
    },
  );
  return broken ? undefined : text;
}

/** The value of an integer literal such as 42, 0x2a or 1_000. */
export function integerLiteral(text: string): number | bigint {
  return makeInt(BigInt(text.replaceAll("_", "").toLowerCase()));
}

/** The float that a number in a template means; 1_000.5 may have underscores. */
export function floatLiteral(text: string): unknown {
  return makeFloat(Number(text.replaceAll("_", "")));
}
