import { dictEntries } from "../dict.ts";
import { fail } from "../errors.ts";
import { floatRepr, str } from "../repr.ts";
import { sortValues } from "../sequence-methods.ts";
import { isDict, isFloat, isString, typeName, Undefined } from "../values.ts";
import { escapeYaml, plainIsSafe, singleQuotesSuffice } from "./yaml-scalar.ts";

export interface YamlStyle {
  /** Spaces a level. */
  indent: number;
  /** Columns after which text is folded. */
  width: number;
  sortKeys: boolean;
  /** true: all in brackets; false: none; null: only collections of scalars. */
  flow: boolean | null;
}

function isCollection(value: unknown): value is object {
  return Array.isArray(value) || (typeof value === "object" && value !== null && isDict(value));
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
  const text = floatRepr(value);
  return text.includes(".") || !text.includes("e") ? text : text.replace("e", ".0e");
}

/** The text of anything but strings and collections. */
function scalarText(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "boolean") return String(value);
  if (isFloat(value)) return floatText(Number(value));
  if (value instanceof Undefined) return value.raise();
  return typeof value === "object" ? fail(`YAML has no form of ${typeName(value)}`) : str(value);
}

/** Writes values as PyYAML's emitter does, column by column. */
export class YamlEmitter {
  readonly #style: YamlStyle;
  #out = "";
  #column = 0;
  /** Whether the last thing written was white space. */
  #blank = true;
  /** Whether only indentation and dashes stand in the line so far. */
  #leading = true;
  #indent: number | undefined;
  #flowDepth = 0;

  constructor(style: YamlStyle) {
    this.#style = style;
  }

  /** The document for a value, with a line break at its end. */
  dump(value: unknown): string {
    this.#node(value, false);
    return `${this.#out}\n`;
  }

  #write(text: string): void {
    this.#out += text;
    this.#column += text.length;
  }

  #indicator(text: string, spaced: boolean, dash = false): void {
    if (!this.#blank && spaced) this.#write(" ");
    this.#blank = text === "[" || text === "{";
    this.#leading = this.#leading && dash;
    this.#write(text);
  }

  #breakLine(): void {
    this.#out += "\n";
    this.#column = 0;
    this.#blank = true;
    this.#leading = true;
  }

  /** Goes to the current indentation, in a new line unless the line is still that short. */
  #toIndent(): void {
    const indent = this.#indent ?? 0;
    if (!this.#leading || this.#column > indent || (this.#column === indent && !this.#blank))
      this.#breakLine();
    if (this.#column >= indent) return;
    this.#blank = true;
    this.#write(" ".repeat(indent - this.#column));
  }

  #deeper(flow: boolean, same: boolean, body: () => void): void {
    const outer = this.#indent;
    if (outer === undefined) this.#indent = flow ? this.#style.indent : 0;
    else if (!same) this.#indent = outer + this.#style.indent;
    body();
    this.#indent = outer;
  }

  #entries(value: object): [unknown, unknown][] {
    const entries = isDict(value) ? dictEntries(value) : [];
    const sortable = this.#style.sortKeys && entries.every(([key]) => typeof key === typeof entries[0]?.[0]);
    return sortable ? sortValues(entries, ([key]) => key, false) : entries;
  }

  #node(value: unknown, inMapping: boolean, isKey = false): void {
    if (!isCollection(value)) {
      this.#deeper(true, false, () => this.#scalar(value, isKey));
      return;
    }
    if (isKey) fail("a list or a dict cannot be a key in YAML");
    const items = Array.isArray(value) ? [...value] : this.#entries(value);
    const flow = this.#flowDepth > 0 || items.length === 0 || this.#wantsFlow(value);
    if (Array.isArray(value)) {
      flow ? this.#flowList(items) : this.#blockList(items, inMapping);
      return;
    }
    flow ? this.#flowDict(this.#entries(value)) : this.#blockDict(this.#entries(value));
    return;
  }

  #wantsFlow(value: object): boolean {
    if (this.#style.flow !== null) return this.#style.flow;
    const items = Array.isArray(value) ? [...value] : this.#entries(value).flat();
    return !items.some(isCollection);
  }

  #blockList(items: unknown[], inMapping: boolean): void {
    this.#deeper(false, inMapping && !this.#leading, () => {
      for (const item of items) {
        this.#toIndent();
        this.#indicator("-", true, true);
        this.#node(item, false);
      }
    });
  }

  #blockDict(entries: [unknown, unknown][]): void {
    this.#deeper(false, false, () => {
      for (const [key, item] of entries) {
        this.#toIndent();
        this.#node(key, false, true);
        this.#indicator(":", false);
        this.#node(item, true);
      }
    });
  }

  #flow(open: string, close: string, size: number, write: (index: number) => void): void {
    this.#indicator(open, true);
    this.#flowDepth++;
    this.#deeper(true, false, () => {
      for (let index = 0; index < size; index++) {
        if (index > 0) this.#indicator(",", false);
        if (this.#column > this.#style.width) this.#toIndent();
        write(index);
      }
    });
    this.#flowDepth--;
    this.#indicator(close, false);
  }

  #flowList(items: unknown[]): void {
    this.#flow("[", "]", items.length, (index) => this.#node(items[index], false));
  }

  #flowDict(entries: [unknown, unknown][]): void {
    this.#flow("{", "}", entries.length, (index) => {
      this.#node(entries[index]?.[0], false, true);
      this.#indicator(":", false);
      this.#node(entries[index]?.[1], true);
    });
  }

  #scalar(value: unknown, isKey: boolean): void {
    const text = isString(value) ? String(value) : undefined;
    const plain = text === undefined || plainIsSafe(text, this.#flowDepth > 0);
    if (!this.#blank) this.#write(" ");
    this.#blank = false;
    this.#leading = false;
    if (plain) {
      this.#folded(text ?? scalarText(value), !isKey, false);
      return;
    }
    if (singleQuotesSuffice(text)) {
      this.#singleQuoted(text, !isKey);
      return;
    }
    this.#write(`"${text.replace(/["\\\x85\u2028\u2029\ufeff]|[^\x20-\x7e\xa0-\u{10ffff}]/gu, escapeYaml)}"`);
  }

  #singleQuoted(text: string, fold: boolean): void {
    this.#write("'");
    for (const part of text.split(/(\n+)/)) {
      if (!part.startsWith("\n")) this.#folded(part.replaceAll("'", "''"), fold, true);
      else {
        for (let count = 0; count <= part.length; count++) this.#breakLine();
        this.#toIndent();
      }
    }
    this.#write("'");
  }

  /** Single spaces become line breaks once the line is too long; in quotes, not those at the ends. */
  #folded(text: string, fold: boolean, quoted: boolean): void {
    const parts = text.split(/( +)/);
    for (const [index, part] of parts.entries()) {
      const atEnd =
        quoted && ((index <= 1 && parts[0] === "") || (index >= parts.length - 2 && parts.at(-1) === ""));
      const breaks = part === " " && fold && !atEnd && this.#column > this.#style.width;
      if (!breaks) this.#write(part);
      else {
        this.#leading = false;
        this.#toIndent();
        this.#leading = false;
      }
    }
  }
}
