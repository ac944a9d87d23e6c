import { groupBy } from "./group.ts";

interface Numbered {
  before: string;
  digits: string;
  after: string;
}

/**
 * Names that differ in one number alone, as ranges: compute001 … compute003 and compute007 are
 * "compute[001-003,007]". The number is the last one in a name; names without one, and numbers of another width, stand
 * for themselves. In the order in which each range is first met.
 */
export function nameRanges(names: readonly string[]): string[] {
  const families = groupBy([...new Set(names)].map(numbered), ({ before, digits, after }) =>
    JSON.stringify([before, digits.length, after]),
  );
  return [...families.values()].map((family) => {
    const [{ before, digits, after } = { before: "", digits: "", after: "" }] = family;
    if (family.length === 1) return `${before}${digits}${after}`;
    const numbers = family.map((each) => Number(each.digits)).sort((a, b) => a - b);
    return `${before}[${runs(numbers, digits.length)}]${after}`;
  });
}

/** A name taken apart at its last number. Digits beyond the ninth are of the text before: numbers stay exact. */
function numbered(name: string): Numbered {
  const [, before = "", digits = "", after = ""] = /^(.*?)(\d{0,9})(\D*)$/.exec(name) ?? [];
  return digits === "" ? { before: name, digits, after: "" } : { before, digits, after };
}

/** Ascending numbers as "001-003,007", each as wide as the names have it. */
function runs(numbers: readonly number[], width: number): string {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  const text = (number: number): string => String(number).padStart(width, "0");
  return found.map(([from, to]) => (from === to ? text(from) : `${text(from)}-${text(to)}`)).join(",");
}
