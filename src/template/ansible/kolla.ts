import { REQUIRED } from "../arguments.ts";
import { contains } from "../compare.ts";
import { dictEntries, dictGet, dictSet } from "../dict.ts";
import { fail } from "../errors.ts";
import { parseIntStrictly } from "../filters-number.ts";
import { str } from "../repr.ts";
import type { Filter, FilterCall } from "../runtime.ts";
import { type Dict, isDict, isString, iterate, MISSING, toIndex, truthy, Undefined } from "../values.ts";
import { formatAddress, hexadecimalGroups, isLoopback, parseAddress } from "./addresses.ts";
import { ansibleFilter } from "./kit.ts";
import { toBool } from "./values.ts";

/**
 * An address as it is written in a context: 'url' brackets IPv6, 'memcache' adds inet6: to that,
 * 'rabbitmq' writes Erlang's tuples. Rule: Kolla-Ansible's filter of that name.
 */
export function putAddressInContext(address: string, context: string): string {
  if (!["url", "memcache", "rabbitmq"].includes(context)) fail(`Unknown context '${context}'`);
  if (context === "rabbitmq") return erlangAddress(address);
  if (!address.includes(":")) return address;
  return context === "url" ? `[${address}]` : `inet6:[${address}]`;
}

function erlangAddress(text: string): string {
  const address = parseAddress(text) ?? fail(`'${text}' is not an IPv4 or IPv6 address`);
  if (address.version === 4) return text.replaceAll(".", ",");
  return hexadecimalGroups(address)
    .map((group) => `16#${group}`)
    .join(",");
}

const DEFAULT_PORTS: Record<string, number> = { http: 80, ws: 80, https: 443, wss: 443 };

function portNumber(port: unknown): number {
  const number = isString(port) ? parseIntStrictly(String(port), 10) : toIndex(port);
  return number === undefined ? fail(`'${str(port)}' is not a port`) : Number(number);
}

const kollaUrl = ansibleFilter(
  { protocol: REQUIRED, port: REQUIRED, path: "", context: "url" },
  (fqdn, { protocol, port, path, context }) => {
    const host = putAddressInContext(str(fqdn), str(context));
    const number = portNumber(port);
    const shown = DEFAULT_PORTS[str(protocol)] === number ? "" : `:${number}`;
    return `${str(protocol)}://${host}${shown}${str(path)}`;
  },
);

function required(call: FilterCall, name: string): unknown {
  const value = call.resolve(name);
  return value instanceof Undefined || value === null ? fail(`'${name}' variable is unavailable`) : value;
}

function variable(dict: unknown, name: string): unknown {
  const value = isDict(dict) ? dictGet(dict, name) : MISSING;
  return value === MISSING || value instanceof Undefined ? null : value;
}

function hostOf(call: FilterCall, hostname: unknown): Dict {
  const host = variable(required(call, "hostvars"), str(hostname));
  return isDict(host) ? host : fail(`'${str(hostname)}' not in 'hostvars'`);
}

function givenAddress(host: Dict, hostname: string, name: unknown): string | undefined {
  if (name === null) return undefined;
  const value = variable(host, str(name));
  if (value === null) return undefined;
  const address = parseAddress(str(value));
  if (!address) {
    fail(
      `variable '${str(name)}' for host '${hostname}' is set to '${str(value)}', which is not a valid IPv4 or IPv6 address`,
    );
  }
  return formatAddress(address);
}

function familyOf(host: Dict, network: string): "ipv4" | "ipv6" {
  const given = variable(host, `${network}_address_family`);
  if (given === null)
    fail(`Address family undefined for network '${network}' (set '${network}_address_family')`);
  const family = str(given).toLowerCase();
  if (family === "ipv4" || family === "ipv6") return family;
  return fail(`Unknown address family '${family}' for network '${network}'`);
}

/** Where a primary address is a loopback one (BGP to the host), the first other one is meant. */
function ipv4Address(facts: Dict, family: unknown): unknown {
  const address = variable(family, "address");
  if (address === null || !isLoopback(str(address))) return address;
  const secondaries = variable(facts, "ipv4_secondaries");
  const others =
    secondaries === null ? [] : [...iterate(secondaries)].map((item) => variable(item, "address"));
  return others.find((other) => other !== null && !isLoopback(str(other))) ?? address;
}

