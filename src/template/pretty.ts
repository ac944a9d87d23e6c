import { dictEntries } from "./dict.ts";
import { repr } from "./repr.ts";
import { sortValues } from "./sequence-methods.ts";
import { isDict, isTuple } from "./values.ts";

const WIDTH = 80;

function sortedEntries(value: object): [unknown, unknown][] {
  return isDict(value) ? sortValues(dictEntries(value), ([key]) => key, false) : [];
}

function flat(value: unknown): string {
  if (isTuple(value)) return repr(value);
  if (Array.isArray(value)) return `[${value.map(flat).join(", ")}]`;
  if (typeof value !== "object" || value === null || !isDict(value)) return repr(value);
  return `{${sortedEntries(value)
    .map(([key, item]) => `${repr(key)}: ${flat(item)}`)
    .join(", ")}}`;
}

/** Python's pprint.pformat: sorted keys, one item a line once a line would be too long. */
export function prettyPrint(value: unknown, indent = 0, allowance = 0): string {
  const text = flat(value);
  if (text.length <= WIDTH - indent - allowance || typeof value !== "object" || value === null) return text;
  const separator = `,\n${" ".repeat(indent + 1)}`;
  if (Array.isArray(value)) {
    const [open, close] = isTuple(value) ? ["(", ")"] : ["[", "]"];
    const parts = value.map((item, index) =>
      prettyPrint(item, indent + 1, index === value.length - 1 ? allowance + 1 : 1),
    );
    return open + parts.join(separator) + close;
  }
  if (!isDict(value)) return text;
  const entries = sortedEntries(value);
  const parts = entries.map(([key, item], index) => {
    const head = `${repr(key)}: `;
    const last = index === entries.length - 1;
    return head + prettyPrint(item, indent + 1 + head.length, last ? allowance + 1 : 1);
  });
  return `{${parts.join(separator)}}`;
}
