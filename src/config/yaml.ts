import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type ScalarTag,
  type Tags,
  type YAMLError,
} from "yaml";
import { KollaError, throwProblems, type Where } from "#support";

/** A text that Ansible reads in its own way: `!vault` is encrypted, `!unsafe` is never a template. */
export class TaggedText {
  readonly tag: "!vault" | "!unsafe";
  readonly text: string;

  constructor(tag: "!vault" | "!unsafe", text: string) {
    this.tag = tag;
    this.text = text;
  }
}

/** A key that its mapping has more than once: the last one counts, as for Ansible. */
export interface RepeatedKey {
  /** The one that counts. */
  readonly where: Where;
  /** Lines of those before it. */
  readonly before: readonly number[];
}

export interface YamlFile {
  readonly value: unknown;
  /** Path of keys joined by "." (list items by number, from 0) → where the key stands. Top-level keys are plain names. */
  readonly places: Readonly<Record<string, Where>>;
  readonly repeated: readonly RepeatedKey[];
  /** The whole file is encrypted: only Ansible can read it, `value` is undefined. */
  readonly encrypted: boolean;
}

/**
 * Reads one YAML document as Ansible does (PyYAML: version 1.1, where yes is true and 0644 is octal, but y is text).
 * Throws all KOLLA_YAML_SYNTAX problems of the text together.
 */
export function readYaml(text: string, path: string): YamlFile {
  if (isVaultText(text)) return { value: undefined, places: {}, repeated: [], encrypted: true };
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: "1.1",
    lineCounter: lines,
    customTags: pyYamlTags,
    prettyErrors: false,
    uniqueKeys: false,
  });
  throwProblems(
    "KOLLA_YAML",
    document.errors.map((error) => problemOf(error, path, lines)),
  );
  const found = new KeyPlaces(path, lines);
  found.add(document.contents, "");
  const { places, repeated } = found;
  return { value: plainValue(document, path), places, repeated, encrypted: false };
}

/** Text of a file that `ansible-vault encrypt` made. */
function isVaultText(text: string): boolean {
  return text.startsWith("$ANSIBLE_VAULT;");
}

function plainValue(document: Document.Parsed, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 1000 }) ?? undefined;
  } catch (cause) {
    throw new KollaError({
      code: "KOLLA_YAML_SYNTAX",
      message: cause instanceof Error ? cause.message : String(cause),
      hint: "Look for an alias (*name) without its anchor (&name).",
      where: { file: path },
      cause,
    });
  }
}

const tagged = (tag: "!vault" | "!unsafe"): ScalarTag => ({
  tag,
  identify: (value) => value instanceof TaggedText && value.tag === tag,
  resolve: (text) => new TaggedText(tag, text),
  stringify: (item) => (item.value instanceof TaggedText ? item.value.text : String(item.value)),
});

/** PyYAML takes neither y/n for flags nor 1e3 for a number; the library's 1.1 schema does. */
const pyYamlTags = (tags: Tags): Tags => [
  tagged("!vault"),
  tagged("!unsafe"),
  flag(true, /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/),
  flag(false, /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/),
  exponent,
  ...tags.filter((tag) => !isReplaced(tag)),
];

function flag(value: boolean, test: RegExp): ScalarTag {
  return {
    tag: "tag:yaml.org,2002:bool",
    default: true,
    test,
    identify: (other) => other === value,
    resolve: () => value,
    stringify: () => String(value),
  };
}

const exponent: ScalarTag = {
  tag: "tag:yaml.org,2002:float",
  default: true,
  format: "EXP",
  test: /^[-+]?(?:[0-9][0-9_]*)?\.[0-9_]*[eE][-+][0-9]+$/,
  resolve: (text) => Number.parseFloat(text.replaceAll("_", "")),
};

function isReplaced(tag: Tags[number]): boolean {
  if (typeof tag !== "object") return false;
  return (
    tag.tag === "tag:yaml.org,2002:bool" ||
    ("format" in tag && tag.tag === "tag:yaml.org,2002:float" && tag.format === "EXP")
  );
}

function problemOf(error: YAMLError, path: string, lines: LineCounter): KollaError {
  const { line, col } = lines.linePos(error.pos[0]);
  return new KollaError({
    code: "KOLLA_YAML_SYNTAX",
    message: error.message,
    hint: "Mend the YAML at this place; text that begins with a special character such as { or % needs quotes.",
    where: { file: path, line, column: col },
  });
}

/** Where the keys of a document stand. */
class KeyPlaces {
  readonly places: Record<string, Where> = {};
  readonly #before: Record<string, number[]> = {};
  readonly #file: string;
  readonly #lines: LineCounter;

  constructor(file: string, lines: LineCounter) {
    this.#file = file;
    this.#lines = lines;
  }

  get repeated(): RepeatedKey[] {
    return Object.entries(this.#before).map(([name, before]) => ({
      where: this.places[name] ?? { file: this.#file },
      before,
    }));
  }

  add(node: unknown, prefix: string): void {
    if (isMap(node)) for (const pair of node.items) this.#addPair(pair as Pair<Node, Node>, prefix);
    if (isSeq(node))
      node.items.forEach((item, index) => {
        this.add(item, `${prefix}${index}.`);
      });
  }

  #addPair({ key, value }: Pair<Node, Node>, prefix: string): void {
    if (isAlias(key) || !isScalar(key) || !key.range) return;
    const name = `${prefix}${String(key.value)}`;
    const where = { file: this.#file, line: this.#lines.linePos(key.range[0]).line, key: name };
    const earlier = this.places[name]?.line;
    if (earlier !== undefined) this.#before[name] = [...(this.#before[name] ?? []), earlier];
    this.places[name] = where;
    this.add(value, `${name}.`);
  }
}
