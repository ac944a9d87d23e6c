import { type Ini, type IniValue, Secret } from "#model";
import { KollaError, throwProblems, type Where } from "#support";

/** One value of a key: its lines (a continued value has several, an empty one none) and where it was written. */
export interface IniAssignment {
  readonly lines: readonly string[];
  readonly where?: Where;
}

/** Section → key → values in order; a key that is repeated in one file has several. Section "" stands before any header. */
export type IniSections = ReadonlyMap<string, ReadonlyMap<string, readonly IniAssignment[]>>;

export interface IniDocument {
  readonly sections: IniSections;
}

type MutableSections = Map<string, Map<string, IniAssignment[]>>;

/** An assignment that may still be continued by indented lines. */
interface Open {
  key: string;
  lines: string[];
  line: number;
}

/**
 * Reads INI as oslo.config's iniparser does, which is what Kolla-Ansible's merge_configs reads with:
 * indented lines continue a value, a blank line or a comment ends it, one pair of quotes round a value is dropped,
 * the first of `=` and `:` separates. Throws all KOLLA_INI_SYNTAX problems of the text together.
 */
export function parseIni(text: string, path: string): IniDocument {
  const reader = new IniReader(path);
  text.split("\n").forEach((line, index) => {
    reader.read(line.trimEnd(), index + 1);
  });
  return reader.finish();
}

class IniReader {
  readonly #path: string;
  readonly #sections: MutableSections = new Map();
  readonly #problems: KollaError[] = [];
  #section = "";
  #open: Open | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  read(line: string, number: number): void {
    if (line.startsWith(" ") || line.startsWith("\t")) {
      this.#continue(line, number);
      return;
    }
    this.#close();
    if (line.startsWith("[")) this.#header(line, number);
    else if (line && !line.startsWith("#") && !line.startsWith(";")) this.#assign(line, number);
  }

  finish(): IniDocument {
    this.#close();
    throwProblems("KOLLA_INI_SYNTAX", this.#problems);
    return { sections: this.#sections };
  }

  #continue(line: string, number: number): void {
    if (this.#open) this.#open.lines.push(line.trimStart());
    else
      this.#refuse(
        number,
        "an indented line that continues nothing",
        "Remove the blanks at its start, or put it directly below the value that it continues.",
      );
  }

  #header(line: string, number: number): void {
    const name = line.endsWith("]") ? line.slice(1, -1) : "";
    if (!name) {
      this.#refuse(number, `"${line}" is not a section header`, "Write [name], and nothing after it.");
      return;
    }
    this.#section = name;
    if (!this.#sections.has(name)) this.#sections.set(name, new Map());
  }

  /** The line itself is not quoted in a refusal: it may hold a password. */
  #assign(line: string, number: number): void {
    const at = line.search(/[=:]/);
    const key = line.slice(0, Math.max(at, 0)).trim();
    if (key) this.#open = { key, lines: [unquote(line.slice(at + 1).trim())], line: number };
    else
      this.#refuse(
        number,
        at < 0 ? "neither a section, nor a comment, nor key = value" : `no key before "${line[at]}"`,
        'Write "key = value".',
      );
  }

  #close(): void {
    const open = this.#open;
    this.#open = undefined;
    if (!open) return;
    const section = this.#sections.get(this.#section) ?? new Map<string, IniAssignment[]>();
    this.#sections.set(this.#section, section);
    const lines = open.lines.length === 1 && open.lines[0] === "" ? [] : open.lines;
    const where = { file: this.#path, line: open.line, key: open.key };
    section.set(open.key, [...(section.get(open.key) ?? []), { lines, where }]);
  }

  #refuse(line: number, message: string, hint: string): void {
    this.#problems.push(
      new KollaError({ code: "KOLLA_INI_SYNTAX", message, hint, where: { file: this.#path, line } }),
    );
  }
}

/**
 * Layers documents as merge_configs does: per section and key the last document that has it wins, with all its
 * values; sections and keys stay where they were first seen; nothing can be deleted.
 */
export function mergeIni(layers: readonly IniDocument[]): IniDocument {
  const merged: Map<string, Map<string, readonly IniAssignment[]>> = new Map();
  for (const layer of layers)
    for (const [name, keys] of layer.sections) {
      const section = merged.get(name) ?? new Map<string, readonly IniAssignment[]>();
      merged.set(name, section);
      for (const [key, values] of keys) section.set(key, values);
    }
  return { sections: merged };
}

/**
 * Prints a document in the form that merge_configs writes: "key = value" (or "key=value" without whitespace),
 * continued lines indented below their value, an empty line after each section. Keys outside any section come first,
 * whichever layer brought them. A value that would lose its quotes or outer blanks on reading is quoted.
 */
export function printIni(ini: IniDocument, options: { whitespace?: boolean } = {}): string {
  const blank = options.whitespace === false ? "" : " ";
  const outside = ini.sections.get("");
  const first = outside?.size ? [printSection("", outside, blank)] : [];
  const named = [...ini.sections].filter(([name]) => name !== "");
  return [...first, ...named.map(([name, keys]) => printSection(name, keys, blank))].join("");
}

function printSection(
  name: string,
  keys: ReadonlyMap<string, readonly IniAssignment[]>,
  blank: string,
): string {
  const header = name ? `[${name}]\n` : "";
  const body = [...keys].flatMap(([key, values]) => values.map((value) => printValue(key, value, blank)));
  return `${header}${body.join("")}\n`;
}

function printValue(key: string, value: IniAssignment, blank: string): string {
  const [first = "", ...more] = value.lines;
  const start = `${key}${blank}=`;
  const indent = " ".repeat(start.length + blank.length);
  const head = value.lines.length === 0 ? start : `${start}${blank}${quoteIfNeeded(first)}`;
  return `${[head, ...more.map((line) => `${indent}${line}`)].join("\n")}\n`;
}

/** A document from a service's data: lists become repeated keys, undefined and empty lists leave the key out. */
export function iniFromValues(values: Ini): IniDocument {
  const sections = Object.entries(values).map(([name, keys]) => [name, sectionFromValues(keys)] as const);
  return { sections: new Map(sections) };
}

function sectionFromValues(keys: Readonly<Record<string, IniValue>>): Map<string, IniAssignment[]> {
  const entries = Object.entries(keys).map(([key, value]) => [key, assignments(value)] as const);
  return new Map(entries.filter(([, values]) => values.length > 0));
}

function assignments(value: IniValue): IniAssignment[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.map((one) => ({ lines: linesOf(String(one)) }));
  return [{ lines: linesOf(value instanceof Secret ? value.reveal() : String(value)) }];
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.split("\n").filter((line, index) => index === 0 || line.trim() !== "");
}

function unquote(value: string): string {
  return isQuoted(value) ? value.slice(1, -1) : value;
}

function quoteIfNeeded(value: string): string {
  return isQuoted(value) || value !== value.trim() ? `"${value}"` : value;
}

/** A lone quote counts, as it does for iniparser. */
function isQuoted(value: string): boolean {
  return (value.startsWith("'") || value.startsWith('"')) && value[0] === value.at(-1);
}
