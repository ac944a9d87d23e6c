import { describe, expect, test } from "vitest";
import { type ContainerItem, type HostDesired, lookupKey, type ResolvedSite, service, text } from "#model";
import { formatError } from "#support";
import { host, site } from "../../tests/golden/sites.ts";
import { checkSite } from "./check-site.ts";
import { compile } from "./index.ts";

/** An operator's files against a service: groups of an old inventory, overrides, limits of containers. */
const shop = service("shop", {
  summary: "A service to test with.",
  enabled: true,
  groups: { "shop-api": ["control"], "shop-rpc": ["control"] },
  standIns: { "shop-rpc": "shop-api" },
  needs: [],
  containers: {
    "shop-api": { group: "shop-api", set: "shop" },
    "shop-rpc": { group: "shop-rpc", set: "shop" },
  },
  options: { shop_mode: text("all", "What is run.") },
  define: ({ host: here, site: whole }) => {
    whole.overridesIn("shop/goods.d");
    const content = { ini: {}, overrides: ["global.conf", "shop.conf", `shop/${here.name}/shop.conf`] };
    const part = {
      command: "shopd",
      account: "shop",
      health: { test: "true" },
      files: [{ name: "shop.conf", dest: "/etc/shop.conf", content }],
    };
    return { containers: { "shop-api": part, "shop-rpc": part } };
  },
});

function ground(more: Partial<ResolvedSite> = {}, variables: Record<string, unknown> = {}): ResolvedSite {
  const hosts = ["a", "b"].map((name, at) =>
    host(name, `10.0.0.${at + 1}`, { kolla_internal_vip_address: "10.0.0.250", ...variables }),
  );
  const whole = site(hosts);
  return { ...whole, groups: { ...whole.groups, "shop-api": ["b"] }, ...more };
}

function containersOn(desired: HostDesired | undefined): ContainerItem[] {
  return (desired?.items ?? []).filter((item): item is ContainerItem => item.kind === "container");
}

describe("an inventory that is older than a group", () => {
  test("gives the group the hosts of the one that stands in for it", () => {
    const { desired, problems } = compile([shop], ground(), {});
    expect(problems).toEqual([]);
    const names = desired.hosts.map((each) => containersOn(each).map(({ spec }) => spec.name));
    expect(names).toEqual([[], ["shop_api", "shop_rpc"]]);
    expect(checkSite([shop], ground(), {})).toEqual([]);
  });

  test("keeps the group where it has it, even when it is empty", () => {
    const whole = ground();
    const { desired } = compile([shop], { ...whole, groups: { ...whole.groups, "shop-rpc": [] } }, {});
    expect(containersOn(desired.hosts[1]).map(({ spec }) => spec.name)).toEqual(["shop_api"]);
  });

  test("is told which of its groups may be the missing one, misspelt", () => {
    const whole = ground();
    const { "shop-api": members = [], ...groups } = whole.groups;
    const found = checkSite([shop], { ...whole, groups: { ...groups, "shop-apis": members } }, {});
    expect(found.map(formatError).join("\n")).toMatchInlineSnapshot(`
      "The inventory has no group shop-api, but one called shop-apis (KOLLA_PRECHECK_GROUP)
        Rename that, or add to it:

      [shop-api:children]
      control"
    `);
  });
});

