import { expect, test } from "vitest";
import type { Item } from "#model";
import { compile } from "../../src/compile/index.ts";
import { host, site } from "../../tests/golden/sites.ts";
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
      .flatMap((item) => (item.kind === "file" ? (item.content.match(/server control\d+/g) ?? []) : []));
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
