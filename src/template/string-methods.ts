import { bind, REQUIRED } from "./arguments.ts";
import { fail } from "./errors.ts";
import { sliceIndices } from "./operators.ts";
import {
  type CallArguments,
  characters,
  isString,
  iterate,
  PyTuple,
  toIndex,
  truthy,
  typeName,
  Undefined,
} from "./values.ts";

type Method = (text: string, call: CallArguments) => unknown;

function textOf(value: unknown, name: string): string {
  if (isString(value)) return String(value);
  if (value instanceof Undefined) value.raise();
  return fail(`${name}() argument must be str, not ${typeName(value)}`);
}

function stripper(name: string, left: boolean, right: boolean): Method {
  return (text, call) => {
    const { chars } = bind(`${name}()`, { chars: null }, call);
    const wanted = chars === null ? undefined : new Set(characters(textOf(chars, name)));
    return stripCharacters(text, wanted, left, right);
  };
}

/** Python's strip: whitespace, or any of the given characters, from one or both ends. */
export function stripCharacters(
  text: string,
  chars: Set<string> | undefined,
  left = true,
  right = true,
): string {
  const strips = (char: string | undefined): boolean =>
    char !== undefined && (chars ? chars.has(char) : /\s/.test(char) || SEPARATORS.includes(char));
  const all = characters(text);
  let start = 0;
  let end = all.length;
  while (left && start < end && strips(all[start])) start++;
  while (right && end > start && strips(all[end - 1])) end--;
  return all.slice(start, end).join("");
}

function splitWhitespace(text: string, limit: number, fromRight: boolean): string[] {
  const words = text.split(/\s+/).filter((word) => word !== "");
  if (limit < 0 || words.length <= limit + 1) return words;
  return fromRight ? splitLastWords(text, limit) : splitFirstWords(text, limit);
}

function splitFirstWords(text: string, limit: number): string[] {
  const found: string[] = [];
  let rest = text.trimStart();
  for (let count = 0; count < limit && rest !== ""; count++) {
    const word = /^\S+/.exec(rest)?.[0] ?? "";
    found.push(word);
    rest = rest.slice(word.length).trimStart();
  }
  return rest === "" ? found : [...found, rest];
}

function splitLastWords(text: string, limit: number): string[] {
  const found: string[] = [];
  let rest = text.trimEnd();
  for (let count = 0; count < limit && rest !== ""; count++) {
    const word = /\S+$/.exec(rest)?.[0] ?? "";
    found.unshift(word);
    rest = rest.slice(0, rest.length - word.length).trimEnd();
  }
  return rest === "" ? found : [rest, ...found];
}

function splitOn(text: string, separator: string, limit: number, fromRight: boolean): string[] {
  if (separator === "") fail("empty separator");
  const parts = text.split(separator);
  if (limit < 0 || parts.length <= limit + 1) return parts;
  const cut = fromRight ? parts.length - limit : limit;
  const [first, second] = [parts.slice(0, cut), parts.slice(cut)];
  return fromRight ? [first.join(separator), ...second] : [...first, second.join(separator)];
}

function splitter(name: string, fromRight: boolean): Method {
  return (text, call) => {
    const { sep, maxsplit } = bind(`${name}()`, { sep: null, maxsplit: -1 }, call);
    const limit = toIndex(maxsplit) ?? fail(`${name}() maxsplit must be an integer`);
    if (sep === null) return splitWhitespace(text, limit, fromRight);
    return splitOn(text, textOf(sep, name), limit, fromRight);
  };
}

function partitioner(fromRight: boolean): Method {
  return (text, { args }) => {
    const separator = textOf(args[0], "partition");
    if (separator === "") fail("empty separator");
    const at = fromRight ? text.lastIndexOf(separator) : text.indexOf(separator);
    if (at === -1) return PyTuple.make(fromRight ? ["", "", text] : [text, "", ""]);
    return PyTuple.make([text.slice(0, at), separator, text.slice(at + separator.length)]);
  };
}

