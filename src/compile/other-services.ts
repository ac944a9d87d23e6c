import type { AnyService } from "#model";
import { definedNames, definitionOf, isDefined, kollaAnsible } from "./release-names.ts";
import { containerName, containersOf, optionTable, type TableEntry, variableName } from "./rule-options.ts";

type Table = ReadonlyMap<string, TableEntry>;

/** Whose a variable is: a service's that is here, the site's (`service` undefined), or one's that is not here. */
export type Owner = { here: true; service: AnyService | undefined } | { here: false; service: string };

/** Owners of Kolla-Ansible's variables, found from its roles, its containers and what reads a variable. */
export interface Owners {
  /** Undefined for a name that begins with no service's and that Kolla-Ansible does not define. */
  of(name: string): Owner | undefined;
  /** Switches of the services that Kolla-Ansible has and we lack: "enable_cinder". */
  switches: ReadonlySet<string>;
}

/** What variables and files are named after that is no service or container, and whose it is. */
const MORE_WORDS = { ceph: "ceph", external_ceph: "ceph", multipath: "multipathd", nfs_shares: "cinder" };

const known = new WeakMap<Table, Owners>();

/** The owners of variables as things are with the services that have these options. */
export function ownersOf(table: Table): Owners {
  const found = known.get(table) ?? makeOwners(table);
  known.set(table, found);
  return found;
}

/** The service we lack that a variable belongs to ("cinder_volume_group", "enable_cinder_backup"). */
export function otherServiceOf(name: string, table: Table): string | undefined {
  const owner = ownersOf(table).of(name);
  return owner?.here === false ? owner.service : undefined;
}

/** Kolla-Ansible's variables that no option of ours answers to, with their defaults; what is not here is off. */
export function otherDefaultValues(services: readonly AnyService[]): Record<string, unknown> {
  const table = optionTable(services);
  const { switches } = ownersOf(table);
  const values = definedNames().flatMap((name): [string, unknown][] => {
    const value = switches.has(name) ? false : definitionOf(name)?.value;
    return table.has(name) || value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(values);
}

function makeOwners(table: Table): Owners {
  const services = [...new Set([...table.values()].flatMap(({ service }) => service ?? []))];
  const roles = new Map(
    serviceRoles().map((role) => [role.name, { role, owner: ownerOfRole(role, services) }]),
  );
  const words = new Map<string, Owner>();
  const switches = new Set<string>();
  for (const [word, service] of Object.entries(MORE_WORDS)) words.set(word, { here: false, service });
  for (const { role, owner } of roles.values()) {
    const own = ownSwitches(role, owner, services);
    for (const name of own.keys()) if (!table.has(name)) switches.add(name);
    for (const unit of role.units) words.set(variableName(unit), owner);
    for (const [name, unit] of own) words.set(name.replace(/^enable_/, ""), unit);
    words.set(variableName(role.project), owner).set(variableName(role.name), owner);
  }
  for (const service of services)
    for (const word of wordsOf(service)) words.set(word, { here: true, service });
  const ofRole = (role: string): Owner => roles.get(role)?.owner ?? { here: true, service: undefined };
  return {
    switches,
    of: (name) => byWords(name, words) ?? byRole(name, ofRole),
  };
}

/** A role of Kolla-Ansible that deploys a service, with the names of its containers. */
interface ServiceRole {
  name: string;
  /** The service: "nova" for the role nova-cell. */
  project: string;
  units: readonly string[];
}

function serviceRoles(): ServiceRole[] {
  return Object.entries(kollaAnsible.roles).flatMap(([name, defaults]) => {
    const project = defaults.project_name;
    if (typeof project !== "string") return [];
    const units = Object.entries(defaults).flatMap(([variable, value]) =>
      variable.endsWith("_services") && typeof value === "object" && value !== null ? Object.keys(value) : [],
    );
    return [{ name, project, units }];
  });
}

/** Ours when we have a service of that name, or one that runs a container of the role's. */
function ownerOfRole({ project, units }: ServiceRole, services: readonly AnyService[]): Owner {
  const service =
    services.find(({ name }) => name === project) ??
    services.find((each) => containersOf(each).some(([definition]) => units.includes(definition)));
  return service ? { here: true, service } : { here: false, service: project };
}

/**
 * Switches by which a service that we lack is deployed, each with what is then its own: the role's, else those of its
 * containers; and in a role of ours those of containers that are services in their own right (fluentd, proxysql).
 */
function ownSwitches(role: ServiceRole, owner: Owner, services: readonly AnyService[]): Map<string, Owner> {
  const found = new Map<string, Owner>();
  const add = (name: string): void => {
    const variable = `enable_${variableName(name)}`;
    if (Object.hasOwn(kollaAnsible.site, variable))
      found.set(variable, owner.here ? { here: false, service: name } : owner);
  };
  if (owner.here) {
    const ours = services.flatMap((service) => [
      service.name,
      ...containersOf(service).map(([unit]) => unit),
    ]);
    for (const unit of role.units)
      if (!ours.includes(unit) && !unit.startsWith(`${role.project}-`)) add(unit);
    return found;
  }
  add(role.name);
  add(role.project);
  if (found.size === 0) role.units.forEach(add);
  return found;
}

function wordsOf(service: AnyService): string[] {
  const containers = containersOf(service).flatMap(([definition, declaration]) => [
    variableName(definition),
    containerName(definition, declaration),
  ]);
  return [variableName(service.name), ...containers];
}

/** The longest name of a service or container that a variable begins with. */
function byWords(name: string, words: ReadonlyMap<string, Owner>): Owner | undefined {
  let word = name.replace(/^enable_/, "");
  for (;;) {
    const owner = words.get(word);
    if (owner) return owner;
    const end = word.lastIndexOf("_");
    if (end < 0) return undefined;
    word = word.slice(0, end);
  }
}

/** A variable of the site that only services which we lack read is theirs. */
function byRole(name: string, ofRole: (role: string) => Owner): Owner | undefined {
  if (!isDefined(name)) return undefined;
  const role = definitionOf(name)?.role;
  if (role !== undefined) return ofRole(role);
  const readers = (kollaAnsible.readers[name] ?? []).map(ofRole);
  const other = readers[0];
  return other && readers.every(({ here }) => !here) ? other : { here: true, service: undefined };
}
