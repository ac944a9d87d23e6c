import { describe, expect, test } from "vitest";
import { type AnyService, type ContainerPart, type ObservedHost, type ResolvedSite, service } from "#model";
import { formatError } from "#support";
import { host, site } from "../../tests/golden/sites.ts";
import { checkSite, isInside, siteWarnings } from "./check-site.ts";
import { sameSocket } from "./taken-ports.ts";

const swap: ContainerPart["swap"] = { effect: "nothing", why: "a test", seconds: 1 };

const shop = service("shop", {
  summary: "A service to test with.",
  enabled: true,
  groups: { "shop-api": ["control"] },
  needs: [],
  containers: { "shop-api": { group: "shop-api", set: "shop" } },
  options: {},
  declare: () => ({
    apis: [{ name: "shop_api", group: "shop-api", mode: "http", port: 8000, listenPort: 8002 }],
  }),
  define: () => ({
    containers: { "shop-api": { command: "shopd", account: "shop", health: { test: "true" }, swap } },
  }),
  kernelModules: ["kvm"],
  checks: (_context, facts) =>
    facts.kernelModules.kvm ? [] : [{ message: "The shop wants KVM", hint: "Set shop_kvm: no." }],
});

/** Who carries the address of the site from host to host. */
const carrier = service("carrier", {
  summary: "A service to test with.",
  enabled: true,
  groups: { loadbalancer: ["network"] },
  needs: [],
  containers: {
    keepalived: { group: "loadbalancer", set: "carrier", enabled: "enable_keepalived", holdsVip: true },
  },
  options: {},
  define: () => ({
    containers: { keepalived: { command: "keepalived", account: "root", health: { test: "true" }, swap } },
  }),
});

const GIVEN = { kolla_internal_vip_address: "10.0.0.250" };

function ground(variables: Record<string, unknown> = {}): ResolvedSite {
  const whole = site([host("aio", "10.0.0.10", { ...GIVEN, ...variables })]);
  return { ...whole, groups: { ...whole.groups, "shop-api": ["aio"] } };
}

/** The same with a load balancer on the host. */
function balanced(variables: Record<string, unknown>): ResolvedSite {
  const whole = ground(variables);
  return { ...whole, groups: { ...whole.groups, loadbalancer: ["aio"] } };
}

function observed(facts: Partial<ObservedHost["facts"]> = {}, running: readonly string[] = []): ObservedHost {
  return {
    host: "aio",
    engine: { name: "docker", version: "28", cgroupVersion: 2 },
    facts: {
      nodename: "aio",
      nofileHard: 1048576,
      cpus: 2,
      memoryBytes: 16 * 2 ** 30,
      diskFreeBytes: 50 * 2 ** 30,
      kernelModules: { kvm: true },
      interfaces: { eth0: { up: true, addresses: ["10.0.0.10"] } },
      listening: {},
      ...facts,
    },
    containers: running.map((name) => ({
      id: name,
      name,
      image: "i",
      imageId: "i",
      state: "running",
      health: "healthy",
      startedAt: "",
      restarts: 0,
      labels: {},
    })),
    images: {},
    volumes: [],
    files: {},
    journal: { jobs: {}, resources: {}, generations: {} },
  };
}

function problems(
  seen: ObservedHost | undefined,
  whole = ground(),
  services: AnyService[] = [shop, carrier],
): string {
  return checkSite(services, whole, { aio: seen }).map(formatError).join("\n");
}

