import { describe, expect, test } from "vitest";
import {
  address,
  hostname,
  image,
  imagePrefix,
  namespace,
  networkInterface,
  type Option,
  path,
  proxy,
  registry,
  size,
  tag,
  volume,
  word,
  words,
} from "#model";
import { coerce } from "./coerce.ts";

const TYPES = {
  address: address("10.0.0.1", ""),
  hostname: hostname("cloud.example", ""),
  interface: networkInterface("eth0", ""),
  path: path("/etc/kolla", ""),
  volume: volume("glance", ""),
  proxy: proxy("", ""),
  registry: registry("", ""),
  namespace: namespace("kolla", ""),
  "image-prefix": imagePrefix("kolla/", ""),
  image: image("kolla/keystone:x", ""),
  tag: tag("x", ""),
  word: word("x", ""),
  size: size("50m", ""),
  interfaces: words("interface", "eth1", ""),
  types: words(["vxlan", "vlan", "gre"], "vxlan", ""),
} satisfies Record<string, Option>;
type Type = keyof typeof TYPES;

describe("what operators write is taken", () => {
  test.each<[Type, string]>([
    ["address", "10.10.10.255"],
    ["hostname", "cloud.example.org"],
    ["hostname", "10.0.0.1"],
    ["hostname", "my_cloud"],
    ["interface", "bond0.100"],
    ["interface", "br-ex"],
    ["path", "/opt/kolla"],
    ["volume", "/srv/glance"],
    ["volume", "nova_compute"],
    ["proxy", ""],
    ["proxy", "http://me:secret@proxy.example:3128/"],
    ["proxy", "proxy.example:3128"],
    ["registry", ""],
    ["registry", "quay.io"],
    ["registry", "10.0.0.1:4000"],
    ["registry", "registry.example/group/project"],
    ["namespace", "openstack.kolla"],
    ["image-prefix", "10.0.0.1:4000/kolla/debian-"],
    ["image-prefix", "kolla/"],
    ["image", "10.0.0.1:4000/kolla/keystone:2025.1-debian-trixie"],
    ["tag", "2025.1-debian-trixie"],
    ["word", "openstack"],
    ["size", "50m"],
    ["interfaces", "eth1, bond0.7"],
    ["types", "vxlan,vlan"],
  ])("%s: %s", (type, value) => {
    expect(coerce(TYPES[type], value)).toEqual({ value });
  });
});

describe("what cannot be meant is refused, with what was probably meant", () => {
  test.each<[Type, unknown, string | undefined]>([
    ["address", "10.10.10.300", undefined],
    ["address", "10.10.10.25/24", "10.10.10.25"],
    ["address", "10.0.0.010", undefined],
    ["address", "", undefined],
    ["hostname", "http://cloud.example/", "cloud.example"],
    ["hostname", "cloud.example:5000", "cloud.example"],
    ["hostname", "10.0.0.300", undefined],
    ["interface", "a-name-that-is-too-long", undefined],
    ["interface", "eth0:1", undefined],
    ["path", "etc/kolla", "/etc/kolla"],
    ["path", "./kolla", "/kolla"],
    ["path", "", undefined],
    ["volume", "./images", undefined],
    ["registry", "https://registry.example:5000/", "registry.example:5000"],
    ["registry", "registry.example/", "registry.example"],
    ["namespace", "", undefined],
    ["namespace", "/Kolla/", "kolla"],
    ["image-prefix", "https://registry.example///", "registry.example/"],
    ["image", "kolla/Keystone:x", undefined],
    ["tag", "my tag", undefined],
    ["word", "", undefined],
    ["word", "two words", undefined],
    ["size", "50 MB", "50M"],
    ["interfaces", "eth1,,eth2", undefined],
    ["interfaces", "", undefined],
    ["types", "vxlan,gree", "vxlan,gre"],
    ["types", "vxlan,bridged", undefined],
    ["word", ["a"], undefined],
    ["path", { a: 1 }, undefined],
  ])("%s: %j", (type, value, instead) => {
    const found = coerce(TYPES[type], value);
    expect(found).toHaveProperty("expected");
    expect((found as { instead?: string }).instead).toBe(instead);
  });
});

test("what is proposed fits", () => {
  const wrong: [Type, string][] = [
    ["address", "10.1.1.1/8"],
    ["hostname", "https://a.b:1/x"],
    ["registry", "http://A.b:5000//x/"],
    ["namespace", "Kolla/"],
    ["size", "4 gib"],
    ["types", "vlann,vxlan"],
  ];
  for (const [type, value] of wrong) {
    const { instead } = coerce(TYPES[type], value) as { instead?: string };
    expect(instead, value).toBeDefined();
    expect(coerce(TYPES[type], instead), value).toEqual({ value: instead });
  }
});
