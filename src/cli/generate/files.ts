import { readdirSync } from "node:fs";
import { join } from "node:path";
import { siteOptions } from "#model";
import { projects } from "../../../docker/index.generated.ts";
import { services } from "../../../services/index.generated.ts";
import { allOptions, openrcExample } from "../../app/index.ts";
import { buildOptions } from "../../build/index.ts";
import { byRuleOptions, kollaAnsible, otherDefaultValues } from "../../compile/index.ts";
import {
  buildSample,
  globalsSample,
  groupVarsFile,
  type OptionGroup,
  optionReference,
  otherVarsFile,
  passwordsSample,
} from "./option-files.ts";
import { imagesReference, inventoryFile } from "./site-files.ts";
import { variablesReference } from "./variables-reference.ts";

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

/** What is derived from options, services and the folders of images below the project's root: path from there → text. */
export const generatedFiles = (root: string): Record<string, string> => ({
  "ansible/group_vars/all/kolla.yml": groupVarsFile(groups),
  "ansible/group_vars/all/kolla-ansible.json": otherVarsFile(otherDefaultValues(services)),
  "ansible/inventory/all-in-one": inventoryFile(services, "all-in-one"),
  "ansible/inventory/multinode": inventoryFile(services, "multinode"),
  "etc/kolla/globals.yml": globalsSample(groups),
  "etc/kolla/passwords.yml": passwordsSample(allOptions()),
  "tools/openrc-example": openrcExample(allOptions()),
  "etc/kolla/kolla-build.conf": buildSample(buildOptions),
  "doc/reference/images.md": imagesReference(projects, (project) => imageFolders(root, project)),
  "doc/reference/kolla-ansible-variables.md": variablesReference(services, kollaAnsible.source),
  ...Object.fromEntries(
    groups.map((group) => [`doc/reference/options/${group.slug}.md`, optionReference(group)]),
  ),
});

function imageFolders(root: string, project: string): string[] {
  return readdirSync(join(root, "docker", project), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
