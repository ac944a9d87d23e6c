import { expect, test } from "vitest";
import type { Option, ResolvedSite } from "#model";
import { services } from "../../services/index.generated.ts";
import { optionTable, resolveOptions } from "../../src/compile/index.ts";
import { allInOne } from "../golden/sites.ts";

/** Values of which none fits an option; nothing for those that take whatever they are given. */
function wrongValues(option: Option): unknown[] {
  const { type, min } = option;
  if (type === "text" || type === "any") return [];
  if (type === "flag") return ["maybe", 2, ["yes"], { on: true }];
  if (type === "port") return [0, 65536, "http", "80.5", [80]];
  if (["count", "seconds", "number"].includes(type))
    return ["many", "1O", [1], { a: 1 }, ...(min === undefined ? [] : [min - 1])];
  if (type === "list") return ["one", 7, { a: 1 }, true];
  if (type === "map") return ["one", 7, ["a"], true];
  if (type === "secret") return [["a"], { a: "b" }];
  // No choice and no shape has lines, blanks at its ends, lists or mappings.
  return ["one\ntwo", type === "words" ? "one,," : " one ", ["a"], { a: "b" }, ...(option.empty ? [] : [""])];
}

const wrong = [...optionTable(services)].map(
  ([name, { option }]) => [name, option, wrongValues(option)] as const,
);

test.each([0, 1, 2, 3, 4])(
  "a value of the wrong shape is refused at its line, of every option, all of them in one report (%i)",
  (at) => {
    const given = wrong.flatMap(([name, option, values]) =>
      at < values.length ? [{ name, option, value: values[at] }] : [],
    );
    const places: ResolvedSite["places"] = Object.fromEntries(
      given.map(({ name }, line) => [name, { file: "/etc/kolla/globals.yml", line: line + 1, key: name }]),
    );
    const variables = Object.fromEntries(given.map(({ name, value }) => [name, value]));
    const { problems } = resolveOptions(services, allInOne(variables, { places }));
    const told = problems.filter(({ code }) => /^KOLLA_(OPTION_VALUE|SECRET_MISSING)$/.test(code));
    expect(told.map(({ where }) => where?.key).sort()).toEqual(given.map(({ name }) => name).sort());
    for (const { message, where, hint } of told) {
      expect(message).toContain(`${where?.key} `);
      expect(where).toEqual(places[where?.key ?? ""]);
      expect(hint).toMatch(/\w/);
    }
  },
);

test("few options take whatever text they are given: there is a shape for nearly everything", () => {
  const free = wrong.filter(([, { type }]) => type === "text").map(([name]) => name);
  expect(free.length, free.join(", ")).toBeLessThan(wrong.length / 25);
});
