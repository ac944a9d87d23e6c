import { REQUIRED } from "./arguments.ts";
import { dictEntries } from "./dict.ts";
import { fail } from "./errors.ts";
import { escapeHtml, escapeText } from "./escape.ts";
import { filterOf, textFilter } from "./filter-kit.ts";
import { dumpJson } from "./json.ts";
import { percentFormat } from "./percent-format.ts";
import { prettyPrint } from "./pretty.ts";
import { str } from "./repr.ts";
import type { Filter } from "./runtime.ts";
import { capitalize, center, replaceText, splitLines, stripCharacters } from "./string-methods.ts";
import {
  characters,
  isDict,
  isString,
  iterableOf,
  iterate,
  Markup,
  PyTuple,
  toIndex,
  truthy,
  typeName,
  Undefined,
} from "./values.ts";
import { wordWrap } from "./wordwrap.ts";

/** Some filters of Jinja's take strings only. */
function requireText(value: unknown): string {
  if (value instanceof Undefined) value.raise();
  return isString(value) ? String(value) : fail(`a string is needed, not ${typeName(value)}`);
}

function countOf(value: unknown, what: string): number {
  return toIndex(value) ?? fail(`${what} must be an integer`);
}

const format: Filter = function (value, ...args) {
  const named = Object.keys(this.kwargs).length > 0;
  if (named && args.length > 0) fail("can't handle positional and keyword arguments at the same time");
  const operands = named ? new Map(Object.entries(this.kwargs)) : PyTuple.make(args);
  const text = percentFormat(value instanceof Markup ? value : str(value), operands);
  return value instanceof Markup ? new Markup(text) : text;
};

const replace = filterOf({ old: REQUIRED, new: REQUIRED, count: null }, (value, args) => {
  const limit = args.count === null ? -1 : countOf(args.count, "count");
  return replaceText(str(value), str(args.old), str(args.new), limit);
});

const indent = filterOf({ width: 4, first: false, blank: false }, (value, { width, first, blank }) => {
  const margin = isString(width) ? String(width) : " ".repeat(Math.max(0, countOf(width, "width")));
  const lines = splitLines(`${requireText(value)}\n`);
  const [head = "", ...rest] = lines;
  const indented = rest.map((line) => (line !== "" || truthy(blank) ? margin + line : line));
  return (truthy(first) ? margin : "") + [head, ...indented].join("\n");
});

const trim = filterOf({ chars: null }, (value, { chars }) =>
  stripCharacters(str(value), chars === null ? undefined : new Set(characters(str(chars)))),
);

/** Jinja's title: the letter after whitespace, a hyphen or an opening bracket is a capital. */
function title(text: string): string {
  return text
    .split(/([-\s({[<]+)/u)
    .map((part) => capitalize(part))
    .join("");
}

const truncate = filterOf(
  { length: 255, killwords: false, end: "...", leeway: null },
  (value, { length, killwords, end, leeway }) => {
    const all = characters(requireText(value));
    const ending = str(end);
    const size = countOf(length, "length");
    const spare = leeway === null ? 5 : countOf(leeway, "leeway");
    if (size < ending.length) fail(`expected length >= ${ending.length}, got ${size}`);
    if (all.length <= size + spare) return all.join("");
    const cut = all.slice(0, size - ending.length).join("");
    const space = truthy(killwords) ? -1 : cut.lastIndexOf(" ");
    return (space === -1 ? cut : cut.slice(0, space)) + ending;
  },
);

function quoteUrl(text: string, safe: string): string {
  const encoded = encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return safe === "" ? encoded : encoded.replaceAll("%2F", "/");
}

function urlencode(value: unknown): string {
  if (isString(value) || iterableOf(value) === undefined) return quoteUrl(str(value), "/");
  const pairs = isDict(value) ? dictEntries(value) : [...iterate(value)].map((item) => [...iterate(item)]);
  const quote = (item: unknown): string => quoteUrl(str(item), "").replaceAll("%20", "+");
  return pairs.map(([key, item]) => `${quote(key)}=${quote(item)}`).join("&");
}

const xmlattr = filterOf({ autospace: true }, (value, { autospace }) => {
  if (!isDict(value)) return fail("xmlattr needs a mapping");
  const given = dictEntries(value).filter(([, item]) => item !== null && !(item instanceof Undefined));
  const attributes = given.map(([key, item]) => {
    if (/[\s/>=]/.test(str(key))) fail(`Invalid character in attribute name: '${str(key)}'`);
    return `${escapeHtml(key).text}="${escapeHtml(item).text}"`;
  });
  const text = attributes.join(" ");
  return (truthy(autospace) && text !== "" ? " " : "") + text;
});

const ENTITY_NAMES: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
};

function unescapeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      return ENTITY_NAMES[name ?? ""] ?? whole;
    },
  );
}

