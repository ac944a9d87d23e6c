import { expect, test } from "vitest";
import { chooseNetwork, overlaps } from "./network.ts";

test("networks overlap when one holds the other, and a default route holds nothing of its own", () => {
  expect(overlaps("10.0.0.0/8", "10.77.0.0/16")).toBe(true);
  expect(overlaps("10.77.3.0/24", "10.77.0.0/16")).toBe(true);
  expect(overlaps("10.78.0.0/16", "10.77.0.0/16")).toBe(false);
  expect(overlaps("192.168.0.1", "10.77.0.0/16")).toBe(false);
  expect(overlaps("default", "10.77.0.0/16")).toBe(false);
});

test("a network that the machine routes elsewhere is left alone", () => {
  expect(chooseNetwork(["default", "192.0.2.0/24"]).management.address).toBe("10.77.0.10");
  expect(chooseNetwork(["10.77.5.0/24"]).management.address).toBe("10.78.0.10");
  expect(() => chooseNetwork(["10.0.0.0/8"])).toThrow(/All networks/);
});
