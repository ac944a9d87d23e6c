import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { siteOptions } from "#model";
import { projects } from "../../docker/index.generated.ts";
import { services } from "../../services/index.generated.ts";
import { buildOptions } from "../build/index.ts";
import { byRuleOptions, otherDefaultValues } from "../compile/index.ts";
import { allOptions } from "./all-options.ts";
import { projectRoot } from "./common-options.ts";
import {
  buildSample,
  globalsSample,
  groupVarsFile,
  type OptionGroup,
  optionReference,
  passwordsSample,
} from "./generate/option-files.ts";
import { imagesReference, inventoryFile } from "./generate/site-files.ts";
import { print } from "./terminal.ts";

const groups: OptionGroup[] = [
  {
    title: "The site",
    slug: "site",
    summary: "Options of the whole site.",
    options: siteOptions,
    byRule: {},
  },
  ...services.map((service) => ({
    title: service.name,
    slug: service.name,
    summary: service.summary,
    options: service.options,
    byRule: byRuleOptions(service),
  })),
];

const files: Record<string, string> = {
  "ansible/group_vars/all/kolla.yml": groupVarsFile(groups, otherDefaultValues(services)),
  "ansible/inventory/all-in-one": inventoryFile(services, "all-in-one"),
  "ansible/inventory/multinode": inventoryFile(services, "multinode"),
  "etc/kolla/globals.yml": globalsSample(groups),
  "etc/kolla/passwords.yml": passwordsSample(allOptions()),
  "etc/kolla/kolla-build.conf": buildSample(buildOptions),
  "doc/reference/images.md": imagesReference(projects, readdirImages),
  ...Object.fromEntries(
    groups.map((group) => [`doc/reference/options/${group.slug}.md`, optionReference(group)]),
  ),
};

/** Image folders of a project. */
function readdirImages(project: string): string[] {
  return readdirSync(join(projectRoot, "docker", project), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

// A service that went leaves no page behind.
rmSync(join(projectRoot, "doc/reference"), { recursive: true, force: true });
for (const [name, text] of Object.entries(files)) {
  const path = join(projectRoot, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
print(`${Object.keys(files).length} files written.`);
