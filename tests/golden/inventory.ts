import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** Hosts of an inventory with their addresses, and the hosts of every group. */
export interface Inventory {
  /** Name → ansible_host. */
  hosts: Readonly<Record<string, string>>;
  groups: Readonly<Record<string, readonly string[]>>;
}

/**
 * An operator's inventory: his groups of hosts, and the groups of containers that the shipped one has below them. Reads
 * what such files hold and no more: hosts with ansible_host, and children.
 */
export function operatorsInventory(text: string): Inventory {
  const shipped = readFileSync(join(root, "ansible/inventory/multinode"), "utf8");
  return readInventory(`${text}\n${shipped.slice(shipped.indexOf("[baremetal:children]"))}`);
}

function readInventory(text: string): Inventory {
  const sections = sectionsOf(text);
  const own = (name: string): readonly string[] => sections.get(name) ?? [];
  const hostsOf = (group: string): string[] => [
    ...new Set([...own(group).map(nameOf), ...own(`${group}:children`).flatMap(hostsOf)]),
  ];
  const groups = new Set([...sections.keys()].map((name) => name.replace(":children", "")));
  const addresses = [...sections]
    .flatMap(([name, lines]) => (name.includes(":") ? [] : lines))
    .flatMap(addressOf);
  return {
    hosts: Object.fromEntries(addresses),
    groups: Object.fromEntries([...groups].map((name) => [name, hostsOf(name)])),
  };
}

/** Head of a section → its lines, without comments and blank ones. */
function sectionsOf(text: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let open: string[] = [];
  for (const line of text.split("\n").map((each) => each.replace(/#.*/, "").trim())) {
    const head = /^\[(.+)\]$/.exec(line)?.[1];
    if (head !== undefined) {
      open = sections.get(head) ?? [];
      sections.set(head, open);
    } else if (line !== "") open.push(line);
  }
  return sections;
}

function nameOf(line: string): string {
  return line.split(/\s/)[0] ?? line;
}

function addressOf(line: string): [string, string][] {
  const address = /\sansible_host=(\S+)/.exec(line)?.[1];
  return address === undefined ? [] : [[nameOf(line), address]];
}
