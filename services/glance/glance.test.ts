import { expect, test } from "vitest";
import type { Item, ResolvedSite } from "#model";
import { formatError } from "#support";
import { compile } from "../../src/compile/index.ts";
import { allInOne, host, site } from "../../tests/golden/sites.ts";
import { services } from "../index.generated.ts";

function itemsOfHosts(variables: Record<string, unknown> = {}): readonly (readonly Item[])[] {
  const hosts = ["10.0.0.1", "10.0.0.2"].map((address, at) =>
    host(`control0${at + 1}`, address, { kolla_internal_vip_address: "10.0.0.250", ...variables }),
  );
  const { desired, problems } = compile(services, site(hosts), {});
  expect(problems).toEqual([]);
  return desired.hosts.map(({ items }) => items);
}

const runs = (items: readonly Item[]): boolean => items.some((item) => item.id === "container:glance_api");

test("with images in a volume only the first host serves them", () => {
  expect(itemsOfHosts().map(runs)).toEqual([true, false]);
});

test("the load balancer knows those members alone that run", () => {
  const members = (variables: Record<string, unknown> = {}): unknown =>
    itemsOfHosts(variables)[0]
      ?.flatMap((item) => (item.id.endsWith("/haproxy/services.d/glance_api.cfg") ? [item] : []))
      .flatMap((item) => (item.kind === "file" ? (item.content.match(/server control\d+ /g) ?? []) : []));
  expect(members()).toHaveLength(1);
  expect(members({ glance_file_datadir_volume: "/srv/images" })).toHaveLength(2);
});

test("with images in a directory that all share every host serves them", () => {
  expect(itemsOfHosts({ glance_file_datadir_volume: "/srv/images" }).map(runs)).toEqual([true, true]);
});

test("images are files below the volume, and each host says where it is reached", () => {
  const [first] = itemsOfHosts();
  const file = first?.find((item) => item.id === "file:/etc/kolla/glance-api/glance-api.conf");
  expect(file).toMatchObject({
    content: expect.stringContaining(
      "enabled_backends = file:file\nworker_self_reference_url = http://10.0.0.1:9292\n",
    ),
  });
  expect(file).toMatchObject({
    content: expect.stringContaining("filesystem_store_datadir = /var/lib/glance/images/"),
  });
});

test("an upload may take hours at the load balancer and may pause for minutes", () => {
  const [first] = itemsOfHosts();
  const server = first?.find((item) => item.id === "file:/etc/kolla/glance-api/glance-api-uwsgi.ini");
  expect(server).toMatchObject({ content: expect.stringContaining("socket-timeout = 300\n") });
  const balancer = first?.find((item) => item.id === "file:/etc/kolla/haproxy/services.d/glance_api.cfg");
  const times = /timeout client 6h.*timeout server 6h/s;
  expect(balancer).toMatchObject({ content: expect.stringMatching(times) });
});

test("a gate waits as long as the operator says, or else as long as a slow start takes", () => {
  const gate = (variables: Record<string, unknown> = {}): unknown =>
    itemsOfHosts(variables)[0]?.flatMap((item) =>
      item.id === "container:glance_api" && item.kind === "container" ? [item.gateSeconds] : [],
    );
  expect(gate()).toEqual([240]);
  expect(gate({ host_health_gate_seconds: 90 })).toEqual([90]);
});

function fileOf(name: string, variables: Record<string, unknown>, overrides: ResolvedSite["overrides"] = {}) {
  const { desired, problems } = compile(services, allInOne(variables, { overrides }), {});
  const item = desired.hosts[0]?.items.find(({ id }) => id === `file:/etc/kolla/glance-api/${name}`);
  return { problems: problems.map(formatError), text: item?.kind === "file" ? item.content : undefined };
}

const RULES = {
  path: "/etc/kolla/config/glance/property-protections-rules.conf",
  text: "[x_.*]\nread = admin\n",
};

test("a cache of images is Glance's and its commands', with the operator's changes", () => {
  const on = { enable_glance_image_cache: "yes", glance_cache_max_size: "1000" };
  const api = fileOf("glance-api.conf", on).text;
  expect(api).toContain("image_cache_max_size = 1000\nimage_cache_dir = /var/lib/glance/image-cache\n");
  expect(api).toContain("flavor = keystone+cachemanagement\n");
  const own = {
    path: "/etc/kolla/config/glance/glance-cache.conf",
    text: "[DEFAULT]\nimage_cache_stall_time = 60\n",
  };
  const cache = fileOf("glance-cache.conf", on, { "glance/glance-cache.conf": own }).text;
  expect(cache).toContain("image_cache_max_size = 1000\n");
  expect(cache).toContain("image_cache_stall_time = 60\n");
  expect(fileOf("glance-cache.conf", {}).text).toBeUndefined();
  expect(fileOf("glance-api.conf", {}).text).not.toContain("image_cache");
});

test("protected properties are those of the operator's file, which must be there", () => {
  const on = { glance_enable_property_protection: true };
  const overrides = { "glance/property-protections-rules.conf": RULES };
  expect(fileOf("property-protections-rules.conf", on, overrides).text).toBe(RULES.text);
  expect(fileOf("glance-api.conf", on, overrides).text).toContain(
    "property_protection_file = /etc/glance/property-protections-rules.conf\n",
  );
  expect(fileOf("property-protections-rules.conf", {}, overrides).text).toBeUndefined();
  expect(fileOf("glance-api.conf", on).problems.join()).toContain(
    "glance_enable_property_protection is on, and there is no glance/property-protections-rules.conf",
  );
});

test("imports are done as the operator's file says, which Glance reads after its own", () => {
  const { desired } = compile(
    services,
    allInOne(
      { glance_enable_interoperable_image_import: true },
      { overrides: { "glance/glance-image-import.conf": { path: "/x", text: "[image_import_opts]\n" } } },
    ),
    {},
  );
  const config = desired.hosts[0]?.items.find(({ id }) => id === "file:/etc/kolla/glance-api/config.json");
  expect(config).toMatchObject({
    content: expect.stringContaining("/etc/glance/glance.conf.d/glance-image-import.conf"),
  });
});
