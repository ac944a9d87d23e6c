import { KollaError } from "#support";

/** The groups that a host's name puts it into; the other groups of the inventory follow from these. */
export const ROLES = ["control", "network", "compute"] as const;
export type Role = (typeof ROLES)[number];

/** The networks that every host is on, in the order of the third number of their addresses; so are its interfaces called. */
export const NETWORKS = ["mgmt", "tunnel", "external"] as const;
export type NetworkName = (typeof NETWORKS)[number];

export const DEFAULT_HOSTS: readonly string[] = ["control01", "compute01"];

/** Last numbers of addresses on every network. */
const GATEWAY = 1;
const REGISTRY = 2;
const VIP = 250;
const FIRST: Readonly<Record<Role, number>> = { control: 10, network: 30, compute: 50 };
const HOSTS_A_ROLE = 19;
const FLOATING = { start: 100, end: 199 } as const;

/** Second numbers tried in 10.x.0.0/16; quickstart tries others. */
const CANDIDATES = [61, 62, 63, 81, 82, 83, 161, 162, 163, 181];

interface NamedHost {
  role: Role;
  number: number;
}

/** What a name like "compute02" says, or undefined. */
function parseName(name: string): NamedHost | undefined {
  const found = /^(control|network|compute)0*(\d+)$/.exec(name);
  const number = Number(found?.[2]);
  return found && number >= 1 && number <= HOSTS_A_ROLE ? { role: found[1] as Role, number } : undefined;
}

/** Throws KOLLA_USAGE_CLUSTER for names that say no role, or when none is a controller. */
export function checkNames(names: readonly string[]): void {
  const wrong = names.filter((name) => !parseName(name));
  if (wrong.length > 0)
    throw new KollaError({
      code: "KOLLA_USAGE_CLUSTER",
      message: `These names say no role: ${wrong.join(", ")}`,
      hint: `Names are ${ROLES.map((role) => `${role}01`).join(", ")} … up to ${HOSTS_A_ROLE}.`,
    });
  const numbers = names.map((name) => JSON.stringify(parseName(name)));
  if (new Set(numbers).size < numbers.length || !names.some((name) => parseName(name)?.role === "control"))
    throw new KollaError({
      code: "KOLLA_USAGE_CLUSTER",
      message: `${names.join(", ")}: each host has a number of its own, and one of them is control01.`,
    });
}

/** The hosts of each role; where a role has none of its own, the controllers have it. */
export function rolesOf(names: readonly string[]): Record<Role, string[]> {
  const named = (role: Role): string[] => names.filter((name) => parseName(name)?.role === role);
  const control = named("control");
  const orControl = (hosts: string[]): string[] => (hosts.length > 0 ? hosts : control);
  return { control, network: orControl(named("network")), compute: orControl(named("compute")) };
}

/** Where everything of a cluster is in 10.x.0.0/16: a /24 for each network. */
export class Addresses {
  readonly #second: number;

  constructor(second: number) {
    this.#second = second;
  }

  /** Those of the first network that no route of the machine ("10.0.0.0/8", "default" …) covers. Throws when all are. */
  static free(overlaps: (cidr: string) => boolean): Addresses {
    const second = CANDIDATES.find((each) => !overlaps(`10.${each}.0.0/16`));
    if (second !== undefined) return new Addresses(second);
    throw new KollaError({
      code: "KOLLA_CLUSTER_NETWORK",
      message: `All networks that a cluster would use are routed on this machine (10.{${CANDIDATES.join(",")}}.0.0/16).`,
    });
  }

  /** Of a cluster that is there, by the range of one of its networks. */
  static ofRange(cidr: string): Addresses {
    return new Addresses(Number(cidr.split(".")[1]));
  }

  range(network: NetworkName): string {
    return `${this.#on(network, 0)}/24`;
  }

  gateway(network: NetworkName): string {
    return this.#on(network, GATEWAY);
  }

  host(network: NetworkName, name: string): string {
    const { role, number } = parseName(name) as NamedHost;
    return this.#on(network, FIRST[role] + number);
  }

  get registry(): string {
    return this.#on("mgmt", REGISTRY);
  }

  get vip(): string {
    return this.#on("mgmt", VIP);
  }

  /** For servers, on the external network. */
  get floating(): { start: string; end: string } {
    return { start: this.#on("external", FLOATING.start), end: this.#on("external", FLOATING.end) };
  }

  #on(network: NetworkName, last: number): string {
    return `10.${this.#second}.${NETWORKS.indexOf(network)}.${last}`;
  }
}
