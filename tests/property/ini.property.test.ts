import fc from "fast-check";
import { expect, test } from "vitest";
import { type IniDocument, mergeIni, parseIni, printIni } from "../../src/config/ini.ts";

/** Any line of a file: mostly sensible, sometimes odd in the ways that files of operators are. */
const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,8}$/);
const value = fc.oneof(
  fc.string(),
  word,
  fc.constantFrom("", "'x'", '"', "\"'x'\"", "a = b", "a:b", "# not a comment"),
);
const line = fc.oneof(
  word.map((name) => `[${name}]`),
  fc.tuple(word, fc.constantFrom("=", " = ", ":", ": "), value).map(([key, sign, text]) => key + sign + text),
  fc
    .tuple(word, value, fc.array(word, { minLength: 1 }))
    .map(([key, text, more]) => [`${key} = ${text}`, ...more.map((next) => `  ${next}`)].join("\n")),
  fc.constantFrom("", "# a comment", "; another", "   "),
);
const text = fc
  .array(line, { maxLength: 30 })
  .map((lines) => `${lines.map((one) => one.replaceAll(/[\r\v\f]/g, "")).join("\n")}\n`);

/** What a document says, without where it says it. */
const meaning = (ini: IniDocument) =>
  [...ini.sections].map(([name, keys]) => [
    name,
    [...keys].map(([key, values]) => [key, values.map((one) => one.lines)]),
  ]);

/** Keys outside any section are printed first. */
const inPrintedOrder = (ini: IniDocument) => {
  const sections = meaning(ini);
  return [
    ...sections.filter(([name, keys]) => name === "" && (keys?.length ?? 0) > 0),
    ...sections.filter(([name]) => name !== ""),
  ];
};

const isReadable = (content: string): boolean => {
  try {
    parseIni(content, "x");
    return true;
  } catch {
    return false;
  }
};
const readable = text.filter(isReadable).map((content) => parseIni(content, "x"));

test("what is printed reads back as the same sections, keys and values", () => {
  fc.assert(
    fc.property(readable, fc.boolean(), (ini, whitespace) => {
      expect(meaning(parseIni(printIni(ini, { whitespace }), "y"))).toEqual(inPrintedOrder(ini));
    }),
    { numRuns: 500 },
  );
});

test("printing what was printed changes nothing", () => {
  fc.assert(
    fc.property(readable, (ini) => {
      const once = printIni(ini);
      expect(printIni(parseIni(once, "y"))).toBe(once);
    }),
  );
});

test("layering is associative and a document over itself is itself", () => {
  fc.assert(
    fc.property(readable, readable, readable, (a, b, c) => {
      const left = mergeIni([mergeIni([a, b]), c]);
      const right = mergeIni([a, mergeIni([b, c])]);
      expect(meaning(left)).toEqual(meaning(right));
      expect(meaning(mergeIni([a, a]))).toEqual(meaning(a));
    }),
  );
});
