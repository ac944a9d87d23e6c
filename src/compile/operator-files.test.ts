import { describe, expect, test } from "vitest";
import {
  type BinaryFile,
  type ContainerItem,
  fileBytes,
  type HostDesired,
  lookupKey,
  type ResolvedSite,
  service,
  text,
} from "#model";
import { formatError, sha256 } from "#support";
import { host, site } from "../../tests/golden/sites.ts";
import { checkSite } from "./check-site.ts";
import { compile } from "./index.ts";

/** An operator's files against a service: groups of an old inventory, overrides, limits of containers. */
const shop = service("shop", {
  summary: "A service to test with.",
  enabled: true,
  groups: { "shop-api": ["control"], "shop-rpc": ["control"] },
  refusesFiles: { "shop/httpd.conf": "nothing of it would come true" },
  mootFiles: { "shop/*.keyring": "goods are kept in files", "stock.conf": "there is no stock" },
  standIns: { "shop-rpc": "shop-api" },
  needs: [],
  containers: {
    "shop-api": { group: "shop-api", set: "shop" },
    "shop-rpc": { group: "shop-rpc", set: "shop" },
  },
  options: { shop_mode: text("all", "What is run.") },
  define: ({ host: here, site: whole }) => {
    const goods = whole.overridesIn("shop/goods.d").map((name) => ({
      name,
      dest: `/goods/${name}`,
      content: { first: [`shop/goods.d/${name}`] },
    }));
    const content = { ini: {}, overrides: ["global.conf", "shop.conf", `shop/${here.name}/shop.conf`] };
    const part = {
      command: "shopd",
      account: "shop",
      health: { test: "true" },
      swap: { effect: "nothing" as const, why: "a test", seconds: 1 },
      files: [{ name: "shop.conf", dest: "/etc/shop.conf", content }, ...goods],
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
      "The inventory has no group shop-api, but one called shop-apis (KOLLA_INVENTORY_GROUP)
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
  const told = (names: string, variables = {}): string => {
    const { problems, warnings } = compile([shop], ground({ overrides: at(names) }, variables), {});
    return [...problems, ...warnings].map(formatError).join("\n");
  };

  test("are told with the nearest name that is read", () => {
    expect(told("shopp.conf shop/b/shop.cnf unheard/of.xml")).toMatchInlineSnapshot(`
      "/etc/kolla/config/shopp.conf: no service reads this file: it has no effect (KOLLA_WARN_OVERRIDE_UNREAD)
        Did you mean shop.conf?
      /etc/kolla/config/shop/b/shop.cnf: no service reads this file: it has no effect (KOLLA_WARN_OVERRIDE_UNREAD)
        Did you mean shop/b/shop.conf?
      /etc/kolla/config/unheard/of.xml: no service reads this file: it has no effect (KOLLA_WARN_OVERRIDE_UNREAD)
        If it is meant for a service, it must have the name that Kolla-Ansible reads."
    `);
  });

  test("are told the name that the same service reads in another place", () => {
    expect(told("shop/shop.conf")).toContain("Did you mean shop.conf?");
    expect(told("shop/goods.conf")).toContain("it must have the name that Kolla-Ansible reads");
    expect(told("shop/goods.d/deeper/apples.cfg")).toContain(
      "shop/goods.d/deeper/apples.cfg: no service reads",
    );
  });

  test("are refused, or only told, with the reason that the service gives; in a host's directory too", () => {
    expect(told("shop/httpd.conf shop/a/client.keyring stock.conf")).toMatchInlineSnapshot(`
      "/etc/kolla/config/shop/httpd.conf: this file is not supported here yet: nothing of it would come true (KOLLA_OVERRIDE_UNSUPPORTED)
        Remove the file, or keep it outside of the directory of override files.
      /etc/kolla/config/shop/a/client.keyring: this file has no effect here: goods are kept in files (KOLLA_WARN_OVERRIDE_UNSUPPORTED)
        Remove the file, or keep it outside of the directory of override files.
      /etc/kolla/config/stock.conf: this file has no effect here: there is no stock (KOLLA_WARN_OVERRIDE_UNSUPPORTED)
        Remove the file, or keep it outside of the directory of override files."
    `);
    expect(told("shop/httpd.conf", { enable_shop: "no" })).toBe("");
  });

  test("in a directory of a host that is not there are told the host that was probably meant", () => {
    const whole = ground({ overrides: at("shop/bb/shop.conf shop/elsewhere/client.keyring") });
    const { warnings } = compile([shop], whole, {});
    expect(warnings.map(formatError).join("\n")).toMatchInlineSnapshot(`
      "/etc/kolla/config/shop/bb/shop.conf: no host of the inventory is called bb: this file has no effect (KOLLA_WARN_OVERRIDE_HOST)
        Did you mean shop/b/shop.conf?
      /etc/kolla/config/shop/elsewhere/client.keyring: no host of the inventory is called elsewhere: this file has no effect (KOLLA_WARN_OVERRIDE_HOST)
        Name the directory as the inventory names the host."
    `);
  });

  test("are not judged while a host that may read them is out of reach", () => {
    const [first, second] = ground().hosts;
    const away = { ...second, facts: { ...second?.facts, interfaces: {} } } as ResolvedSite["hosts"][number];
    const hosts = first ? [first, away] : [];
    const found = compile([shop], { ...ground({ overrides: at("shop/rpc-only.conf") }), hosts }, {});
    expect(found.warnings.map(formatError)).toEqual([]);
  });

  test("are not those that a service reads, lists or would read on another host", () => {
    expect(told("global.conf shop.conf shop/b/shop.conf shop/goods.d/apples.cfg shop/a/shop.conf")).toBe("");
  });

  test("are not those of services that are off or not here, nor what editors leave behind", () => {
    expect(told("heat.conf heat/heat-api.conf cinder/a/x.conf shop.conf.bak .git/HEAD README.md")).toBe("");
    expect(told("shop/anything.conf", { enable_shop: "no" })).toBe("");
  });
});

describe("service_name in an override file", () => {
  test("is the container that the file is for, as Kolla-Ansible names it", () => {
    const text = "[a]\n{% if service_name == 'shop-rpc' %}\nrpc = {{ service_name }}\n{% endif %}\nall = 1\n";
    const overrides = { "shop.conf": { text, path: "/c/shop.conf" } };
    const { desired, problems } = compile([shop], ground({ overrides }), {});
    expect(problems.map(formatError)).toEqual([]);
    const texts = ["shop-api", "shop-rpc"].map((container) =>
      desired.hosts[1]?.items.flatMap((item) =>
        item.kind === "file" && item.path === `/etc/kolla/${container}/shop.conf` ? [item.content] : [],
      ),
    );
    expect(texts).toEqual([["[a]\nall = 1\n\n"], ["[a]\nrpc = shop-rpc\nall = 1\n\n"]]);
  });
});

describe("a file of the operator's that is no text", () => {
  const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0x00]);
  const bytes = { path: "/c/shop/goods.d/logo.png", base64: PNG.toString("base64") };
  const compiledWith = (binaryOverrides: Readonly<Record<string, BinaryFile>>) =>
    compile([shop], ground({ binaryOverrides }), {});

  test("reaches the host byte for byte", () => {
    const { desired, problems } = compiledWith({ "shop/goods.d/logo.png": bytes });
    expect(problems.map(formatError)).toEqual([]);
    const file = desired.hosts[1]?.items.find((item) => item.id === "file:/etc/kolla/shop-api/logo.png");
    if (file?.kind !== "file") throw new Error("no such file");
    expect(Buffer.from(fileBytes(file)).equals(PNG)).toBe(true);
    expect(containersOn(desired.hosts[1])[0]?.files[file.path]).toBe(sha256(PNG));
  });

  test("is refused where it would be merged, and when it is too large to be carried", () => {
    const found = compiledWith({
      "shop.conf": { ...bytes, path: "/c/shop.conf" },
      "shop/goods.d/logo.png": { path: bytes.path },
    });
    expect(found.problems.map(formatError).join("\n")).toMatchInlineSnapshot(`
      "/c/shop.conf: the file is not UTF-8 text, and so it cannot be merged (KOLLA_OVERRIDE_BINARY)
        Save it as UTF-8.
      /c/shop/goods.d/logo.png: the file is too large for one of a container's files (KOLLA_OVERRIDE_SIZE)
        Put it on the hosts yourself, and mount it with <container>_extra_volumes."
    `);
  });

  test("is told when no service reads it", () => {
    const { warnings } = compiledWith({ "shop/logo.png": { ...bytes, path: "/c/shop/logo.png" } });
    expect(warnings.map(formatError).join("\n")).toContain("/c/shop/logo.png: no service reads this file");
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
