import { expect, test } from "vitest";
import { services } from "../../services/index.generated.ts";
import { compile } from "../../src/compile/index.ts";
import { optionTable } from "../../src/compile/rule-options.ts";
import { siteMoot, siteRefuses } from "../../src/model/index.ts";
import { allInOne } from "../golden/sites.ts";

const judgedOf = (kind: "refuses" | "moot") => [
  ...Object.entries(kind === "refuses" ? siteRefuses : siteMoot),
  ...services.flatMap((service) => Object.entries((service[kind] ?? {}) as Record<string, string>)),
];

test("no variable is honoured and judged at once, or judged in two ways", () => {
  const honoured = optionTable(services);
  const names = [...judgedOf("refuses"), ...judgedOf("moot")].map(([name]) => name);
  expect(names.filter((name) => honoured.has(name))).toEqual([]);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});

test("every reason is what may follow a colon", () => {
  const reasons = [...judgedOf("refuses"), ...judgedOf("moot")].map(([, reason]) => reason);
  expect(reasons.length).toBeGreaterThan(100);
  expect(reasons.filter((reason) => !/^\S.*[^.\s]$/.test(reason))).toEqual([]);
});

test("what would make another cloud is refused with its reason, and off is not asked for", () => {
  const told = (value: string) =>
    compile(services, allInOne({ enable_neutron_sriov: value }), {}).problems.map(({ message }) => message);
  expect(told("yes").join("\n")).toContain("SR-IOV agents are not here yet");
  expect(told("no")).toEqual([]);
});
