import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fingerprint } from "#support";
import type { AnsibleSettings } from "../ansible/index.ts";

/** How a site is reached, and with which of the operator's files. */
export interface SiteAccess
  extends Omit<
    AnsibleSettings,
    "inventory" | "agentImage" | "action" | "factsDirectory" | "recordsDirectory" | "extraFlags"
  > {
  /** None named: the one in the operator's directory, or the one shipped. */
  inventory: readonly string[];
}

/** Where the agent's image is found; Ansible evaluates it with the operator's own registry, namespace and tag. */
const AGENT_IMAGE =
  "{{ kolla_agent_image_full | default(docker_image_url ~ 'kolla-agent:' ~ openstack_tag) }}";

/** What src/ansible needs for an action on a site: "deploy", "status"; operators' own Jinja2 sees its name. */
export function settingsFor(access: SiteAccess, action: string): AnsibleSettings {
  return {
    ...access,
    inventory: inventoriesOf(access),
    agentImage: AGENT_IMAGE,
    action,
    factsDirectory: factsDirectory(access.configDirectory),
    recordsDirectory: inCache("records", access.configDirectory),
    extraFlags: [],
  };
}

/** Whether there is a site to speak of: an inventory was named, or the operator's directory has a globals.yml. */
export function hasSite({
  inventory,
  configDirectory,
}: Pick<SiteAccess, "inventory" | "configDirectory">): boolean {
  return inventory.length > 0 || existsSync(join(configDirectory, "globals.yml"));
}

/** The inventory an operator means: the named ones, the one in the operator's directory, or the one shipped. */
function inventoriesOf({ inventory, configDirectory, root }: SiteAccess): readonly string[] {
  if (inventory.length > 0) return inventory;
  const own = join(configDirectory, "ansible/inventory/all-in-one");
  return [existsSync(own) ? own : join(root, "ansible/inventory/all-in-one")];
}

/** Where the facts of a site's hosts are kept, in the operator's cache: they can always be gathered again. */
export function factsDirectory(configDirectory: string): string {
  return inCache("facts", configDirectory);
}

/** What is kept of a site, in the operator's cache. */
function inCache(what: string, configDirectory: string): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  return join(cache, "kolla", what, fingerprint(resolve(configDirectory)));
}
