import type { ResolvedSite } from "#model";
import { editDistance, KollaError, nearest } from "#support";
import { knownVariables } from "./known-variables.ts";
import type { TableEntry } from "./rule-options.ts";

/** Names that Ansible itself or our own carrier gives meaning to. */
const ANSIBLE_NAME = /^(ansible_|kolla_action|inventory_|playbook_dir$|CONFIG_DIR$|omit$)/;

export interface NameFindings {
  problems: KollaError[];
  warnings: KollaError[];
}

/**
 * Looks for variables in globals and passwords that nothing reads: most often a misspelt name.
 * A variable that the operator's own templates mention is the operator's own.
 */
export function checkNames(
  table: ReadonlyMap<string, TableEntry>,
  site: ResolvedSite,
  names: readonly string[],
): NameFindings {
  const findings: NameFindings = { problems: [], warnings: [] };
  const mentioned = mentionedNames(site);
  const known = [...table.keys(), ...knownVariables];
  for (const name of [...names].sort()) {
    if (table.has(name) || mentioned.has(name) || ANSIBLE_NAME.test(name)) continue;
    if (knownVariables.has(name) || isOfOtherService(name)) noteUnsupported(name, site, findings);
    else if (isChecked(name, site)) noteUnknown(name, site, known, findings);
  }
  return findings;
}

/**
 * Globals and -e carry Kolla's variables. Inventories carry operators' own too, and passwords.yml outlives releases:
 * a secret that is misspelt there is reported as the one that is missing.
 */
function isChecked(name: string, site: ResolvedSite): boolean {
  const file = site.places[name]?.file ?? "";
  return file === "-e" || /(^|\/)(globals\.ya?ml|globals\.d\/[^/]+)$/.test(file);
}

/** Services of Kolla-Ansible that we lack have the same families of variables as ours (<container>_image …). */
const OTHER_SERVICES =
  /^(aodh|barbican|bifrost|blazar|ceilometer|ceph_rgw|cinder|cloudkitty|collectd|cyborg|designate|etcd|fluentd|gnocchi|grafana|hacluster|heat|horizon|ironic|iscsid|letsencrypt|magnum|manila|masakari|mistral|multipathd|octavia|opensearch|ovn|ovsdpdk|prometheus|proxysql|redis|skyline|tacker|tgtd|trove|valkey|venus|watcher|zun)_/;
const FAMILY =
  /_(image|tag|image_full|dimensions|(extra|default)_volumes|enable_healthchecks|healthcheck(_\w+)?|logging_debug|(internal|external)_fqdn|api_(port|listen_port|public_port|workers)|dev_mode|git_repository|source_version|max_fail_percentage|copy_certs|enable_tls_backend|keystone_user|database_(name|user|address)|datadir_volume|port)$/;

function isOfOtherService(name: string): boolean {
  return OTHER_SERVICES.test(name) && FAMILY.test(name);
}

function mentionedNames(site: ResolvedSite): Set<string> {
  const found = new Set<string>();
  for (const { text } of Object.values(site.overrides)) {
    for (const [block] of text.matchAll(/\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g)) {
      for (const [word] of block.matchAll(/[A-Za-z_]\w*/g)) found.add(word);
    }
  }
  return found;
}

/**
 * A name that is nearly a real one is a slip, and so is a switch that is on for nothing. Any other may be the operator's
 * own, which other variables are made from: a warning is enough.
 */
function noteUnknown(
  name: string,
  site: ResolvedSite,
  known: readonly string[],
  findings: NameFindings,
): void {
  const like = nearest(name, known);
  const near = like !== undefined && editDistance(name, like) <= Math.max(2, Math.floor(name.length / 6));
  const fatal = near || isSwitchedOn(name, site);
  const problem = new KollaError({
    code: fatal ? "KOLLA_OPTION_UNKNOWN" : "KOLLA_WARN_OPTION_UNKNOWN",
    message: `${name} is not an option of any service`,
    where: { ...site.places[name], key: name },
    hint: like
      ? `Did you mean ${like}?`
      : "etc/kolla/globals.yml lists all of them; remove it if nothing needs it.",
  });
  (fatal ? findings.problems : findings.warnings).push(problem);
}

function isSwitchedOn(name: string, site: ResolvedSite): boolean {
  const value = site.hosts.map((host) => host.variables[name]).find((each) => each !== undefined);
  return name.startsWith("enable_") && /^(true|yes|on|1)$/i.test(String(value));
}

/** A passwords file holds the secrets of all services that Kolla-Ansible has, wanted or not. */
const SECRET_NAME = /_(password|key|cookie|token|uuid|secret|salt)$/;

/** Kolla-Ansible's variables that we have no use for: fatal only when the cloud would lack what was asked for. */
function noteUnsupported(name: string, site: ResolvedSite, findings: NameFindings): void {
  const place = site.places[name];
  if (/passwords[^/]*\.ya?ml$/.test(place?.file ?? "") || SECRET_NAME.test(name)) return;
  const asked = isSwitchedOn(name, site);
  if (name.startsWith("enable_") && !asked) return;
  const problem = new KollaError({
    code: asked ? "KOLLA_OPTION_UNSUPPORTED" : "KOLLA_WARN_OPTION_UNSUPPORTED",
    message: `${name} is known to Kolla-Ansible, not supported here yet${asked ? "" : ": it has no effect"}`,
    ...(place && { where: { ...place, key: name } }),
    hint: asked ? `Set ${name}: no, or remove it.` : `Remove ${name} if you can do without it.`,
  });
  (asked ? findings.problems : findings.warnings).push(problem);
}
