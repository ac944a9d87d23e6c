import { failSyntax } from "./errors.ts";
import { unescapeString } from "./literals.ts";

export type TokenType =
  | "data"
  | "variable_begin"
  | "variable_end"
  | "block_begin"
  | "block_end"
  | "name"
  | "string"
  | "integer"
  | "float"
  | "operator"
  | "eof";

export interface Token {
  type: TokenType;
  /** Decoded for strings and data, the source text for everything else. */
  value: string;
  line: number;
}

export interface Whitespace {
  trimBlocks: boolean;
  lstripBlocks: boolean;
  keepTrailingNewline: boolean;
}

const OPENING = /\{[%{#]/g;
const RAW_BEGIN = /\{%[-+]?\s*raw\s*(?:-%\}\s*|%\})/y;
const SPACE = /\s+/y;
const FLOAT = /(?<!\.)(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?e[+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/iy;
const INTEGER = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy;
const NAME = /[\p{L}\p{N}_]+/uy;
const STRING = /'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*"/sy;
const OPERATOR = /\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\](){}<>=.:|,;]/y;
const LITERALS: [TokenType, RegExp][] = [
  ["float", FLOAT],
  ["integer", INTEGER],
  ["name", NAME],
  ["string", STRING],
];
const CLOSING: Record<string, string> = { "(": ")", "[": "]", "{": "}" };

function normaliseNewlines(source: string, keepTrailingNewline: boolean): string {
  const text = source.includes("\r") ? source.replace(/\r\n?/g, "\n") : source;
  return !keepTrailingNewline && text.endsWith("\n") ? text.slice(0, -1) : text;
}

class Lexer {
  readonly #source: string;
  readonly #file: string;
  readonly #lstripBlocks: boolean;
  readonly #blockEnd: RegExp;
  readonly #commentEnd: RegExp;
  readonly #rawEnd: RegExp;
  readonly #tokens: Token[] = [];
  #position = 0;
  #line = 1;
  #lineStarting = true;

  constructor(source: string, file: string, whitespace: Whitespace) {
    this.#source = normaliseNewlines(source, whitespace.keepTrailingNewline);
    this.#file = file;
    this.#lstripBlocks = whitespace.lstripBlocks;
    const after = whitespace.trimBlocks ? "\\n?" : "";
    this.#blockEnd = new RegExp(`\\+%\\}|-%\\}\\s*|%\\}${after}`, "y");
    this.#commentEnd = new RegExp(`\\+#\\}|-#\\}\\s*|#\\}${after}`, "g");
    this.#rawEnd = new RegExp(`\\{%([-+]?)\\s*endraw\\s*(?:\\+%\\}|-%\\}\\s*|%\\}${after})`, "g");
  }

  run(): Token[] {
    while (this.#position < this.#source.length) this.#root();
    this.#push("eof", "");
    return this.#tokens;
  }

  #push(type: TokenType, value: string): void {
    this.#tokens.push({ type, value, line: this.#line });
  }

  #advance(to: number): void {
    for (let at = this.#source.indexOf("\n", this.#position); at !== -1 && at < to; ) {
      this.#line++;
      at = this.#source.indexOf("\n", at + 1);
    }
    if (to > this.#position) this.#lineStarting = this.#source[to - 1] === "\n";
    this.#position = to;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    return pattern.exec(this.#source)?.[0];
  }

  /** Text up to `end`, stripped as the sign of the tag that follows asks. */
  #text(end: number, sign: string | undefined, isVariable: boolean): void {
    let text = this.#source.slice(this.#position, end);
    if (sign === "-") text = text.trimEnd();
    else if (sign !== "+" && this.#lstripBlocks && !isVariable) {
      const lineStart = text.lastIndexOf("\n") + 1;
      const startsLine = lineStart > 0 || this.#lineStarting;
      if (startsLine && text.slice(lineStart).trim() === "") text = text.slice(0, lineStart);
    }
    if (text !== "") this.#push("data", text);
    this.#advance(end);
  }

  #root(): void {
    OPENING.lastIndex = this.#position;
    const opening = OPENING.exec(this.#source);
    if (!opening) {
      this.#push("data", this.#source.slice(this.#position));
      this.#advance(this.#source.length);
      return;
    }
    const start = opening.index;
    const next = this.#source[start + 2];
    const sign = next === "-" || next === "+" ? next : undefined;
    this.#text(start, sign, opening[0] === "{{");
    this.#tag(opening[0], start + (sign ? 3 : 2));
  }

  #tag(opening: string, inside: number): void {
    if (opening === "{#") {
      this.#comment(inside);
      return;
    }
    const raw = this.#match(RAW_BEGIN);
    if (raw !== undefined) {
      this.#raw(raw);
      return;
    }
    const kind = opening === "{{" ? "variable" : "block";
    this.#push(`${kind}_begin`, opening);
    this.#advance(inside);
    this.#expression(kind);
  }

  #comment(inside: number): void {
    this.#commentEnd.lastIndex = inside;
    const end = this.#commentEnd.exec(this.#source);
    if (!end) this.#fail("Missing end of comment tag");
    this.#advance(end.index + end[0].length);
  }

  #raw(opening: string): void {
    this.#advance(this.#position + opening.length);
    this.#rawEnd.lastIndex = this.#position;
    const end = this.#rawEnd.exec(this.#source);
    if (!end) this.#fail("Missing end of raw directive");
    this.#text(end.index, end[1], false);
    this.#advance(end.index + end[0].length);
  }

  #expression(kind: "variable" | "block"): void {
    const end = kind === "variable" ? /-\}\}\s*|\}\}/y : this.#blockEnd;
    const open: string[] = [];
    for (;;) {
      const space = this.#match(SPACE);
      const closing = open.length === 0 && space === undefined ? this.#match(end) : undefined;
      if (closing !== undefined) {
        this.#push(`${kind}_end`, closing);
        this.#advance(this.#position + closing.length);
        return;
      }
      if (space !== undefined) this.#advance(this.#position + space.length);
      else if (this.#position >= this.#source.length) return;
      else this.#token(open);
    }
  }

  #token(open: string[]): void {
    for (const [type, pattern] of LITERALS) {
      const text = this.#match(pattern);
      if (text === undefined) continue;
      this.#push(type, type === "string" ? this.#decode(text) : text);
      this.#advance(this.#position + text.length);
      return;
    }
    const operator = this.#match(OPERATOR);
    if (operator === undefined) this.#fail(`unexpected char '${this.#source[this.#position]}'`);
    this.#balance(operator, open);
    this.#push("operator", operator);
    this.#advance(this.#position + operator.length);
  }

  #decode(literal: string): string {
    return unescapeString(literal.slice(1, -1)) ?? this.#fail(`invalid escape in ${literal}`);
  }

  #balance(operator: string, open: string[]): void {
    const closing = CLOSING[operator];
    if (closing !== undefined) open.push(closing);
    if (!")]}".includes(operator)) return;
    const expected = open.pop();
    if (expected === undefined) this.#fail(`unexpected '${operator}'`);
    if (expected !== operator) this.#fail(`unexpected '${operator}', expected '${expected}'`);
  }

  #fail(message: string): never {
    failSyntax(message, this.#file, this.#line);
  }
}

/** Cuts a template into tokens; throws KOLLA_TEMPLATE_SYNTAX with the line. */
export function tokenize(source: string, file: string, whitespace: Whitespace): Token[] {
  return new Lexer(source, file, whitespace).run();
}

/** Cuts a lone expression (without its braces) into tokens. */
export function tokenizeExpression(source: string, file: string): Token[] {
  const plain = { trimBlocks: false, lstripBlocks: false, keepTrailingNewline: true };
  const tokens = tokenize(`{{ ${source}\n}}`, file, plain);
  return tokens.slice(1).filter((token) => token.type !== "variable_end");
}
