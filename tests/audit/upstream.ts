import { existsSync, mkdirSync, mkdtempSync, renameSync } from "node:fs";
import { join } from "node:path";
import { execaSync } from "execa";
import { kollaAnsible } from "../../src/compile/release-names.ts";
import { root } from "./files.ts";

const cache = join(root, "node_modules/.cache/upstream");

/** Versions of Kolla-Ansible that are compared with: the one whose names ours are, then those before it. */
export const [VERSION, ...VERSIONS_BEFORE] = [
  kollaAnsible.source.replace("kolla-ansible ", ""),
  ...kollaAnsible.before,
] as const;

/** A folder with this version's package of Kolla-Ansible unpacked; undefined when it cannot be had from PyPI. */
export function kollaAnsiblePackage(version: string): string | undefined {
  const wheel = `kolla_ansible-${version}-py3-none-any.whl`;
  const only = ["--quiet", "--no-deps", "--only-binary", ":all:", "--retries", "0"];
  return cached(`kolla-ansible-${version}`, (directory) => {
    const python = upstreamPython();
    if (
      !python ||
      !run(python, "-m", "pip", "download", ...only, "-d", directory, `kolla-ansible==${version}`)
    )
      return false;
    return run(python, "-m", "zipfile", "-e", join(directory, wheel), directory);
  });
}

/**
 * A Python that has these packages of PyPI's beside what the distribution's own has, Ansible for one; undefined when
 * they cannot be had.
 */
export function upstreamPython(...requirements: string[]): string | undefined {
  const environment = cached(["python", ...requirements].join("-"), (directory) => {
    const words = ["-m", "pip", "install", "--quiet", "--retries", "0", ...requirements];
    const system = process.env.KOLLA_PYTHON ?? "/usr/bin/python3";
    if (!run(system, "-m", "venv", "--system-site-packages", directory)) return false;
    return requirements.length === 0 || run(join(directory, "bin/python"), ...words);
  });
  return environment && join(environment, "bin/python");
}

/** A folder that is made whole or not at all: test files that run side by side want the same. */
function cached(name: string, make: (directory: string) => boolean): string | undefined {
  const directory = join(cache, name);
  if (existsSync(directory)) return directory;
  mkdirSync(cache, { recursive: true });
  const making = mkdtempSync(join(cache, "making-"));
  if (!make(making)) return undefined;
  // Another may have made it in the meantime.
  if (!existsSync(directory)) renameSync(making, directory);
  return directory;
}

const run = (command: string, ...words: string[]): boolean =>
  !execaSync(command, words, { reject: false }).failed;
