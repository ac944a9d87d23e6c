import { failSyntax } from "./errors.ts";
import type { Token, TokenType } from "./lexer.ts";

function describe(token: Token): string {
  if (token.type === "eof") return "end of template";
  if (token.type === "variable_end" || token.type === "block_end") return "end of tag";
  return `'${token.value}'`;
}

/** The tokens of a template, read one by one. */
export class Tokens {
  readonly file: string;
  readonly #tokens: Token[];
  #index = 0;

  constructor(tokens: Token[], file: string) {
    this.#tokens = tokens;
    this.file = file;
  }

  get current(): Token {
    return this.peek(0);
  }

  get line(): number {
    return this.current.line;
  }

  peek(ahead: number): Token {
    return (
      this.#tokens[this.#index + ahead] ?? { type: "eof", value: "", line: this.#tokens.at(-1)?.line ?? 1 }
    );
  }

  next(): Token {
    const token = this.current;
    this.#index++;
    return token;
  }

  is(type: TokenType, value?: string): boolean {
    const token = this.current;
    return token.type === type && (value === undefined || token.value === value);
  }

  isOperator(value: string): boolean {
    return this.is("operator", value);
  }

  isName(value: string): boolean {
    return this.is("name", value);
  }

  isAnyName(values: readonly string[]): boolean {
    return this.current.type === "name" && values.includes(this.current.value);
  }

  skip(type: TokenType, value?: string): boolean {
    if (!this.is(type, value)) return false;
    this.#index++;
    return true;
  }

  skipOperator(value: string): boolean {
    return this.skip("operator", value);
  }

  skipName(value: string): boolean {
    return this.skip("name", value);
  }

  expect(type: TokenType, value?: string): Token {
    if (!this.is(type, value)) {
      this.fail(
        `expected ${value === undefined ? type.replace("_", " ") : `'${value}'`}, got ${describe(this.current)}`,
      );
    }
    return this.next();
  }

  expectOperator(value: string): Token {
    return this.expect("operator", value);
  }

  unexpected(): never {
    this.fail(`unexpected ${describe(this.current)}`);
  }

  fail(message: string, line: number = this.line): never {
    failSyntax(message, this.file, line);
  }
}
