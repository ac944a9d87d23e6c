import { siteOptions } from "#model";
import { releases } from "../../releases/index.ts";
import type { KollaAnsibleRelease, OperatorFiles } from "../model/release.ts";

/** A variable that Kolla-Ansible defines. */
export interface Definition {
  /** Kolla-Ansible's role that has it; undefined: it is of the site. */
  role: string | undefined;
  /** Its default there: data, Jinja2 text as it stands. Undefined when there is none, or each role has its own. */
  value: unknown;
}

/** What Kolla-Ansible defines in the release that this version deploys. */
export const kollaAnsible: KollaAnsibleRelease = operatorFiles().kollaAnsible;

const definitions = allDefinitions();

/** Every variable that Kolla-Ansible, or the collection with which it prepares hosts, has. */
export function definedNames(): readonly string[] {
  return [...new Set([...definitions.keys(), ...kollaAnsible.globals])];
}

/** Whether Kolla-Ansible has the variable: with a default, or without one and only in its sample of globals.yml. */
export function isDefined(name: string): boolean {
  return definitions.has(name) || kollaAnsible.globals.includes(name);
}

/** What Kolla-Ansible says of a variable; undefined when it has none of that name. */
export function definitionOf(name: string): Definition | undefined {
  return definitions.get(name);
}

function operatorFiles(): OperatorFiles {
  const names = releases[siteOptions.openstack_release.default as string]?.operatorFiles;
  if (!names) throw new Error("releases/ does not tell what files name of the release that is deployed");
  return names;
}

/** The site's come first: in Ansible they stand above what a role has by default. */
function allDefinitions(): Map<string, Definition> {
  const { openstackKolla } = operatorFiles();
  const found = new Map<string, Definition>();
  for (const [name, value] of Object.entries(kollaAnsible.site))
    found.set(name, { role: undefined, value: withoutOmit(value) });
  for (const [role, defaults] of Object.entries(kollaAnsible.roles))
    for (const [name, value] of Object.entries(defaults)) addOfRole(found, name, role, withoutOmit(value));
  for (const defaults of Object.values(openstackKolla.roles))
    for (const [name, value] of Object.entries(defaults))
      if (!found.has(name)) found.set(name, { role: undefined, value: withoutOmit(value) });
  return found;
}

/** Of a name that roles give different values (project_name) nobody can say outside of them what it is. */
function addOfRole(found: Map<string, Definition>, name: string, role: string, value: unknown): void {
  const other = found.get(name);
  if (!other) found.set(name, { role, value });
  else if (other.role !== undefined && JSON.stringify(other.value) !== JSON.stringify(value))
    found.set(name, { role, value: undefined });
}

/** Ansible's word for an argument that is not given. */
function withoutOmit(value: unknown): unknown {
  return value === "{{ omit }}" ? undefined : value;
}