function stripTags(text: string): string {
  const bare = text.replace(/<!--.*?-->/gs, "").replace(/<.*?>/gs, "");
  return unescapeEntities(
    bare
      .split(/\s+/)
      .filter((word) => word !== "")
      .join(" "),
  );
}

const URL =
  /^(?:(?:https?:\/\/|www\.)(?:[\w%-]+\.)*(?:[a-z]{2,63}|xn--[\w%]{2,59})|(?:[\w%-]{2,63}\.)+(?:com|net|int|edu|gov|org|info|mil)|https?:\/\/(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:]+\]))(?::\d{1,5})?(?:[/?#]\S*)?$/i;
const MAIL = /^[^\s@<>]+@[\w.-]+\.\w+$/;

const urlize = filterOf(
  { trim_url_limit: null, nofollow: false, target: null, rel: null, extra_schemes: null },
  (value, { trim_url_limit, nofollow, target, rel }) => {
    const limit =
      trim_url_limit === null ? Number.POSITIVE_INFINITY : countOf(trim_url_limit, "trim_url_limit");
    const rels = new Set(["noopener", ...(rel === null ? [] : str(rel).split(" "))]);
    if (truthy(nofollow)) rels.add("nofollow");
    const tail = target === null ? "" : ` target="${escapeText(str(target))}"`;
    const attributes = ` rel="${[...rels].sort().join(" ")}"${tail}`;
    const shorten = (text: string): string => (text.length > limit ? `${text.slice(0, limit)}...` : text);
    const words = escapeHtml(value).text.split(/(\s+)/);
    return words.map((word) => linkWord(word, attributes, shorten)).join("");
  },
);

function linkWord(word: string, attributes: string, shorten: (text: string) => string): string {
  const [, head = "", middle = "", tail = ""] =
    /^((?:[(<]|&lt;)*)(.*?)((?:[).,>\n]|&gt;)*)$/s.exec(word) ?? [];
  if (MAIL.test(middle)) return `${head}<a href="mailto:${middle}">${middle}</a>${tail}`;
  if (!URL.test(middle)) return word;
  const address = /^(?:https?:|mailto:|ftp:)/i.test(middle) ? middle : `https://${middle}`;
  return `${head}<a href="${address}"${attributes}>${shorten(middle)}</a>${tail}`;
}

const wordwrap = filterOf(
  { width: 79, break_long_words: true, wrapstring: null, break_on_hyphens: true },
  (value, { width, break_long_words, wrapstring, break_on_hyphens }) => {
    const options = {
      width: countOf(width, "width"),
      breakWords: truthy(break_long_words),
      hyphens: truthy(break_on_hyphens),
    };
    const separator = wrapstring === null ? "\n" : str(wrapstring);
    return splitLines(requireText(value))
      .map((line) => wordWrap(line, options).join(separator))
      .join(separator);
  },
);

function toJson(value: unknown, indentation: unknown): Markup {
  const spaces = indentation === null ? undefined : countOf(indentation, "indent");
  const text = dumpJson(value, { sortKeys: true, ...(spaces === undefined ? {} : { indent: spaces }) });
  const safe = { "<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "'": "\\u0027" } as Record<string, string>;
  return new Markup(text.replace(/[<>&']/g, (char) => safe[char] ?? char));
}

function wrapMarkup(body: (text: string) => string): Filter {
  return filterOf({}, (value) => (value instanceof Markup ? new Markup(body(value.text)) : body(str(value))));
}

export const TEXT_FILTERS: Record<string, Filter> = {
  capitalize: wrapMarkup(capitalize),
  center: filterOf({ width: 80 }, (value, { width }) => {
    const text = str(value);
    const size = characters(text).length;
    const wanted = countOf(width, "width");
    return wanted <= size ? text : center(text, size, wanted, " ");
  }),
  e: filterOf({}, escapeHtml),
  escape: filterOf({}, escapeHtml),
  forceescape: filterOf({}, (value) => new Markup(escapeText(str(value)))),
  format,
  indent,
  lower: wrapMarkup((text) => text.toLowerCase()),
  pprint: filterOf({}, (value) => prettyPrint(value)),
  replace,
  safe: filterOf({}, (value) => new Markup(str(value))),
  string: filterOf({}, (value) => (value instanceof Markup ? value : str(value))),
  striptags: textFilter(stripTags),
  title: wrapMarkup(title),
  tojson: filterOf({ indent: null }, (value, args) => toJson(value, args.indent)),
  trim,
  truncate,
  upper: wrapMarkup((text) => text.toUpperCase()),
  urlencode: filterOf({}, urlencode),
  urlize,
  wordcount: textFilter((text) => (text.match(/[\p{L}\p{N}_]+/gu) ?? []).length),
  wordwrap,
  xmlattr,
};
