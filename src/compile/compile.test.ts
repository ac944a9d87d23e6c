import { describe, expect, test } from "vitest";
import {
  type ContainerItem,
  type FileItem,
  type HostDesired,
  type Item,
  type ResolvedSite,
  Secret,
  secret,
  service,
  text,
} from "#model";
import { formatError } from "#support";
import { allInOne, host, site } from "../../tests/golden/sites.ts";
import { compile } from "./index.ts";

const store = service("mariadb", {
  summary: "A database to test with.",
  enabled: true,
  groups: {},
  needs: [],
  containers: { mariadb: { group: "mariadb", set: "mariadb", image: "mariadb-server" } },
  options: {},
  define: () => ({
    containers: { mariadb: { command: "mariadbd", account: "mysql", health: { test: "true" } } },
  }),
});

const shop = service("shop", {
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
        catalogue: { service: "shop", type: "shopping", description: "Shop", path: "/v1" },
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
        privileges: { capabilities: { NET_RAW: "shouts" } },
        stopTimeout: 9,
      },
      "shop-agent": {
        command: "shop-agent",
        account: "root",
        health: { test: "true" },
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

const GIVEN = { kolla_internal_vip_address: "10.0.0.250", shop_database_password: "p" };

function compiled(variables: Record<string, unknown> = {}, more: Partial<ResolvedSite> = {}) {
  const result = compile(
    [shop, store],
    site([host("aio", "10.0.0.10", { ...GIVEN, ...variables })], more),
    {},
  );
  expect(result.problems.map(formatError)).toEqual([]);
  return result.desired.hosts[0] as HostDesired;
}

function item<K extends Item["kind"]>(desired: HostDesired, id: string): Extract<Item, { kind: K }> {
  const found = desired.items.find((each) => each.id === id);
  if (!found) throw new Error(`${id} is not among ${desired.items.map((each) => each.id).join(", ")}`);
  return found as Extract<Item, { kind: K }>;
}

const fileOf = (desired: HostDesired, path: string): string => item<"file">(desired, `file:${path}`).content;

describe("containers", () => {
  test("a container has what its service says and what all containers have", () => {
    expect(item<"container">(compiled(), "container:shop_api").spec).toMatchInlineSnapshot(`
      {
        "capabilities": [
          "CHOWN",
          "DAC_OVERRIDE",
          "FOWNER",
          "KILL",
          "NET_RAW",
          "SETGID",
          "SETUID",
        ],
        "deviceCgroupRules": [],
        "devices": [],
        "environment": {
          "KOLLA_CONFIG_STRATEGY": "COPY_ALWAYS",
          "KOLLA_SERVICE_NAME": "shop-api",
        },
        "health": {
          "interval": 30,
          "retries": 3,
          "startPeriod": 5,
          "test": [
            "CMD-SHELL",
            "healthcheck_curl http://x",
          ],
          "timeout": 7,
        },
        "image": "kolla/shop-api:2025.1-debian-trixie",
        "labels": {
          "kolla_managed": "true",
          "kolla_release": "2025.1",
          "kolla_set": "shop/shop-front",
        },
        "mounts": [
          {
            "readOnly": true,
            "source": "/etc/kolla/shop-api/",
            "target": "/var/lib/kolla/config_files/",
          },
          {
            "readOnly": true,
            "source": "/etc/localtime",
            "target": "/etc/localtime",
          },
          {
            "source": "kolla_logs",
            "target": "/var/log/kolla/",
          },
          {
            "source": "shop_goods",
            "target": "/var/lib/shop",
          },
        ],
        "name": "shop_api",
        "readOnlyRoot": false,
        "restartPolicy": "unless-stopped",
        "securityOptions": [],
        "stopTimeout": 9,
        "tmpfs": [],
        "ulimits": {
          "nofile": {
            "hard": 1048576,
            "soft": 1048576,
          },
        },
      }
    `);
  });

  test("one that starts as root may not gain privileges; one that starts as its account needs sudo", () => {
    const desired = compiled();
    const options = (id: string): readonly string[] => item<"container">(desired, id).spec.securityOptions;
    expect(options("container:shop_worker")).toEqual(["no-new-privileges"]);
    expect(options("container:shop_api")).toEqual([]);
  });

  test("open files follow the host's hard limit", () => {
    const facts = { nofileHard: 20000 } as never;
    const { desired } = compile([shop, store], site([host("aio", "10.0.0.10", GIVEN)]), { aio: facts });
    const container = item<"container">(desired.hosts[0] as HostDesired, "container:shop_api");
    expect(container.spec.ulimits).toEqual({ nofile: { soft: 20000, hard: 20000 } });
  });

  test("the operator's timing of a health check wins over the service's, which wins over the default", () => {
    const timeout = (variables: Record<string, unknown>): number | undefined =>
      item<"container">(compiled(variables), "container:shop_api").spec.health?.timeout;
    expect(timeout({})).toBe(7);
    expect(timeout({ default_container_healthcheck_timeout: 11 })).toBe(11);
    expect(timeout({ default_container_healthcheck_timeout: 11, shop_api_healthcheck_timeout: 12 })).toBe(12);
    expect(timeout({ shop_api_enable_healthchecks: "no" })).toBeUndefined();
  });

  test("extra volumes are added, and replace a mount of the same target", () => {
    const volumes = ["/srv/shop:/var/lib/shop:ro", "extra:/extra:rshared"];
    const { mounts } = item<"container">(
      compiled({ shop_extra_volumes: volumes }),
      "container:shop_api",
    ).spec;
    expect(mounts.slice(3)).toEqual([
      { source: "/srv/shop", target: "/var/lib/shop", readOnly: true },
      { source: "extra", target: "/extra", propagation: "rshared" },
    ]);
  });

  test("an extra volume that cannot be read is a problem and no crash", () => {
    const given = { ...GIVEN, shop_extra_volumes: ["nonsense"] };
    const { problems } = compile([shop, store], site([host("aio", "10.0.0.10", given)]), {});
    expect(problems.map(({ code }) => code)).toEqual(["KOLLA_OPTION_VALUE", "KOLLA_OPTION_VALUE"]);
  });

  test("a container whose condition does not hold is not there", () => {
    const ids = compiled({ shop_mode: "front" }).items.map(({ id }) => id);
    expect(ids).toContain("container:shop_api");
    expect(ids).not.toContain("container:shop_worker");
  });

  test("a disabled service has nothing but its directories, so that its files are removed", () => {
    const desired = compiled({ enable_shop: "no" });
    expect(desired.items.filter(({ set }) => set[0] === "shop")).toEqual([]);
    expect(desired.ownedDirectories).toContain("/etc/kolla/shop-api");
  });
});

describe("files", () => {
  test("config.json starts the command, copies the files and gives the account its logs", () => {
    expect(JSON.parse(fileOf(compiled(), "/etc/kolla/shop-api/config.json"))).toMatchInlineSnapshot(`
      {
        "command": "shopd --now",
        "config_files": [
          {
            "dest": "/etc/shop/shop.conf",
            "owner": "shop",
            "perm": "0600",
            "source": "/var/lib/kolla/config_files/shop.conf",
          },
        ],
        "directories": [
          {
            "owner": "shop:kolla",
            "path": "/var/log/kolla/shop",
            "perm": "0755",
          },
        ],
        "permissions": [
          {
            "owner": "shop:kolla",
            "path": "/var/log/kolla/shop",
            "recurse": true,
          },
        ],
      }
    `);
  });

  test("a container is bound to the content of its files", () => {
    const files = (variables: Record<string, unknown>): ContainerItem["files"] =>
      item<"container">(compiled(variables), "container:shop_api").files;
    const before = files({});
    const after = files({ kolla_external_vip_address: "192.0.2.9" });
    const changed = Object.keys(before).filter((path) => before[path] !== after[path]);
    expect(changed).toEqual(["/etc/kolla/shop-api/shop.conf"]);
  });

  test("overrides are rendered with the operator's variables and merged in order", () => {
    const at = (text: string): { text: string; path: string } => ({
      text,
      path: `/etc/kolla/config/${text}`,
    });
    const overrides = {
      "global.conf": at("[DEFAULT]\ncolour = {{ my_colour }}\nsize = 1\n"),
      "shop.conf": at("[DEFAULT]\nsize = 2\n[more]\nport = {{ shop_mode | upper }}\n"),
      "shop/aio/shop.conf": at("[DEFAULT]\nsize = 3\nwhere = {{ inventory_hostname }}\n"),
    };
    expect(
      fileOf(compiled({ my_colour: "red" }, { overrides }), "/etc/kolla/shop-api/shop.conf"),
    ).toMatchInlineSnapshot(`
      "[DEFAULT]
      url = http://10.0.0.250:8001/v1
      host = aio
      colour = red
      size = 3
      where = aio

      [more]
      port = ALL

      "
    `);
  });

  test("a mistake in an override names its file and line", () => {
    const overrides = {
      "shop.conf": { text: "[DEFAULT]\na = {{ nobody }}\n", path: "/etc/kolla/config/shop.conf" },
    };
    const { problems } = compile([shop, store], site([host("aio", "10.0.0.10", GIVEN)], { overrides }), {});
    expect(problems.map(formatError).join("\n")).toMatchInlineSnapshot(
      `"/etc/kolla/config/shop.conf:2: 'nobody' is undefined, in a = {{ nobody }} (KOLLA_TEMPLATE_UNDEFINED)"`,
    );
  });

  test("the operator's policy reaches every container of the service", () => {
    const overrides = { "shop/policy.yaml": { text: '"buy": "@"\n', path: "p" } };
    const desired = compiled({}, { overrides });
    const policies = desired.items.filter((each): each is FileItem => each.id.endsWith("/policy.yaml"));
    expect(policies.map(({ path }) => path)).toEqual([
      "/etc/kolla/shop-api/policy.yaml",
      "/etc/kolla/shop-agent/policy.yaml",
    ]);
  });
});

describe("order", () => {
  const needs = (id: string): string[] =>
    item(compiled(), id)
      .needs.map((ref) => ref.replace("aio|", ""))
      .filter((ref) => !/^(file|volume):/.test(ref));

  test("database, then job, then containers, then commands", () => {
    expect(needs("resource:database:shop")).toEqual(["container:mariadb"]);
    expect(needs("job:shop:bootstrap")).toEqual(["resource:database:shop", "container:mariadb"]);
    expect(needs("container:shop_api")).toEqual([
      "resource:sysctl:shop",
      "container:mariadb",
      "job:shop:bootstrap",
    ]);
    expect(needs("resource:exec:shop:open")).toEqual(["container:shop_api", "container:shop_worker"]);
  });

  test("a container waits for those it comes after and for commands that come before it", () => {
    expect(needs("resource:exec:shop:paint")).toEqual(["container:shop_api"]);
    expect(needs("container:shop_worker").slice(-2)).toEqual([
      "container:shop_api",
      "resource:exec:shop:paint",
    ]);
  });

  test("what is done once is done on the first host, and the others wait for it", () => {
    const hosts = ["a", "b", "c"].map((name, at) => host(name, `10.0.0.${at + 1}`, GIVEN));
    const { desired } = compile([shop, store], site(hosts), {});
    const having = (id: string): string[] =>
      desired.hosts.filter(({ items }) => items.some((each) => each.id === id)).map((each) => each.host);
    expect(having("job:shop:bootstrap")).toEqual(["a"]);
    expect(having("resource:database:shop")).toEqual(["a"]);
    expect(having("resource:exec:shop:open")).toEqual(["a"]);
    expect(having("resource:exec:shop:paint")).toEqual(["a", "b", "c"]);
    const third = item(desired.hosts[2] as HostDesired, "container:shop_api");
    expect(third.needs).toContain("a|job:shop:bootstrap");
    expect(third.needs).toContain("b|container:mariadb");
  });

  test("a host that is out of reach keeps its place, and nobody else does its part", () => {
    const away = host("a", "10.0.0.1", GIVEN);
    const hosts = [{ ...away, facts: { ...away.facts, interfaces: {} } }, host("b", "10.0.0.2", GIVEN)];
    const { desired, problems } = compile([shop, store], site(hosts), {});
    expect(problems.map(formatError)).toEqual([]);
    expect(desired.hosts[0]?.items).toEqual([]);
    expect(desired.hosts[1]?.items.map(({ id }) => id)).not.toContain("job:shop:bootstrap");
  });
});

describe("the site", () => {
  test("every API gets a probe at the internal VIP, on one host", () => {
    const hosts = ["a", "b"].map((name, at) => host(name, `10.0.0.${at + 1}`, GIVEN));
    const { desired } = compile([shop, store], site(hosts), {});
    expect(desired.hosts.map(({ probes }) => probes)).toEqual([
      [{ set: ["shop"], probe: { kind: "http", url: "http://10.0.0.250:8000/alive", expect: [200] } }],
      [],
    ]);
  });

  test("the same site compiles to the same text", () => {
    const text = (): string => JSON.stringify(compile([shop, store], allInOne(GIVEN), {}).desired);
    expect(text()).toBe(text());
    expect(JSON.stringify(compile([store, shop], allInOne(GIVEN), {}).desired)).toBe(text());
  });

  test("a group is found under the name that an older inventory gives it", () => {
    const whole = site([host("aio", "10.0.0.10", GIVEN)]);
    const groups = { ...whole.groups, shop_till: undefined, "shop-till": ["aio"] } as never;
    const till = service("till", {
      ...shop,
      containers: { "shop-api": { group: "shop_till", set: "till" } },
      define: () => ({ containers: { "shop-api": { command: "c", account: "a", health: { test: "t" } } } }),
    });
    const { desired } = compile([till, store], { ...whole, groups }, {});
    expect(desired.hosts[0]?.items.map(({ id }) => id)).toContain("container:shop_api");
  });

  test("with values missing nothing is guessed", () => {
    const { desired, problems } = compile([shop, store], site([host("aio", "10.0.0.10", {})]), {});
    expect(desired.hosts).toEqual([]);
    expect(problems.map(({ code }) => code)).toEqual(["KOLLA_OPTION_MISSING", "KOLLA_SECRET_MISSING"]);
  });
});
