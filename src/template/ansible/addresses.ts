import { fail } from "../errors.ts";

/** An IPv4 or IPv6 address as a number. */
export interface Address {
  version: 4 | 6;
  value: bigint;
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split(".");
  const valid =
    parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return valid ? parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n) : undefined;
}

function hexGroups(text: string): string[] {
  return text === "" ? [] : text.split(":");
}

function parseV6(source: string): bigint | undefined {
  const embedded = /^(.*:)([\d.]+\.\d+)$/.exec(source);
  const tail = embedded ? parseV4(embedded[2] ?? "") : undefined;
  if (embedded && tail === undefined) return undefined;
  const text =
    embedded && tail !== undefined
      ? `${embedded[1]}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`
      : source;
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = hexGroups(halves[0] ?? "");
  const rest = hexGroups(halves[1] ?? "");
  const missing = 8 - head.length - rest.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => "0"), ...rest];
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}

/** Reads an address; undefined when the text is none. */
export function parseAddress(text: string): Address | undefined {
  const v4 = parseV4(text);
  if (v4 !== undefined) return { version: 4, value: v4 };
  const v6 = parseV6(text);
  return v6 === undefined ? undefined : { version: 6, value: v6 };
}

function groupsOf(value: bigint): bigint[] {
  return Array.from({ length: 8 }, (_, index) => (value >> BigInt(112 - index * 16)) & 0xffffn);
}

/** The longest run of two or more zero groups is written as two colons (RFC 5952). */
function compressed(groups: string[]): string {
  let best = { start: 0, size: 0 };
  for (let start = 0; start < groups.length; start++) {
    let size = 0;
    while (groups[start + size] === "0") size++;
    if (size > best.size) best = { start, size };
  }
  if (best.size < 2) return groups.join(":");
  return `${groups.slice(0, best.start).join(":")}::${groups.slice(best.start + best.size).join(":")}`;
}

/** An address in its usual, shortest form. */
export function formatAddress({ version, value }: Address): string {
  if (version === 6) return compressed(groupsOf(value).map((group) => group.toString(16)));
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join(".");
}

/** The eight groups of an IPv6 address in hexadecimal, without leading zeros. */
export function hexadecimalGroups(address: Address): string[] {
  return groupsOf(address.value).map((group) => group.toString(16));
}

/** 127.0.0.0/8 and ::1. Throws when the text is no address. */
export function isLoopback(text: string): boolean {
  const address = parseAddress(text) ?? fail(`'${text}' is not an IPv4 or IPv6 address`);
  return address.version === 4 ? address.value >> 24n === 127n : address.value === 1n;
}

/** An address with the prefix of its network. */
export interface Network {
  address: Address;
  prefix: number;
}

/** Length of the addresses of this kind. */
export function bitsOf(address: Address): number {
  return address.version === 4 ? 32 : 128;
}

function prefixOf(text: string, address: Address): number | undefined {
  const bits = bitsOf(address);
  if (/^\d+$/.test(text)) return Number(text) <= bits ? Number(text) : undefined;
  const mask = parseV4(text);
  if (address.version === 6 || mask === undefined) return undefined;
  const ones = mask.toString(2).padStart(32, "0");
  return /^1*0*$/.test(ones) ? ones.replaceAll("0", "").length : undefined;
}

/** Reads "192.0.2.1/24", "192.0.2.1/255.255.255.0" or a bare address. */
export function parseNetwork(text: string): Network | undefined {
  const [host = "", mask, ...rest] = text.split("/");
  const address = parseAddress(host);
  if (!address || rest.length > 0) return undefined;
  const prefix = mask === undefined ? bitsOf(address) : prefixOf(mask, address);
  return prefix === undefined ? undefined : { address, prefix };
}

/** The mask of a network as an address. */
export function netmask({ address, prefix }: Network): Address {
  const bits = BigInt(bitsOf(address));
  const all = (1n << bits) - 1n;
  return { version: address.version, value: all ^ (all >> BigInt(prefix)) };
}

/** The first address of a network. */
export function networkAddress(network: Network): Address {
  return { version: network.address.version, value: network.address.value & netmask(network).value };
}

/** The last address of a network. */
export function lastAddress(network: Network): Address {
  const { version } = network.address;
  const all = (1n << BigInt(bitsOf(network.address))) - 1n;
  return { version, value: networkAddress(network).value | (all ^ netmask(network).value) };
}
