import { expect } from "vitest";
import { type HostDesired, type Item, type ResolvedSite, Secret, secret, service, text } from "#model";
import { formatError } from "#support";
import { compile } from "../../src/compile/index.ts";
import { host, site } from "./sites.ts";

const ADMIN = { host: "10.0.0.250", port: 3306, user: "root", password: "r" };

/** A database that others need. */
export const store = service("mariadb", {
  summary: "A database to test with.",
  enabled: true,
  groups: {},
  provides: {
    what: "database",
    resource: ({ schema }) => ({ kind: "sql", admin: ADMIN, statements: [`MAKE ${schema}`] }),
  },
  needs: [],
  containers: { mariadb: { group: "mariadb", set: "mariadb", image: "mariadb-server" } },
  options: {},
  define: () => ({
    containers: {
      mariadb: {
        command: "mariadbd",
        account: "mysql",
        health: { test: "true" },
        swap: { effect: "nothing", why: "one store", seconds: 1 },
      },
    },
  }),
});

/** A service that has one of everything. */
export const shop = service("shop", {
  summary: "A service to test with.",
  enabled: true,
  groups: { "shop-api": ["control"], "shop-agent": ["compute"] },
  needs: ["mariadb"],
  containers: {
    "shop-api": { group: "keystone", set: "shop-front" },
    "shop-agent": { group: "compute", set: "shop", container: "shop_worker", enabled: "shop_mode == 'all'" },
  },
  options: {
    shop_mode: text("all", "What is run."),
    shop_database_password: secret("Password."),
  },
  declare: (opt) => ({
    logs: ["shop"],
    databases: [{ schema: "shop", user: "shop", password: opt.shop_database_password }],
    users: [{ name: "shop", password: new Secret("s"), roles: ["admin"] }],
    apis: [
      {
        name: "shop_api",
        group: "keystone",
        mode: "http",
        port: 8000,
        publicPort: 8001,
        listenPort: 8002,
        check: "/alive",
        catalogue: {
          service: "shop",
          type: "shopping",
          description: "Shop",
          internal: `http://${opt.kolla_internal_fqdn}:8000/v1`,
          public: `http://${opt.kolla_external_fqdn}:8001/v1`,
        },
      },
    ],
  }),
  define: ({ host: here, site: whole }) => ({
    containers: {
      "shop-api": {
        command: "shopd --now",
        account: "shop",
        files: [
          {
            name: "shop.conf",
            dest: "/etc/shop/shop.conf",
            content: {
              ini: {
                DEFAULT: { url: whole.url("shopping", "public"), host: here.nodename, empty: undefined },
              },
              overrides: ["global.conf", "shop.conf", `shop/${here.name}/shop.conf`],
            },
          },
        ],
        mounts: [{ source: "shop_goods", target: "/var/lib/shop" }],
        health: { test: "healthcheck_curl http://x", timeout: 7 },
        swap: { effect: "requests-wait", why: "one shop has one till", seconds: 4 },
        privileges: { capabilities: { NET_RAW: "shouts" } },
        stopTimeout: 9,
      },
      "shop-agent": {
        command: "shop-agent",
        account: "root",
        health: { test: "true" },
        swap: { effect: "work-waits", why: "one agent a host", seconds: 9 },
        after: ["shop-api"],
      },
    },
    jobs: [{ name: "bootstrap", like: "shop-api", environment: { KOLLA_BOOTSTRAP: "" } }],
    execs: [
      { name: "open", container: "shop-api", command: ["shop", "open"] },
      { name: "paint", container: "shop-api", command: ["paint"], on: "each", before: ["shop-agent"] },
    ],
    sysctl: { "net.shop": "1" },
  }),
});

/** What an operator must give. */
export const GIVEN = { kolla_internal_vip_address: "10.0.0.250", shop_database_password: "p" };

/** Both services on one host; there must be no problem. */
export function compiled(variables: Record<string, unknown> = {}, more: Partial<ResolvedSite> = {}) {
  const result = compile(
    [shop, store],
    site([host("aio", "10.0.0.10", { ...GIVEN, ...variables })], more),
    {},
  );
  expect(result.problems.map(formatError)).toEqual([]);
  return result.desired.hosts[0] as HostDesired;
}

/** An item of a host by its id. */
export function item<K extends Item["kind"]>(desired: HostDesired, id: string): Extract<Item, { kind: K }> {
  const found = desired.items.find((each) => each.id === id);
  if (!found) throw new Error(`${id} is not among ${desired.items.map((each) => each.id).join(", ")}`);
  return found as Extract<Item, { kind: K }>;
}

/** The text of a file on a host. */
export const fileOf = (desired: HostDesired, path: string): string =>
  item<"file">(desired, `file:${path}`).content;