describe("prechecks", () => {
  test("a host that has all it needs is not refused", () => {
    expect(problems(observed())).toBe("");
  });

  test("a group that the inventory lacks is given with the lines to add", () => {
    expect(problems(observed(), site([host("aio", "10.0.0.10", GIVEN)]))).toMatchInlineSnapshot(`
      "The inventory has no group shop-api (KOLLA_INVENTORY_GROUP)
        Add to it:

      [shop-api:children]
      control"
    `);
  });

  test("a service without a host says which group wants one", () => {
    const whole = ground();
    expect(
      problems(observed(), { ...whole, groups: { ...whole.groups, "shop-api": [] } }),
    ).toMatchInlineSnapshot(`
      "shop is enabled, but its groups in the inventory have no host (KOLLA_INVENTORY_NOWHERE)
        Put a host into [shop-api], or set enable_shop: no."
    `);
  });

  test("an interface that is not there is named with those that are", () => {
    expect(problems(observed(), balanced({ kolla_external_vip_interface: "vlan7" }))).toMatchInlineSnapshot(`
      "aio: kolla_external_vip_interface is vlan7, which the host does not have (KOLLA_PRECHECK_INTERFACE)
        aio has eth0, eth1, lo. Set kolla_external_vip_interface in globals.yml, or for this host in the inventory."
    `);
  });

  test("a port that somebody else listens on is named with who it is", () => {
    expect(problems(observed({ listening: { "0.0.0.0:8002": "nginx" } }))).toMatchInlineSnapshot(`
      "aio: shop_api needs port 8002, but nginx listens on 0.0.0.0:8002 (KOLLA_PRECHECK_PORT)
        Stop it, or give the service another port in globals.yml."
    `);
  });

  test("a port that our own container listens on is no problem", () => {
    expect(problems(observed({ listening: { "10.0.0.10:8002": "shopd" } }, ["shop_api"]))).toBe("");
  });

  test("a VIP that stands on a host without our keepalived is refused; with it, it is where it should be", () => {
    const interfaces = { eth0: { up: true, addresses: ["10.0.0.10", "10.0.0.250"] } };
    expect(problems(observed({ interfaces }))).toMatchInlineSnapshot(`
      "aio: kolla_internal_vip_address 10.0.0.250 is already on eth0, and not by our keepalived (KOLLA_PRECHECK_VIP_USED)
        Choose an address that is free; or take it away: ip address del 10.0.0.250/32 dev eth0"
    `);
    expect(problems(observed({ interfaces }, ["keepalived"]))).toBe("");
  });

  test("a VIP outside the API network is refused when the network is known", () => {
    const [aio] = ground().hosts;
    if (!aio) throw new Error("no host");
    const interfaces = { ...aio.facts.interfaces, eth0: { active: true, ipv4: ["10.0.0.10/25"], ipv6: [] } };
    const whole = { ...ground(), hosts: [{ ...aio, facts: { ...aio.facts, interfaces } }] };
    expect(problems(observed(), whole)).toMatchInlineSnapshot(`
      "aio: kolla_internal_vip_address 10.0.0.250 is not in the network of eth0 (10.0.0.10/25) (KOLLA_PRECHECK_VIP_NETWORK)
        Choose a free address of that network, or name the right interface in api_interface."
    `);
  });

  test("too little room for images is refused", () => {
    expect(problems(observed({ diskFreeBytes: 2 ** 30 }))).toContain("Only 1.0 GiB are free");
  });

  test("what only the service knows is refused under its name", () => {
    expect(problems(observed({ kernelModules: { kvm: false } }))).toBe(
      "aio: The shop wants KVM (KOLLA_PRECHECK_SHOP)\n  Set shop_kvm: no.",
    );
  });

  test("a host that was not looked at is judged by its facts alone", () => {
    expect(problems(undefined)).toBe("");
  });

  test("of a host out of reach nothing is said but that", () => {
    const whole = ground();
    const hosts = whole.hosts.map((each) => ({
      ...each,
      facts: { ...each.facts, memoryMiB: 0, interfaces: {} },
    }));
    expect(siteWarnings([shop], { ...whole, hosts }, {})).toEqual([]);
  });

  test("little memory is a warning and no refusal", () => {
    const seen = { aio: observed({ memoryBytes: 4 * 2 ** 30 }) };
    expect(checkSite([shop], ground(), seen)).toEqual([]);
    expect(siteWarnings([shop], ground(), seen).map(({ message }) => message)).toEqual([
      "4096 MiB of memory, and 7000 are advised",
    ]);
  });
});

test.each([
  ["10.0.0.250", "10.0.0.10/24", true],
  ["10.0.1.1", "10.0.0.10/24", false],
  ["192.168.130.1", "192.168.128.9/22", true],
  ["1.2.3.4", "9.9.9.9/0", true],
])("%s in %s: %s", (address, network, inside) => {
  expect(isInside(address, network)).toBe(inside);
});

test.each([
  ["10.0.0.5:80", true],
  ["[::]:80", true],
  ["*:80", true],
  ["127.0.0.1:80", false],
  ["10.0.0.5:8080", false],
])("a socket at %s is in the way of 10.0.0.5:80: %s", (place, taken) => {
  expect(sameSocket(place, "10.0.0.5", 80)).toBe(taken);
});
