import { describe, expect, test } from "vitest";
import { Secret } from "#model";
import { formatError, KollaError } from "#support";
import { iniFromValues, mergeIni, parseIni, printIni } from "./ini.ts";

const merged = (...texts: string[]) =>
  printIni(mergeIni(texts.map((text, index) => parseIni(text, `${index}.conf`))));

function thrownBy(act: () => unknown): KollaError {
  try {
    act();
  } catch (error) {
    if (error instanceof KollaError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("reading", () => {
  test("a value knows its file and line", () => {
    const ini = parseIni("# top\n[DEFAULT]\n\ndebug = True\n", "nova.conf");
    expect(ini.sections.get("DEFAULT")?.get("debug")).toEqual([
      { lines: ["True"], where: { file: "nova.conf", line: 4, key: "debug" } },
    ]);
  });

  test("the first of = and : separates, and one pair of quotes is dropped", () => {
    const text = "[a]\nurl = http://x:1\nother: a=b\nquoted = 'x y'\n";
    expect(printIni(parseIni(text, "x"))).toBe("[a]\nurl = http://x:1\nother = a=b\nquoted = x y\n\n");
  });

  test("indented lines continue a value until a blank line or a comment", () => {
    const text = "[a]\nlist = one\n   two\n\tthree\n# done\nnext=1\n";
    expect(printIni(parseIni(text, "x"))).toBe("[a]\nlist = one\n       two\n       three\nnext = 1\n\n");
  });

  test("all problems of a file are told together, with their lines and without their text", () => {
    const error = thrownBy(() => parseIni("  lost\n[open\nhunter2\n= 1\n", "bad.conf"));
    expect(formatError(error)).toBe(
      [
        "bad.conf:1: an indented line that continues nothing (KOLLA_INI_SYNTAX)",
        "  Remove the blanks at its start, or put it directly below the value that it continues.",
        'bad.conf:2: "[open" is not a section header (KOLLA_INI_SYNTAX)',
        "  Write [name], and nothing after it.",
        "bad.conf:3: neither a section, nor a comment, nor key = value (KOLLA_INI_SYNTAX)",
        '  Write "key = value".',
        'bad.conf:4: no key before "=" (KOLLA_INI_SYNTAX)',
        '  Write "key = value".',
      ].join("\n"),
    );
  });
});

describe("merging", () => {
  test("the later file wins, and sections and keys stay where they were first seen", () => {
    expect(merged("[b]\nx = 1\ny = 2\n[a]\nz = 3\n", "[a]\nz = 4\nnew = 5\n[b]\nx = 6\n")).toBe(
      "[b]\nx = 6\ny = 2\n\n[a]\nz = 4\nnew = 5\n\n",
    );
  });

  test("a key repeated in one file replaces the earlier list as a whole", () => {
    expect(merged("[a]\nd = 1\nd = 2\nd = 3\n", "[a]\nd = 8\nd = 9\n")).toBe("[a]\nd = 8\nd = 9\n\n");
    expect(merged("[a]\nd = 1\nd = 2\n", "[a]\nd = 9\n")).toBe("[a]\nd = 9\n\n");
  });

  test("a section that is opened twice in one file is one section", () => {
    expect(merged("[a]\nx = 1\n[b]\ny = 2\n[a]\nx = 3\n")).toBe("[a]\nx = 1\nx = 3\n\n[b]\ny = 2\n\n");
  });

  test("an empty value is kept and replaces, comments are dropped", () => {
    expect(merged("[a]\nx = 1 # stays\n; gone\n", "[a]\nx =\n")).toBe("[a]\nx =\n\n");
    expect(merged("[a]\nx = 1 # stays\n")).toBe("[a]\nx = 1 # stays\n\n");
  });

  test("keys outside a section are printed first, whichever file brought them", () => {
    expect(merged("[a]\nx = 1\n", "y = 2\n")).toBe("y = 2\n\n[a]\nx = 1\n\n");
  });
});

describe("printing data", () => {
  test("lists become repeated keys, undefined leaves the key out, secrets are revealed", () => {
    const ini = iniFromValues({
      DEFAULT: { debug: true, none: undefined, empty: "", many: ["a", "b"], no: [] },
      keystone: { password: new Secret("s3"), port: 5000 },
    });
    expect(printIni(ini)).toBe(
      "[DEFAULT]\ndebug = true\nempty =\nmany = a\nmany = b\n\n[keystone]\npassword = s3\nport = 5000\n\n",
    );
  });

  test("text with several lines becomes a continued value that reads back the same", () => {
    const text = printIni(iniFromValues({ a: { x: "one\ntwo" } }));
    expect(text).toBe("[a]\nx = one\n    two\n\n");
    expect(parseIni(text, "x").sections.get("a")?.get("x")?.[0]?.lines).toEqual(["one", "two"]);
  });

  test("without whitespace there are no blanks round =", () => {
    expect(printIni(iniFromValues({ mysqld: { port: 3306 } }), { whitespace: false })).toBe(
      "[mysqld]\nport=3306\n\n",
    );
  });
});
