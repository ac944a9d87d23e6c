import { describe, expect, test } from "vitest";
import type { ResolvedSite } from "#model";
import { formatError } from "#support";
import { services } from "../../services/index.generated.ts";
import { Evaluation } from "../../src/compile/evaluation.ts";
import { checkSite, compile, optionTable } from "../../src/compile/index.ts";
import { checkNames } from "../../src/compile/names.ts";
import { kollaAnsible } from "../../src/compile/release-names.ts";
import { allInOne, host } from "../golden/sites.ts";

const { passwords, globals, groups } = kollaAnsible;

/** Kolla-Ansible's own inventory, with these hosts in each group that holds hosts. */
function inventory(hosts: readonly string[]): Record<string, string[]> {
  const resolve = (group: string): string[] => {
    const children = groups[group] ?? [];
    return children.length === 0 ? [...hosts] : [...new Set(children.flatMap(resolve))];
  };
  return Object.fromEntries(Object.keys(groups).map((group) => [group, resolve(group)]));
}

function findings(names: readonly string[], file: string, value: unknown) {
  const variables = Object.fromEntries(names.map((name) => [name, value]));
  const places = Object.fromEntries(names.map((name, line) => [name, { file, line }]));
  const site = { ...allInOne(), hosts: [host("aio", "10.0.0.10", variables)], places };
  const { problems, warnings } = checkNames(new Evaluation(optionTable(services), site), names);
  return [...problems, ...warnings];
}

describe("the files that Kolla-Ansible gives its operators", () => {
  test("have no secret in passwords.yml that is refused or remarked on", () => {
    expect(findings(passwords, "/etc/kolla/passwords.yml", "secret").map(formatError)).toEqual([]);
  });

  test("have no name in globals.yml that counts as misspelt", () => {
    const strange = findings(globals, "/etc/kolla/globals.yml", "x").filter(({ code }) =>
      code.endsWith("OPTION_UNKNOWN"),
    );
    expect(strange.map(formatError)).toEqual([]);
  });

  test("have all switches off without a word", () => {
    const switches = globals.filter((name) => name.startsWith("enable_"));
    for (const off of ["no", false, "False"])
      expect(findings(switches, "/etc/kolla/globals.yml", off).map(formatError)).toEqual([]);
  });

  test("have every group that a service here asks for, or one that stands in", () => {
    const site: ResolvedSite = { ...allInOne(), groups: inventory(["aio"]) };
    expect(checkSite(services, site, {}).map(formatError)).toEqual([]);
    const compiled = compile(services, site, {});
    expect(compiled.problems.map(formatError)).toEqual([]);
    const names = (desired: typeof compiled.desired): string[] =>
      desired.hosts.flatMap(({ items }) =>
        items.flatMap((item) => (item.kind === "container" ? [item.spec.name] : [])),
      );
    expect(names(compiled.desired)).toEqual(names(compile(services, allInOne(), {}).desired));
  });
});
