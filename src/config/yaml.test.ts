import { describe, expect, test } from "vitest";
import { formatError, KollaError } from "#support";
import { readYaml, TaggedText } from "./yaml.ts";

const value = (text: string) => readYaml(text, "g.yml").value;

function messageOf(text: string): string {
  try {
    readYaml(text, "globals.yml");
  } catch (error) {
    if (error instanceof KollaError) return formatError(error);
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("reading", () => {
  test("scalars are what PyYAML makes of them", () => {
    expect(value("a: yes\nb: 0644\nc: y\nd: 1e3\ne: 'no'\nf: off\ng: 1.5e+3\nh:\n")).toEqual({
      a: true,
      b: 420,
      c: "y",
      d: "1e3",
      e: "no",
      f: false,
      g: 1500,
      h: null,
    });
  });

  test("every key knows its file and line", () => {
    const { places } = readYaml("a: 1\n\nb:\n  c: 2\nd:\n  - e: 3\n", "g.yml");
    expect(Object.entries(places).map(([key, where]) => `${key} ${where.file}:${where.line}`)).toEqual([
      "a g.yml:1",
      "b g.yml:3",
      "b.c g.yml:4",
      "d g.yml:5",
      "d.0.e g.yml:6",
    ]);
  });

  test("!vault and !unsafe texts are kept with their tags", () => {
    expect(value("p: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3132\nu: !unsafe '{{ x }}'\n")).toEqual({
      p: new TaggedText("!vault", "$ANSIBLE_VAULT;1.1;AES256\n3132\n"),
      u: new TaggedText("!unsafe", "{{ x }}"),
    });
  });

  test("a wholly encrypted file says so and has no places", () => {
    expect(readYaml("$ANSIBLE_VAULT;1.1;AES256\n3132\n", "p.yml")).toEqual({
      value: undefined,
      places: {},
      repeated: [],
      encrypted: true,
    });
  });

  test("an empty file is no value", () => {
    expect(value("---\n# nothing\n")).toBeUndefined();
  });

  test("of a key set more than once the last one counts, and the places of all are told", () => {
    const found = readYaml("a: 1\nb: {c: 2, c: 3}\na: 5\na: 4\n", "globals.yml");
    expect(found.value).toEqual({ a: 4, b: { c: 3 } });
    expect(found.repeated).toEqual([
      { where: { file: "globals.yml", line: 2, key: "b.c" }, before: [2] },
      { where: { file: "globals.yml", line: 4, key: "a" }, before: [1, 3] },
    ]);
    expect(found.places.a?.line).toBe(4);
  });

  test("a syntax error has its place", () => {
    expect(messageOf("a: 1\nb: {{ c }}\n  d: x\n")).toMatch(/^globals\.yml:\d+:\d+: .*\(KOLLA_YAML_SYNTAX\)/);
  });
});
