import { expect, test } from "vitest";
import { overlaps } from "../../src/app/quickstart/network.ts";
import { Addresses, checkNames, NETWORKS, rolesOf } from "./names.ts";

test("a host has the role that its name says, and a role without hosts of its own is the controllers'", () => {
  expect(rolesOf(["control01", "compute01"])).toEqual({
    control: ["control01"],
    network: ["control01"],
    compute: ["compute01"],
  });
  expect(rolesOf(["control01", "control02", "network01"])).toEqual({
    control: ["control01", "control02"],
    network: ["network01"],
    compute: ["control01", "control02"],
  });
});

test("names that say no role, are no controller's, or mean one host twice are refused", () => {
  expect(() => checkNames(["control01", "storage01", "compute"])).toThrow(/storage01, compute$/);
  expect(() => checkNames(["compute01"])).toThrow(/one of them is control01/);
  expect(() => checkNames(["control1", "control01"])).toThrow(/number of its own/);
  expect(() => checkNames(["control20"])).toThrow(/control20/);
  expect(() => checkNames(["control01", "compute19"])).not.toThrow();
});

test("no two hosts have one address, and none has the registry's, the VIP or a server's", () => {
  const addresses = new Addresses(61);
  const names = ["control", "network", "compute"].flatMap((role) =>
    Array.from({ length: 19 }, (_, index) => `${role}${index + 1}`),
  );
  const all = names.flatMap((name) => NETWORKS.map((network) => addresses.host(network, name)));
  const taken = [addresses.registry, addresses.vip, ...NETWORKS.map((network) => addresses.gateway(network))];
  expect(new Set([...all, ...taken]).size).toBe(all.length + taken.length);
  const last = (address: string): number => Number(address.split(".")[3]);
  expect(Math.max(...all.map(last))).toBeLessThan(last(addresses.floating.start));
});

test("a network that the machine routes elsewhere is left alone", () => {
  const free = (...routes: string[]): string =>
    Addresses.free((cidr) => routes.some((route) => overlaps(route, cidr))).range("mgmt");
  expect(free("default", "192.0.2.0/24")).toBe("10.61.0.0/24");
  expect(free("10.61.2.0/24", "10.62.0.0/15")).toBe("10.81.0.0/24");
  expect(() => free("10.0.0.0/8")).toThrow(/All networks/);
});
