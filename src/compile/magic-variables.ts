import type { ResolvedSite } from "#model";

/** Ansible's names for the hosts that a play is for. */
const PLAY_HOSTS = new Set([
  "play_hosts",
  "ansible_play_hosts",
  "ansible_play_hosts_all",
  "ansible_play_batch",
]);

/** What Ansible's own variables are that are the same on every host; undefined for any other name. */
export function siteVariable(name: string, site: ResolvedSite): unknown {
  const all = (): string[] => site.hosts.map((host) => host.name);
  if (name === "groups") return { ...site.groups, all: all() };
  if (name === "CONFIG_DIR") return site.configDirectory;
  return PLAY_HOSTS.has(name) ? all() : undefined;
}

/** The same for those that are a host's name and its groups. */
export function hostVariable(name: string, host: string, site: ResolvedSite): unknown {
  if (name === "inventory_hostname") return host;
  if (name === "inventory_hostname_short") return host.split(".")[0];
  if (name !== "group_names") return undefined;
  return Object.keys(site.groups).filter((group) => site.groups[group]?.includes(host));
}
