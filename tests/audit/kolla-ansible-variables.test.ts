import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execaSync } from "execa";
import { expect, test } from "vitest";
import { services } from "../../services/index.generated.ts";
import { judgedVariables } from "../../src/cli/generate/variables-reference.ts";
import { kollaAnsible } from "../../src/compile/release-names.ts";
import { root } from "./files.ts";

test("every variable of Kolla-Ansible's that concerns what is here is judged", () => {
  const all = judgedVariables(services);
  expect(all.length).toBeGreaterThan(1000);
  expect(all.filter(({ kind }) => kind === "unjudged").map(({ name }) => name)).toEqual([]);
});

const cache = join(root, "node_modules/.cache/kolla-ansible");

/** The package unpacked, from PyPI or as it was had before; undefined when it cannot be had. */
function unpacked(version: string): string | undefined {
  const directory = join(cache, version);
  if (existsSync(directory)) return directory;
  mkdirSync(cache, { recursive: true });
  const wanted = [`kolla-ansible==${version}`, "--no-deps", "--only-binary", ":all:", "--retries", "0"];
  const had = execaSync("python3", ["-m", "pip", "download", "-q", "-d", cache, ...wanted], {
    reject: false,
  });
  const wheel = join(cache, `kolla_ansible-${version}-py3-none-any.whl`);
  if (had.failed || !existsSync(wheel)) return undefined;
  execaSync("python3", ["-m", "zipfile", "-e", wheel, directory]);
  return directory;
}

test("what is written down of Kolla-Ansible is what its package defines", { timeout: 300_000 }, ({
  skip,
}) => {
  const versions = [kollaAnsible.source.replace("kolla-ansible ", ""), ...kollaAnsible.before];
  const packages = versions.map(unpacked);
  const lacking = versions.filter((_, at) => packages[at] === undefined);
  if (lacking.length > 0) skip(`kolla-ansible ${lacking.join(", ")} cannot be had from PyPI through pip`);
  const script = join(root, "tools/kolla-ansible-variables.mjs");
  const { stdout } = execaSync(process.execPath, [script, ...packages.map(String)]);
  expect(JSON.parse(stdout)).toEqual(
    JSON.parse(readFileSync(join(root, "releases/2025.1/kolla-ansible.json"), "utf8")),
  );
});
