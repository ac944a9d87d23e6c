import { describe, expect, test } from "vitest";
import { type ContainerPart, type HostDesired, service } from "#model";
import { formatError } from "#support";
import { compiled, GIVEN, item, shop, store } from "../../tests/golden/shop.ts";
import { allInOne, host, site } from "../../tests/golden/sites.ts";
import { compile } from "./index.ts";

const swap: ContainerPart["swap"] = { effect: "nothing", why: "a test", seconds: 1 };

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

test("a job that has a place in an upgrade says in which, and to which release", () => {
  const contracting = service("shop", {
    ...shop,
    define: (context) => ({
      ...shop.define(context),
      jobs: [
        { name: "setup", like: "shop-api" },
        { name: "bootstrap", like: "shop-api", act: "complete", after: ["setup"] },
      ],
    }),
  });
  const { desired } = compile([contracting, store], site([host("aio", "10.0.0.1", GIVEN)]), {});
  const jobs = desired.hosts[0]?.items.filter((each) => each.kind === "job");
  expect(jobs?.map(({ id, upgrade }) => [id, upgrade])).toEqual([
    ["job:shop:setup", undefined],
    ["job:shop:bootstrap", { act: "complete", release: "2025.1" }],
  ]);
});

test("a job of the service's own verb is there with its volumes, and no container waits for it", () => {
  const saving = service("shop", {
    ...shop,
    define: (context) => ({
      ...shop.define(context),
      jobs: [
        { name: "setup", like: "shop-api" },
        {
          name: "save",
          like: "shop-api",
          verb: "shop-save",
          mounts: [{ source: "shop_saved", target: "/saved" }],
        },
      ],
    }),
  });
  const { desired } = compile([saving, store], site([host("aio", "10.0.0.1", GIVEN)]), {});
  const own = desired.hosts[0] as HostDesired;
  expect(item(own, "job:shop:save")).toMatchObject({ verb: "shop-save" });
  expect(item(own, "volume:shop_saved")).toBeDefined();
  const { needs } = item(own, "container:shop_api");
  expect(needs).toContain("aio|job:shop:setup");
  expect(needs).not.toContain("aio|job:shop:save");
});

test("a service in a phase is asked for what it is then, and every other for what is configured", () => {
  const asked: unknown[] = [];
  const phased = service("shop", {
    ...shop,
    passes: ["pinned"],
    define: (context) => {
      asked.push(context.phase);
      const parts = shop.define(context);
      const environment = context.phase === undefined ? {} : { PHASE: context.phase };
      return {
        ...parts,
        containers: { ...parts.containers, "shop-api": { ...parts.containers["shop-api"], environment } },
      } as never;
    },
  });
  const environment = (phase?: Record<string, string>) => {
    const { desired } = compile([phased, store], site([host("aio", "10.0.0.1", GIVEN)]), {}, phase);
    const found = item(desired.hosts[0] as HostDesired, "container:shop_api");
    return found.kind === "container" ? found.spec.environment.PHASE : "no container";
  };
  expect([environment(), environment({ store: "pinned" }), environment({ shop: "pinned" })]).toEqual([
    undefined,
    undefined,
    "pinned",
  ]);
  expect(asked).toEqual([undefined, undefined, "pinned"]);
});

describe("a need of something that is not there", () => {
  type Define = typeof shop.define;
  const withParts = (more: Partial<ReturnType<Define>>) =>
    service("shop", { ...shop, define: (context) => ({ ...shop.define(context), ...more }) });

  test("is refused by the types where it is of a container", () => {
    // @ts-expect-error: the service has no container of this name
    withParts({ execs: [{ name: "sing", container: "shop-choir", command: ["sing"] }] });
    // @ts-expect-error: nor of this
    withParts({ jobs: [{ name: "count", like: "shop-till" }] });
    const part = { command: "c", account: "a", health: { test: "t" }, swap };
    // @ts-expect-error: nor to wait for
    withParts({ containers: { "shop-api": { ...part, after: ["shop-till"] } } });
  });

  test("and so is a container that does not say what its replacement means", () => {
    // @ts-expect-error: it lacks `swap`
    withParts({ containers: { "shop-api": { command: "c", account: "a", health: { test: "t" } } } });
  });

  test.each([
    ["a job", { jobs: [{ name: "count", like: "shop-api" as const, after: ["recount"] }] }],
    [
      "a command",
      { execs: [{ name: "open", container: "shop-api" as const, command: ["o"], after: ["recount"] }] },
    ],
  ])("is found when it is of %s, whatever site is compiled", (_what, parts) => {
    const compiling = () => compile([withParts(parts), store], allInOne(GIVEN), {});
    expect(compiling).toThrow(/of shop comes after recount, which nothing is called/);
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
      define: () => ({
        containers: { "shop-api": { command: "c", account: "a", health: { test: "t" }, swap } },
      }),
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
