import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execaSync } from "execa";
import { expect, test } from "vitest";
import { services } from "../../services/index.generated.ts";
import { judgedVariables } from "../../src/cli/generate/variables-reference.ts";
import { root } from "./files.ts";
import { kollaAnsiblePackage, VERSION, VERSIONS_BEFORE } from "./upstream.ts";

test("every variable of Kolla-Ansible's that concerns what is here is judged", () => {
  const all = judgedVariables(services);
  expect(all.length).toBeGreaterThan(1000);
  expect(all.filter(({ kind }) => kind === "unjudged").map(({ name }) => name)).toEqual([]);
});

test("what is written down of Kolla-Ansible is what its package defines", { timeout: 300_000 }, ({
  skip,
}) => {
  const versions = [VERSION, ...VERSIONS_BEFORE];
  const packages = versions.map(kollaAnsiblePackage);
  const lacking = versions.filter((_, at) => packages[at] === undefined);
  if (lacking.length > 0) skip(`kolla-ansible ${lacking.join(", ")} cannot be had from PyPI through pip`);
  const script = join(root, "tools/kolla-ansible-variables.mjs");
  const { stdout } = execaSync(process.execPath, [script, ...packages.map(String)]);
  expect(JSON.parse(stdout)).toEqual(
    JSON.parse(readFileSync(join(root, "releases/2025.1/kolla-ansible.json"), "utf8")),
  );
});