describe("override files that no service reads", () => {
  const at = (names: string): ResolvedSite["overrides"] =>
    Object.fromEntries(
      names.split(" ").map((name) => [name, { text: "", path: `/etc/kolla/config/${name}` }]),
    );
  const told = (names: string, variables = {}): string =>
    compile([shop], ground({ overrides: at(names) }, variables), {})
      .warnings.map(formatError)
      .join("\n");

  test("are told with the nearest name that is read", () => {
    expect(told("shopp.conf shop/b/shop.cnf unheard/of.xml")).toMatchInlineSnapshot(`
      "/etc/kolla/config/shopp.conf: no service reads this file: it has no effect (KOLLA_WARN_OVERRIDE_UNREAD)
        Did you mean shop.conf?
      /etc/kolla/config/unheard/of.xml: no service reads this file: it has no effect (KOLLA_WARN_OVERRIDE_UNREAD)
        If it is meant for a service, it must have the name that Kolla-Ansible reads."
    `);
  });

  test("are not those that a service reads, lists or would read on another host", () => {
    expect(told("global.conf shop.conf shop/b/shop.conf shop/goods.d/apples.cfg shop/a/shop.conf")).toBe("");
  });

  test("are not those of services that are off or not here, nor what editors leave behind", () => {
    expect(told("heat.conf heat/heat-api.conf cinder/a/x.conf shop.conf.bak .git/HEAD README.md")).toBe("");
    expect(told("shop/anything.conf", { enable_shop: "no" })).toBe("");
  });
});

describe("an override file that asks Ansible", () => {
  const overrides = {
    "shop.conf": {
      path: "/etc/kolla/config/shop.conf",
      text: "[shop]\nkey = {{ lookup('env', 'KEY_' ~ shop_mode) }}\nlist = {{ q('lines', 'x', split=True) | join(',') }}\n",
    },
  };
  const confOn = (desired: HostDesired | undefined): string =>
    desired?.items.flatMap((item) =>
      item.kind === "file" && item.path === "/etc/kolla/shop-api/shop.conf" ? [item.content] : [],
    )[0] ?? "";
  const first = { host: "b", args: ["env", "KEY_all"], kwargs: {} };
  const second = { host: "b", args: ["lines", "x"], kwargs: { split: true, wantlist: true } };
  const answered = (lookups: ResolvedSite["lookups"] = {}) =>
    compile([shop], ground({ overrides, lookups }), {});

  test("has its questions told, with what their arguments are, until all have answers", () => {
    expect(answered().questions).toEqual([first]);
    const one = { [lookupKey(first)]: { value: "opens" } };
    expect(answered(one).questions).toEqual([second]);
    const { desired, problems, questions } = answered({ ...one, [lookupKey(second)]: { value: ["a", "b"] } });
    expect([problems, questions]).toEqual([[], []]);
    expect(confOn(desired.hosts[1])).toBe("[shop]\nkey = opens\nlist = a,b\n\n");
  });

  test("is told with its line when the lookup fails", () => {
    const { problems, questions } = answered({ [lookupKey(first)]: { problem: "no such plugin" } });
    expect(questions).toEqual([]);
    expect(problems.map(formatError).join("\n")).toMatch(
      /^\/etc\/kolla\/config\/shop\.conf:2: lookup\('env'\) has no value: no such plugin/,
    );
  });
});

describe("limits of containers", () => {
  const limitsOf = (variables: Record<string, unknown>): unknown[] =>
    containersOn(compile([shop], ground({}, variables), {}).desired.hosts[1]).map(({ spec }) => spec.limits);

  test("are the container's own, else those of all; without any there are none", () => {
    expect(limitsOf({})).toEqual([undefined, undefined]);
    const given = {
      default_container_dimensions: { mem_limit: "1g" },
      shop_rpc_dimensions: { cpu_shares: 2 },
    };
    expect(limitsOf(given)).toEqual([{ memory: 2 ** 30 }, { cpuShares: 2 }]);
    expect(limitsOf({ default_container_dimensions_docker: { mem_limit: "1k" } })[0]).toEqual({
      memory: 1024,
    });
  });

  test("that are wrong for all containers are told once, where they were set", () => {
    const places = { default_container_dimensions: { file: "globals.yml", line: 9 } };
    const site = ground({ places }, { default_container_dimensions: { mem: 1 } });
    expect(compile([shop], site, {}).problems.map(formatError).join("\n")).toMatchInlineSnapshot(`
      "globals.yml:9: default_container_dimensions: mem is no limit of a container (KOLLA_OPTION_VALUE)
        Known: mem_limit, mem_reservation, memswap_limit, cpu_shares, cpu_period, cpu_quota, cpuset_cpus, cpuset_mems, blkio_weight, ulimits."
    `);
  });
});
