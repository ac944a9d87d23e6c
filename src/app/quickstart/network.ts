import { execa } from "execa";
import { KollaError } from "#support";

/** The pairs of virtual interfaces that quickstart makes: nothing that the machine had is touched. */
export interface QuickstartNetwork {
  /** Carries the management address and the VIP. Its peer only keeps the link up. */
  management: { interface: string; peer: string; cidr: string; address: string; vip: string };
  /** One end goes into br-ex; the host has the gateway's address on the other. */
  external: {
    interface: string;
    peer: string;
    cidr: string;
    gateway: string;
    pool: { start: string; end: string };
  };
}

/** Second octets tried in 10.x.0.0/16: the first pair of networks that no route of the machine covers is taken. */
const CANDIDATES = [77, 78, 79, 87, 88, 97, 98, 177, 178, 187];

/** The network for a machine with these routes ("10.0.0.0/8", "default" …). Throws when all candidates are covered. */
export function chooseNetwork(routes: readonly string[]): QuickstartNetwork {
  const taken = (cidr: string): boolean => routes.some((route) => overlaps(route, cidr));
  const octet = CANDIDATES.find((each) => !taken(`10.${each}.0.0/16`));
  if (octet === undefined)
    throw new KollaError({
      code: "KOLLA_QUICKSTART_NETWORK",
      message: `All networks that quickstart would use are routed on this machine (10.{${CANDIDATES.join(",")}}.0.0/16).`,
      hint: "Write an inventory and globals.yml of your own and run kolla deploy.",
    });
  const base = `10.${octet}`;
  return {
    management: {
      interface: "kolla-api",
      peer: "kolla-api-peer",
      cidr: `${base}.0.0/24`,
      address: `${base}.0.10`,
      vip: `${base}.0.250`,
    },
    external: {
      interface: "kolla-ext",
      peer: "kolla-ext-host",
      cidr: `${base}.1.0/24`,
      gateway: `${base}.1.1`,
      pool: { start: `${base}.1.100`, end: `${base}.1.199` },
    },
  };
}

/** Whether two IPv4 networks share an address; a default route covers nothing of its own. */
export function overlaps(a: string, b: string): boolean {
  if (a === "default" || b === "default") return false;
  const [addressA, lengthA] = split(a);
  const [addressB, lengthB] = split(b);
  const shift = 32 - Math.min(lengthA, lengthB);
  return Math.floor(addressA / 2 ** shift) === Math.floor(addressB / 2 ** shift);
}

function split(cidr: string): [number, number] {
  const [address = "", length = "32"] = cidr.split("/");
  return [address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0), Number(length)];
}

/** The machine's routes without those of quickstart's own interfaces. */
export async function networkToAvoid(): Promise<string[]> {
  const { stdout } = await execa("ip", ["-4", "-o", "route", "show"]);
  return stdout
    .split("\n")
    .filter((line) => line && !/ dev kolla-/.test(line))
    .map((line) => line.split(" ")[0] ?? "")
    .filter((route) => route === "default" || /^[\d./]+$/.test(route));
}

/** Makes the pairs that are not there; says what it made. */
export async function makeNetwork({ management, external }: QuickstartNetwork): Promise<string[]> {
  const made: string[] = [];
  if (!(await interfaceExists(management.interface))) {
    await makePair(management.interface, management.peer);
    await ip("address", "add", `${management.address}/24`, "dev", management.interface);
    made.push(`${management.interface} (${management.address}/24)`);
  }
  if (!(await interfaceExists(external.interface))) {
    await makePair(external.interface, external.peer);
    await ip("address", "add", `${external.gateway}/24`, "dev", external.peer);
    made.push(`${external.interface}, ${external.peer} (${external.gateway}/24)`);
  }
  return made;
}

async function makePair(name: string, peer: string): Promise<void> {
  await ip("link", "add", name, "type", "veth", "peer", "name", peer);
  await ip("link", "set", name, "up");
  await ip("link", "set", peer, "up");
}

async function interfaceExists(name: string): Promise<boolean> {
  const { exitCode } = await execa("ip", ["link", "show", "dev", name], { reject: false });
  return exitCode === 0;
}

async function ip(...words: string[]): Promise<void> {
  const { exitCode, stderr } = await execa("ip", words, { reject: false });
  if (exitCode === 0) return;
  throw new KollaError({
    code: "KOLLA_QUICKSTART_NETWORK",
    message: `ip ${words.join(" ")}: ${stderr.trim()}`,
    hint: "quickstart needs root and NET_ADMIN.",
  });
}
