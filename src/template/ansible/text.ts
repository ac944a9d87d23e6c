import { posix } from "node:path";
import { REQUIRED } from "../arguments.ts";
import { fail } from "../errors.ts";
import { str } from "../repr.ts";
import type { Filter } from "../runtime.ts";
import { STRING_METHODS } from "../string-methods.ts";
import { isString, PyTuple, toIndex, truthy } from "../values.ts";
import { ansibleFilter, onlyAnsible } from "./kit.ts";
import { expandTemplate, groupOf, pythonRegex } from "./regex.ts";

interface Flags {
  ignorecase: unknown;
  multiline: unknown;
}

function flagsOf({ ignorecase, multiline }: Flags): { ignorecase: boolean; multiline: boolean } {
  return { ignorecase: truthy(ignorecase), multiline: truthy(multiline) };
}

const regexReplace = ansibleFilter(
  { pattern: "", replacement: "", ignorecase: false, multiline: false, count: 0, mandatory_count: 0 },
  (value, args) => {
    const regex = pythonRegex(str(args.pattern), { ...flagsOf(args), global: true });
    const limit = toIndex(args.count) || Number.POSITIVE_INFINITY;
    const text = str(value);
    let done = 0;
    const replaced = text.replace(regex, (...parts: unknown[]) => {
      if (done >= limit) return String(parts[0]);
      done++;
      return expandTemplate(str(args.replacement), matchFrom(parts));
    });
    const wanted = toIndex(args.mandatory_count) ?? 0;
    if (wanted !== 0 && wanted !== done)
      fail(`'${str(args.pattern)}' should match ${wanted} times, but matches ${done}`);
    return replaced;
  },
);

/** The match that String.replace hands over as loose arguments. */
function matchFrom(parts: unknown[]): RegExpMatchArray {
  const named = typeof parts.at(-1) === "object" ? (parts.at(-1) as Record<string, string>) : undefined;
  const groups = parts.slice(
    0,
    parts.findIndex((part) => typeof part === "number"),
  );
  return Object.assign(groups as string[], { groups: named }) as unknown as RegExpMatchArray;
}

const regexSearch: Filter = function (value, pattern, ...references) {
  const { ignorecase = false, multiline = false } = this.kwargs;
  const match = pythonRegex(str(pattern), flagsOf({ ignorecase, multiline })).exec(str(value));
  if (!match) return null;
  if (references.length === 0) return match[0];
  return references.map((reference) => {
    const key = /^\\g<(\S+)>$|^\\(\d+)$/.exec(str(reference)) ?? fail("Unknown argument");
    return groupOf(match, key[1] ?? key[2] ?? "");
  });
};

const regexFindall = ansibleFilter(
  { regex: REQUIRED, multiline: false, ignorecase: false },
  (value, args) => {
    const matches = [
      ...str(value).matchAll(pythonRegex(str(args.regex), { ...flagsOf(args), global: true })),
    ];
    return matches.map((match) => {
      const groups = match.slice(1).map((group) => group ?? "");
      if (groups.length === 0) return match[0];
      return groups.length === 1 ? groups[0] : PyTuple.make(groups);
    });
  },
);

