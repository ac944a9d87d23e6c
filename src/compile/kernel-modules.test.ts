import { expect, test } from "vitest";
import { service } from "#model";
import { kernelModulesOf } from "./kernel-modules.ts";

const about = (name: string) =>
  ({
    summary: name,
    groups: {},
    needs: [],
    containers: {},
    options: {},
    define: () => ({ containers: {} }),
  }) as const;

test("hosts are asked for the kernel's modules of all services, once for each", () => {
  const none = service("none", about("none"));
  const wire = service("wire", { ...about("wire"), kernelModules: ["vxlan", "bridge"] });
  const shop = service("shop", { ...about("shop"), kernelModules: ["bridge"] });
  expect(kernelModulesOf([none, wire, shop])).toEqual(["bridge", "vxlan"]);
});

test("a service that reads a module it does not ask for does not compile", () => {
  const hasBridge = (facts: unknown) => (facts ? [] : [{ message: "no bridge", hint: "" }]);
  service("wire", {
    ...about("wire"),
    kernelModules: ["vxlan"],
    // @ts-expect-error hosts are not asked for it
    checks: (_context, facts) => hasBridge(facts.kernelModules.bridge),
  });
  service("none", {
    ...about("none"),
    // @ts-expect-error hosts are asked for nothing
    checks: (_context, facts) => hasBridge(facts.kernelModules.vxlan),
  });
});
