import { isMap, isScalar, type Pair, parseDocument, stringify } from "yaml";
import { KollaError } from "#support";

/** Changes values of a file of variables in place: all that is not changed (order, comments, blanks) stays as it is. */
export class YamlText {
  readonly #path: string;
  #text: string;

  /** Throws KOLLA_CONFIG_VAULT for an encrypted file and KOLLA_CONFIG_SYNTAX for one that holds no variables. */
  constructor(text: string, path: string) {
    if (text.startsWith("$ANSIBLE_VAULT")) throw encrypted(path);
    this.#text = text;
    this.#path = path;
    this.#pairs();
  }

  get text(): string {
    return this.#text;
  }

  get keys(): string[] {
    return [...this.#pairs().keys()];
  }

  /** The value of a top-level key; undefined when it is not there. */
  get(key: string): unknown {
    const pair = this.#pairs().get(key);
    if (!pair) return undefined;
    return isScalar(pair.value) ? pair.value.value : (pair.value as { toJSON(): unknown } | null)?.toJSON();
  }

  /** Sets a top-level key; one that is not there is added at the end. A mapping is filled key by key. */
  set(key: string, value: unknown): void {
    const pair = this.#pairs().get(key);
    if (!pair) this.#append(key, value);
    else if (isMap(pair.value) && typeof value === "object" && value !== null)
      for (const [name, inner] of Object.entries(value)) this.#setInner(key, name, inner);
    else this.#replace(pair, value, "");
  }

  #setInner(key: string, name: string, value: unknown): void {
    const outer = this.#pairs().get(key);
    const items = isMap(outer?.value) ? outer.value.items : [];
    const inner = items.find((item) => String((item.key as { value?: unknown }).value) === name);
    if (inner) this.#replace(inner, value, "  ");
    else if (outer) this.#insert(this.#lineEnd(this.#colon(outer)), `\n${rendered(name, value, "  ")}`);
  }

  #append(key: string, value: unknown): void {
    const before = this.#text === "" || this.#text.endsWith("\n") ? this.#text : `${this.#text}\n`;
    this.#text = `${before}${rendered(key, value, "")}\n`;
  }

  /** Puts a value in the place of another; a comment on the same line stays on that line. */
  #replace(pair: Pair, value: unknown, indent: string): void {
    const colon = this.#colon(pair);
    const range = (pair.value as { range?: [number, number, number] } | null)?.range;
    const from = range && range[1] > colon ? range[1] : colon;
    const end = this.#lineEnd(from);
    const [first = "", ...rest] = rendered("", value, indent).trimStart().slice(1).split("\n");
    const tail = this.#text.slice(from, end).replace(/^(?=#)/, " ");
    this.#text =
      [this.#text.slice(0, colon), first, tail, ...rest.map((line) => `\n${line}`)].join("") +
      this.#text.slice(end);
  }

  #insert(at: number, words: string): void {
    this.#text = this.#text.slice(0, at) + words + this.#text.slice(at);
  }

  /** Place after the colon of a key. */
  #colon(pair: Pair): number {
    const end = (pair.key as { range?: [number, number, number] }).range?.[1] ?? 0;
    return this.#text.indexOf(":", end) + 1;
  }

  #lineEnd(from: number): number {
    const end = this.#text.indexOf("\n", from);
    return end < 0 ? this.#text.length : end;
  }

  #pairs(): Map<string, Pair> {
    const document = parseDocument(this.#text, { version: "1.1" });
    const [error] = document.errors;
    if (error) throw broken(error.message, this.#path, error.linePos?.[0].line ?? 1);
    const { contents } = document;
    if (contents === null || (isScalar(contents) && contents.value === null)) return new Map();
    if (!isMap(contents)) throw broken("must hold names and values", this.#path, 1);
    return new Map(
      contents.items.map((pair) => [String((pair.key as { value?: unknown }).value), pair as Pair]),
    );
  }
}

/** "key: value" as YAML writes it, without the last line's end. */
function rendered(key: string, value: unknown, indent: string): string {
  const text = stringify({ key: value }, { lineWidth: 0, version: "1.1" }).trimEnd();
  return `${key}${text.slice("key".length)}`.replace(/^(?=.)/gm, indent);
}

function encrypted(path: string): KollaError {
  return new KollaError({
    code: "KOLLA_CONFIG_VAULT",
    message: "The passwords file is encrypted with Ansible Vault.",
    where: { file: path, line: 1 },
    hint: `ansible-vault decrypt ${path}, run the command again, and encrypt it.`,
  });
}

function broken(message: string, file: string, line: number): KollaError {
  return new KollaError({ code: "KOLLA_CONFIG_SYNTAX", message, where: { file, line } });
}
