import { fail } from "../errors.ts";
import { str } from "../repr.ts";
import type { Filter } from "../runtime.ts";
import { isString, iterate, Undefined } from "../values.ts";
import {
  bitsOf,
  formatAddress,
  lastAddress,
  type Network,
  netmask,
  networkAddress,
  parseNetwork,
} from "./addresses.ts";

type Query = (network: Network, source: string) => unknown;

function withPrefix(address: string, { prefix }: Network): string {
  return `${address}/${prefix}`;
}

function isNetwork(network: Network): boolean {
  return network.prefix < bitsOf(network.address);
}

function isPrivate(network: Network): boolean {
  const { version, value } = network.address;
  if (version === 6) return value >> 121n === 0x7en;
  return value >> 24n === 10n || value >> 20n === 0xac1n || value >> 16n === 0xc0a8n;
}

const broadcast: Query = (network) => {
  const usable = network.address.version === 4 && network.prefix < 31;
  return usable ? formatAddress(lastAddress(network)) : false;
};

const QUERIES: Record<string, Query> = {
  "": (network, source) =>
    source.includes("/")
      ? withPrefix(formatAddress(network.address), network)
      : formatAddress(network.address),
  address: (network) => formatAddress(network.address),
  ip: (network) => formatAddress(network.address),
  host: (network) => withPrefix(formatAddress(network.address), network),
  prefix: ({ prefix }) => prefix,
  netmask: (network) => formatAddress(netmask(network)),
  network: (network) => formatAddress(networkAddress(network)),
  "network/prefix": (network) => withPrefix(formatAddress(networkAddress(network)), network),
  subnet: (network) => withPrefix(formatAddress(networkAddress(network)), network),
  net: (network) => {
    const first = networkAddress(network);
    const whole = isNetwork(network) && first.value === network.address.value;
    return whole ? withPrefix(formatAddress(first), network) : false;
  },
  broadcast,
  version: ({ address }) => address.version,
  size: ({ address, prefix }) => Number(1n << BigInt(bitsOf(address) - prefix)),
  ipv4: (network, source) => (network.address.version === 4 ? QUERIES[""]?.(network, source) : false),
  ipv6: (network, source) => (network.address.version === 6 ? QUERIES[""]?.(network, source) : false),
  private: (network, source) => (isPrivate(network) ? source : false),
  public: (network, source) => (isPrivate(network) ? false : source),
};

/** The n-th address of a network, counted from its end when negative. */
function nthAddress(network: Network, index: number): string | false {
  const { version } = network.address;
  const base = index < 0 ? lastAddress(network).value + 1n : networkAddress(network).value;
  const value = base + BigInt(index);
  const inside = value >= networkAddress(network).value && value <= lastAddress(network).value;
  return inside ? withPrefix(formatAddress({ version, value }), network) : false;
}

function contained(network: Network, source: string, other: string): unknown {
  const outer = parseNetwork(other) ?? fail(`ipaddr: unknown query '${other}'`);
  if (outer.address.version !== network.address.version) return false;
  const inside =
    networkAddress(network).value >= networkAddress(outer).value &&
    lastAddress(network).value <= lastAddress(outer).value;
  return inside ? source : false;
}

function query(value: unknown, question: unknown): unknown {
  const source = str(value);
  const network = parseNetwork(source);
  if (!network) return false;
  if (typeof question === "number" || /^-?\d+$/.test(str(question)))
    return nthAddress(network, Number(question));
  const known = QUERIES[str(question)];
  return known ? known(network, source) : contained(network, source, str(question));
}

/** What ipaddr says about one address, or about each of a list, from which the wrong ones are left out. */
function ipaddr(value: unknown, question: unknown): unknown {
  if (value instanceof Undefined) return value.raise();
  if (isString(value)) return query(value, question);
  if (!Array.isArray(value)) return query(value, question);
  return [...iterate(value)].map((item) => query(item, question)).filter((item) => item !== false);
}

function versionFilter(version: 4 | 6): Filter {
  return (value, question = "") => {
    const items = Array.isArray(value) ? [...value] : [value];
    const wanted = items.filter((item) => parseNetwork(str(item))?.address.version === version);
    if (Array.isArray(value)) return ipaddr(wanted, question);
    return wanted.length === 0 ? false : ipaddr(value, question);
  };
}

export const IP_FILTERS: Record<string, Filter> = {
  ipaddr: (value, question = "") => ipaddr(value, question),
  ipv4: versionFilter(4),
  ipv6: versionFilter(6),
  ipwrap: (value) => {
    const network = parseNetwork(str(value));
    return network?.address.version === 6 ? str(value).replace(/^([^/]+)/, "[$1]") : value;
  },
};

/** The same filters under the name of the collection that has them. */
export const COLLECTION_IP_FILTERS: Record<string, Filter> = Object.fromEntries(
  Object.entries(IP_FILTERS).map(([name, filter]) => [`ansible.utils.${name}`, filter]),
);
