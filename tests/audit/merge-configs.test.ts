import { join } from "node:path";
import { execaSync } from "execa";
import fc from "fast-check";
import { expect, test } from "vitest";
import { mergeIni, parseIni, printIni } from "../../src/config/ini.ts";
import { root } from "./files.ts";
import { kollaAnsiblePackage, upstreamPython, VERSION } from "./upstream.ts";

/** As the upper constraints of the release have it. */
const OSLO_CONFIG = "oslo.config==9.7.2";

interface Case {
  layers: string[];
  whitespace: boolean;
}

const name = fc.constantFrom("a", "b", "c.d", "key_1", "x-y");
/** Quotes without which a value would read as another: ours keeps them, theirs does not. */
const needsQuotes = (text: string): boolean => /^(["'])(\s.*|.*\s|(["']).*\3|["'])\1$/.test(text.trim());
const value = fc
  .oneof(
    fc.stringMatching(/^[ -~]{0,12}$/),
    fc.constantFrom("", "'x'", '"', "\"'", "a = b", "a:b", "# no comment", "é", "{{ x }}", "'it", 'end"'),
  )
  .filter((text) => !needsQuotes(text));
const indent = fc.constantFrom(" ", "  ", "\t", " \t");
const assignment = fc
  .tuple(name, fc.constantFrom("=", " = ", ":", " :"), value)
  .map(([key, sign, text]) => key + sign + text);
const continued = fc
  .tuple(assignment, fc.array(fc.tuple(indent, value), { minLength: 1, maxLength: 3 }))
  .map(([first, more]) => [first, ...more.map((parts) => parts.join(""))].join("\n"));
const odd = fc.constantFrom(
  "",
  " ",
  "# a comment",
  "; another",
  "[",
  "[]",
  "[x",
  "= no key",
  "alone",
  " lost",
  "[x] y",
);
const header = fc.constantFrom("[a]", "[DEFAULT]", "[b c]", "[a] ");
const line = fc.oneof(
  { weight: 8, arbitrary: header },
  { weight: 16, arbitrary: assignment },
  { weight: 8, arbitrary: continued },
  { weight: 1, arbitrary: odd },
);
const layer = fc
  .tuple(header, fc.array(line, { maxLength: 12 }))
  .map(([first, lines]) => `${[first, ...lines].join("\n")}\n`);
const aCase: fc.Arbitrary<Case> = fc.record({
  layers: fc.array(layer, { minLength: 1, maxLength: 3 }),
  whitespace: fc.boolean(),
});

function ours({ layers, whitespace }: Case): string | null {
  try {
    return printIni(mergeIni(layers.map((text) => parseIni(text, "x"))), { whitespace });
  } catch {
    return null;
  }
}

/** Null for what it refuses; undefined where the packages cannot be had. */
function theirs(cases: readonly Case[]): (string | null)[] | undefined {
  const unpacked = kollaAnsiblePackage(VERSION);
  const python = upstreamPython(OSLO_CONFIG);
  if (!unpacked || !python) return undefined;
  const share = join(unpacked, `kolla_ansible-${VERSION}.data/data/share/kolla-ansible`);
  const { stdout } = execaSync(python, [join(root, "tests/audit/merge-configs.py"), share], {
    input: cases.map((one) => JSON.stringify(one)).join("\n"),
  });
  return stdout.split("\n").map((text) => JSON.parse(text));
}

const CASES = 2000;

// Ours keeps two things that theirs loses: quotes without which a value would read as another, and the place of keys
// before any section that only a later file has. Tests of src/config/ini.ts hold both; no case here has them.
test("files are merged to the letter as Kolla-Ansible's merge_configs merges them, and refused where it refuses", {
  timeout: 300_000,
}, ({ skip }) => {
  const cases = fc.sample(aCase, CASES);
  const wanted = theirs(cases);
  if (!wanted) skip(`kolla-ansible ${VERSION} and ${OSLO_CONFIG} cannot be had from PyPI through pip`);
  const refused = wanted?.filter((text) => text === null).length ?? 0;
  expect(refused).toBeGreaterThan(CASES / 10);
  expect(refused).toBeLessThan(CASES / 2);
  const wrong = cases.map((one, at) => ({ ...one, ours: ours(one), theirs: wanted?.[at] }));
  expect(wrong.filter((one) => one.ours !== one.theirs)).toEqual([]);
});