const regexEscape = ansibleFilter({ re_type: "python" }, (value, { re_type }) => {
  if (re_type === "posix_basic") return str(value).replace(/[\].[^$*\\]/g, "\\$&");
  if (re_type !== "python") fail(`Invalid regex type (${str(re_type)})`);
  return str(value).replace(/[-()[\]{}?*+|^$\\.&~# \t\n\r\v\f]/g, "\\$&");
});

/** Python's shlex.quote. */
function shellQuote(text: string): string {
  if (text === "") return "''";
  return /[^\w@%+=:,./-]/.test(text) ? `'${text.replaceAll("'", `'"'"'`)}'` : text;
}

const split = ansibleFilter({ sep: null, maxsplit: -1 }, (value, { sep, maxsplit }) => {
  if (!isString(value)) fail("split needs a string");
  return STRING_METHODS.split?.(String(value), { args: [sep, maxsplit], kwargs: {} });
});

function base64Kind(urlsafe: unknown): "base64" | "base64url" {
  return truthy(urlsafe) ? "base64url" : "base64";
}

const b64encode = ansibleFilter({ encoding: "utf-8", urlsafe: false }, (value, { urlsafe }) => {
  const encoded = Buffer.from(str(value)).toString(base64Kind(urlsafe));
  return encoded.padEnd(Math.ceil(encoded.length / 4) * 4, "=");
});

const b64decode = ansibleFilter({ encoding: "utf-8", urlsafe: false }, (value, { urlsafe }) =>
  Buffer.from(str(value), base64Kind(urlsafe)).toString("utf8"),
);

/** Python's os.path.basename: what follows the last slash, which may be nothing. */
function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function dirName(path: string): string {
  const head = path.slice(0, path.lastIndexOf("/") + 1);
  return /^\/+$/.test(head) ? head : head.replace(/\/+$/, "");
}

function joinPaths(parts: string[]): string {
  let path = "";
  for (const part of parts) {
    if (part.startsWith("/") || path === "") path = part;
    else path = path.endsWith("/") ? path + part : `${path}/${part}`;
  }
  return path;
}

const pathJoin = ansibleFilter({}, (value) => {
  if (isString(value)) return str(value);
  return Array.isArray(value)
    ? joinPaths(value.map((part) => str(part)))
    : fail("path_join needs a string or a list");
});

function splitExtension(path: string): PyTuple {
  const name = baseName(path);
  const dot = name.lastIndexOf(".");
  const real = dot > 0 && /[^.]/.test(name.slice(0, dot));
  const at = real ? path.length - (name.length - dot) : path.length;
  return PyTuple.make([path.slice(0, at), path.slice(at)]);
}

function normalPath(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal;
}

const commonPath = ansibleFilter({}, (value) => {
  if (!Array.isArray(value) || value.length === 0) return fail("commonpath needs a list of paths");
  const all = value.map((path) => str(path).split("/"));
  const [first = []] = all;
  const shared = first.findIndex((part, index) => all.some((parts) => parts[index] !== part));
  const parts = shared === -1 ? first : first.slice(0, shared);
  return parts.length === 1 && parts[0] === "" ? "/" : parts.join("/");
});

const STYLES: Record<string, Record<string, string>> = {
  plain: { decoration: "# " },
  erlang: { decoration: "% " },
  c: { decoration: "// " },
  cblock: { beginning: "/*", decoration: " * ", end: " */" },
  xml: { beginning: "<!--", decoration: " - ", end: "-->" },
};

function countOf(value: unknown): number {
  return value === undefined ? 1 : (toIndex(value) ?? Number(value));
}

/** Ansible's comment: the text with every line marked, and frames around it. */
const comment: Filter = function (value, given) {
  const { style: named, ...changes } = this.kwargs;
  const style = str(given ?? named ?? "plain");
  const known = STYLES[style] ?? fail(`Invalid style '${style}'`);
  const texts = Object.fromEntries(Object.entries(changes).map(([key, item]) => [key, str(item)]));
  const margin = (texts.decoration ?? known.decoration ?? "").trimEnd();
  const part = {
    newline: "\n",
    beginning: "",
    prefix: margin,
    postfix: margin,
    decoration: "",
    end: "",
    ...known,
    ...texts,
  };
  const { newline, decoration } = part;
  const lines = (decoration + str(value).replaceAll(newline, newline + decoration)).replaceAll(
    decoration + newline,
    decoration.trimEnd() + newline,
  );
  const prefix = part.prefix === newline ? newline : part.prefix === "" ? "" : part.prefix + newline;
  return [
    part.beginning === "" ? "" : part.beginning + newline,
    prefix.repeat(countOf(changes.prefix_count)),
    lines,
    (newline + part.postfix).repeat(countOf(changes.postfix_count)),
    part.end === "" ? "" : newline + part.end,
  ].join("");
};

function pathFilter(body: (path: string) => unknown): Filter {
  return ansibleFilter({}, (value) => body(str(value)));
}

const FILES = "it looks at the files of the machine";

export const TEXT_FILTERS: Record<string, Filter> = {
  b64decode,
  b64encode,
  basename: pathFilter(baseName),
  comment,
  commonpath: commonPath,
  dirname: pathFilter(dirName),
  expanduser: onlyAnsible("expanduser", FILES),
  expandvars: onlyAnsible("expandvars", FILES),
  fileglob: onlyAnsible("fileglob", FILES),
  normpath: pathFilter(normalPath),
  path_join: pathJoin,
  quote: ansibleFilter({}, (value) => shellQuote(value === null ? "" : str(value))),
  realpath: onlyAnsible("realpath", FILES),
  regex_escape: regexEscape,
  regex_findall: regexFindall,
  regex_replace: regexReplace,
  regex_search: regexSearch,
  relpath: ansibleFilter(
    { start: REQUIRED },
    (value, { start }) => posix.relative(str(start), str(value)) || ".",
  ),
  split,
  splitext: pathFilter(splitExtension),
  strftime: onlyAnsible("strftime", "it depends on the time of the run"),
  urldecode: ansibleFilter({}, (value) => decodeURIComponent(str(value).replaceAll("+", " "))),
};