/** The part of the text between two optional indices, and where it starts. */
function region(text: string, start: unknown, stop: unknown): { part: string; offset: number } | undefined {
  const all = characters(text);
  const picked = sliceIndices(all.length, { start: start ?? null, stop: stop ?? null, step: null });
  const offset = picked[0] ?? toIndex(start) ?? 0;
  if (offset > all.length) return undefined;
  return { part: picked.map((index) => all[index]).join(""), offset };
}

function affix(name: "startsWith" | "endsWith"): Method {
  return (text, { args: [wanted, start, stop] }) => {
    const found = region(text, start, stop);
    const options = wanted instanceof PyTuple ? [...wanted] : [wanted];
    return (
      found !== undefined && options.some((option) => found.part[name](textOf(option, name.toLowerCase())))
    );
  };
}

function finder(fromRight: boolean): (text: string, call: CallArguments) => number {
  return (text, { args: [wanted, start, stop] }) => {
    const found = region(text, start, stop);
    if (!found) return -1;
    const needle = textOf(wanted, "find");
    const at = fromRight ? found.part.lastIndexOf(needle) : found.part.indexOf(needle);
    return at === -1 ? -1 : characters(found.part.slice(0, at)).length + found.offset;
  };
}

function indexer(fromRight: boolean): Method {
  const find = finder(fromRight);
  return (text, call) => {
    const at = find(text, call);
    return at === -1 ? fail("substring not found") : at;
  };
}

function countText(text: string, { args: [wanted, start, stop] }: CallArguments): number {
  const needle = textOf(wanted, "count");
  const part = region(text, start, stop)?.part ?? "";
  return needle === "" ? characters(part).length + 1 : part.split(needle).length - 1;
}

/** Python's str.replace, with an optional limit (negative: all). */
export function replaceText(text: string, old: string, replacement: string, limit: number): string {
  if (limit < 0) return text.replaceAll(old, () => replacement);
  const parts = old === "" ? ["", ...characters(text), ""] : text.split(old);
  const count = Math.min(limit, parts.length - 1);
  const tail = parts.slice(count).join(old);
  return (
    parts
      .slice(0, count)
      .map((part) => part + replacement)
      .join("") + tail
  );
}

function replaceMethod(text: string, call: CallArguments): string {
  const { old, replacement, count } = bind(
    "replace()",
    { old: REQUIRED, replacement: REQUIRED, count: -1 },
    call,
  );
  return replaceText(text, textOf(old, "replace"), textOf(replacement, "replace"), toIndex(count) ?? -1);
}

function justifier(pad: (text: string, size: number, width: number, fill: string) => string): Method {
  return (text, { args: [width, fill = " "] }) => {
    const size = characters(text).length;
    const wanted = toIndex(width) ?? fail("the width must be an integer");
    return wanted <= size ? text : pad(text, size, wanted, textOf(fill, "fill"));
  };
}

/** Python's str.center: the odd space goes left when the width is odd, else right. */
export function center(text: string, size: number, width: number, fill: string): string {
  const spare = width - size;
  const left = Math.floor(spare / 2) + (spare & width & 1);
  return fill.repeat(left) + text + fill.repeat(spare - left);
}

function zeroFill(text: string, { args: [width] }: CallArguments): string {
  const wanted = toIndex(width) ?? fail("the width must be an integer");
  const sign = /^[-+]/.exec(text)?.[0] ?? "";
  return sign + text.slice(sign.length).padStart(wanted - sign.length, "0");
}

/** Python's str.capitalize. */
export function capitalize(text: string): string {
  const [first = "", ...rest] = characters(text);
  return first.toUpperCase() + rest.join("").toLowerCase();
}

/** Python's str.title: every run of letters begins with a capital. */
export function titleCase(text: string): string {
  return text.replace(/\p{L}+/gu, capitalize);
}

function swapCase(text: string): string {
  return characters(text)
    .map((char) => (char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase()))
    .join("");
}

function matcher(pattern: RegExp): Method {
  return (text) => pattern.test(text);
}