/** The first global address that is not a virtual one. */
function ipv6Address(host: Dict, family: unknown): unknown {
  const haproxy = variable(host, "enable_haproxy");
  if (haproxy === null) fail("'enable_haproxy' variable is unavailable");
  const names = ["kolla_internal_vip_address", "kolla_external_vip_address"];
  const virtual = toBool(haproxy) ? names.map((name) => variable(host, name)) : [];
  const candidates = [...iterate(family)].filter((item) => variable(item, "scope") === "global");
  return (
    candidates.map((item) => variable(item, "address")).find((address) => !virtual.includes(address)) ?? null
  );
}

/**
 * The address of a host on a network: of the interface that `<network>_interface` names, in the family of
 * `<network>_address_family`, from the host's facts. Rule: Kolla-Ansible's filter of that name.
 */
const kollaAddress = ansibleFilter({ hostname: null, override_var: null }, (network, args, call) => {
  const name = str(network);
  const hostname = str(args.hostname ?? required(call, "inventory_hostname"));
  const host = hostOf(call, hostname);
  const given = givenAddress(host, hostname, args.override_var);
  if (given !== undefined) return given;
  const interfaceName = variable(host, `${name}_interface`);
  if (interfaceName === null)
    fail(`Interface name undefined for network '${name}' (set '${name}_interface')`);
  const familyName = familyOf(host, name);
  const facts = variable(variable(host, "ansible_facts"), str(interfaceName).replaceAll("-", "_"));
  if (!isDict(facts)) return fail(`Interface '${str(interfaceName)}' not present on host '${hostname}'`);
  const family = variable(facts, familyName);
  const place = `on interface '${str(interfaceName)}' for host '${hostname}'`;
  if (family === null) fail(`Address family '${familyName}' undefined ${place}`);
  const address = familyName === "ipv4" ? ipv4Address(facts, family) : ipv6Address(host, family);
  return address ?? fail(`${familyName} address missing ${place}`);
});

function serviceName(service: unknown): string {
  return str(variable(service, "container_name") ?? "<unknown>");
}

function serviceEnabled(service: unknown): boolean {
  const enabled = variable(service, "enabled");
  if (enabled === null)
    fail(`Service definition for '${serviceName(service)}' does not have an 'enabled' attribute`);
  return toBool(enabled);
}

function serviceMapped(service: unknown, call: FilterCall): boolean {
  const decided = variable(service, "host_in_groups");
  if (decided !== null) return toBool(decided);
  const group = variable(service, "group");
  if (group === null) {
    fail(
      `Service definition for '${serviceName(service)}' does not have a 'group' or 'host_in_groups' attribute`,
    );
  }
  return contains(required(call, "group_names"), group) || group === "all";
}

function entries(value: unknown): [unknown, unknown][] {
  return isDict(value) ? dictEntries(value) : fail("a dictionary of services is needed");
}

const selectServices = ansibleFilter(
  {},
  (services, _args, call) =>
    new Map(
      entries(services).filter(([, service]) => serviceEnabled(service) && serviceMapped(service, call)),
    ),
);

const extractHaproxy = ansibleFilter({}, (services) => {
  const found = new Map<unknown, unknown>();
  for (const [, service] of entries(services)) {
    const haproxy = variable(service, "haproxy");
    if (!serviceEnabled(service) || haproxy === null || !truthy(haproxy)) continue;
    for (const [name, item] of entries(haproxy)) {
      if (found.has(name)) fail("haproxy service names should be unique");
      dictSet(found, name, item);
    }
  }
  return found;
});

export const KOLLA_FILTERS: Record<string, Filter> = {
  extract_haproxy_services: extractHaproxy,
  kolla_address: kollaAddress,
  kolla_url: kollaUrl,
  put_address_in_context: ansibleFilter({ context: REQUIRED }, (address, { context }) =>
    putAddressInContext(str(address), str(context)),
  ),
  select_services_enabled_and_mapped_to_host: selectServices,
  service_enabled: ansibleFilter({}, (service) => serviceEnabled(service)),
  service_enabled_and_mapped_to_host: ansibleFilter(
    {},
    (service, _args, call) => serviceEnabled(service) && serviceMapped(service, call),
  ),
  service_mapped_to_host: ansibleFilter({}, (service, _args, call) => serviceMapped(service, call)),
};
