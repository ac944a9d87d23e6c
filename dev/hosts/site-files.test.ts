import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { Addresses } from "./names.ts";
import { globalsText, inventoryText } from "./site-files.ts";

const sample = readFileSync(
  join(resolve(import.meta.dirname, "../.."), "ansible/inventory/multinode"),
  "utf8",
);
const groupsOf = (text: string): string[] => text.match(/^\[.*\]$/gm) ?? [];

test("the inventory has the sample's groups, and the cluster's hosts in place of the sample's", () => {
  const hosts = [
    { name: "compute01", address: "10.61.0.51" },
    { name: "control01", address: "10.61.0.11" },
  ];
  const text = inventoryText(sample, hosts);
  expect(groupsOf(text)).toEqual(groupsOf(sample));
  const [control, network, compute, monitoring, storage] = text
    .split(/^\[.*\]$/m)
    .slice(1)
    .map((group) => group.trim());
  expect({ control, network, compute, monitoring, storage }).toEqual({
    control: "control01 ansible_host=10.61.0.11",
    network: "control01 ansible_host=10.61.0.11",
    compute: "compute01 ansible_host=10.61.0.51",
    monitoring: "",
    storage: "",
  });
  expect(text).not.toMatch(/network01|storage01|control02/);
});

test.each([true, false])(
  "globals.yml says everything once, with the switch in the kernel: %s",
  (openvswitch) => {
    const text = globalsText(Addresses.ofRange("10.61.0.0/24"), { openvswitch, kvm: false });
    expect(parse(text, { uniqueKeys: true })).toMatchObject({
      network_interface: "mgmt",
      neutron_external_interface: openvswitch ? "external" : "external,tunnel",
    });
  },
);
