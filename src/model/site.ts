import { fingerprint, type Where } from "#support";

/** What Ansible resolved: the operator's variables and facts, host by host. Written by src/ansible, read by compile. */
export interface ResolvedSite {
  hosts: readonly ResolvedHost[];
  /** Group → host names in inventory order, with all children resolved. */
  groups: Readonly<Record<string, readonly string[]>>;
  /** Where the operator wrote a variable: name → place; for messages. */
  places: Readonly<Record<string, Where>>;
  /** Operator's files below <configdir>/config: relative path → text and full path. */
  overrides: Readonly<Record<string, { text: string; path: string }>>;
  /** Those that are not text (keytabs, logos), in the same way. */
  binaryOverrides?: Readonly<Record<string, BinaryFile>>;
  configDirectory: string;
  /** Names that the operator's own variables mention in their templates. */
  references?: readonly string[];
  /** What Ansible answered to what override files ask of it, by `lookupKey`. */
  lookups?: Readonly<Record<string, LookupAnswer>>;
}

/** A file of the operator's that is not text. */
export interface BinaryFile {
  path: string;
  /** Its bytes; absent when there are too many of them to be carried. */
  base64?: string;
}

/** A call of Ansible's `lookup` in an override file, with its arguments as they are while it is rendered for a host. */
export interface LookupQuestion {
  host: string;
  /** The plugin's name, then its terms. */
  args: readonly unknown[];
  kwargs: Readonly<Record<string, unknown>>;
}

export type LookupAnswer = { value: unknown } | { problem: string };

/** One text for the same question. */
export function lookupKey({ host, args, kwargs }: LookupQuestion): string {
  return fingerprint({ host, args, kwargs });
}

export interface ResolvedHost {
  name: string;
  /** Only what the operator set (inventory, globals, passwords, -e): already evaluated by Ansible. Defaults are compile's. */
  variables: Readonly<Record<string, unknown>>;
  facts: HostFacts;
}

export interface HostFacts {
  nodename: string;
  cpus: number;
  memoryMiB: number;
  /** "Debian", "RedHat" … and "13". */
  distribution: string;
  distributionVersion: string;
  /** Interface name as the kernel has it → IPv4 and IPv6 addresses. */
  interfaces: Readonly<Record<string, { active: boolean; ipv4: readonly string[]; ipv6: readonly string[] }>>;
  initSystem: string;
  pythonVersion: string;
  /** What Ansible gathered, under its names, but for lists of disks and for interfaces without an IPv4 address. */
  gathered?: Readonly<Record<string, unknown>>;
}