const hasLetters = (text: string): boolean => text.toLowerCase() !== text.toUpperCase();

function joinMethod(text: string, { args: [items] }: CallArguments): string {
  return [...iterate(items)]
    .map((item, index) => {
      if (item instanceof Undefined) item.raise();
      if (isString(item)) return String(item);
      return fail(`sequence item ${index}: expected str instance, ${typeName(item)} found`);
    })
    .join(text);
}

/** Characters that Python counts as space and JavaScript does not. */
const SEPARATORS = "\x1c\x1d\x1e\x1f\x85";
const LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029";

/** Python's str.splitlines. */
export function splitLines(text: string, keepEnds = false): string[] {
  const lines: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (!LINE_ENDS.includes(text.charAt(at))) continue;
    const end = at + (text.startsWith("\r\n", at) ? 2 : 1);
    lines.push(text.slice(start, keepEnds ? end : at));
    start = end;
    at = end - 1;
  }
  return start < text.length ? [...lines, text.slice(start)] : lines;
}

function expandTabs(text: string, call: CallArguments): string {
  const size = toIndex(bind("expandtabs()", { tabsize: 8 }, call).tabsize) ?? 8;
  let column = 0;
  const expanded = characters(text).map((char) => {
    if (char === "\t") {
      const spaces = size > 0 ? size - (column % size) : 0;
      column += spaces;
      return " ".repeat(spaces);
    }
    column = char === "\n" || char === "\r" ? 0 : column + 1;
    return char;
  });
  return expanded.join("");
}

/** What str offers to templates beside format(); encode() and the like, which give bytes, are left out. */
export const STRING_METHODS: Record<string, Method> = {
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  casefold: (text) => text.replaceAll("ß", "ss").toLowerCase(),
  capitalize: (text) => capitalize(text),
  title: (text) => titleCase(text),
  swapcase: (text) => swapCase(text),
  strip: stripper("strip", true, true),
  lstrip: stripper("lstrip", true, false),
  rstrip: stripper("rstrip", false, true),
  split: splitter("split", false),
  rsplit: splitter("rsplit", true),
  partition: partitioner(false),
  rpartition: partitioner(true),
  splitlines: (text, call) =>
    splitLines(text, truthy(bind("splitlines()", { keepends: false }, call).keepends)),
  startswith: affix("startsWith"),
  endswith: affix("endsWith"),
  find: finder(false),
  rfind: finder(true),
  index: indexer(false),
  rindex: indexer(true),
  count: countText,
  replace: replaceMethod,
  join: joinMethod,
  zfill: zeroFill,
  ljust: justifier((text, size, width, fill) => text + fill.repeat(width - size)),
  rjust: justifier((text, size, width, fill) => fill.repeat(width - size) + text),
  center: justifier(center),
  expandtabs: expandTabs,
  removeprefix: (text, { args: [prefix] }) => {
    const start = textOf(prefix, "removeprefix");
    return text.startsWith(start) ? text.slice(start.length) : text;
  },
  removesuffix: (text, { args: [suffix] }) => {
    const end = textOf(suffix, "removesuffix");
    return end !== "" && text.endsWith(end) ? text.slice(0, -end.length) : text;
  },
  isdigit: matcher(/^\p{Nd}+$/u),
  isdecimal: matcher(/^\p{Nd}+$/u),
  isnumeric: matcher(/^\p{N}+$/u),
  isalpha: matcher(/^\p{L}+$/u),
  isalnum: matcher(/^[\p{L}\p{N}]+$/u),
  isspace: matcher(/^\s+$/),
  isascii: matcher(/^[\0-\x7f]*$/),
  isidentifier: matcher(/^[\p{L}_][\p{L}\p{N}_]*$/u),
  islower: (text) => hasLetters(text) && text === text.toLowerCase(),
  isupper: (text) => hasLetters(text) && text === text.toUpperCase(),
  istitle: (text) => hasLetters(text) && text === titleCase(text),
};
