import { expect, test } from "vitest";
import { observeFacts } from "./facts.ts";

test("of the kernel's modules those are told that were asked for, and no others", () => {
  expect(observeFacts("/", ["kvm", "no_such_module"]).kernelModules).toEqual({
    kvm: expect.any(Boolean),
    no_such_module: false,
  });
  expect(observeFacts("/", []).kernelModules).toEqual({});
});
