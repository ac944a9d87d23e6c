import { expect, test } from "vitest";
import { service } from "#model";
import { teardownsOf } from "./teardowns.ts";

test("what containers leave is told under the names that they have on the engine", () => {
  const bridges = { devices: ["br-[a-z]+"] };
  const shop = service("shop", {
    summary: "A service to test with.",
    groups: {},
    needs: [],
    containers: {
      "shop-api": {
        group: "control",
        set: "shop",
        enabled: "{{ no }}",
        teardown: { runDirectories: ["shop"] },
      },
      "shop-wire": { group: "control", set: "shop", container: "wire", teardown: bridges },
      "shop-worker": { group: "control", set: "shop" },
    },
    options: {},
    define: () => ({ containers: {} }),
  });
  const told = teardownsOf([shop]);
  expect(told).toEqual([
    { container: "shop_api", teardown: { runDirectories: ["shop"] } },
    { container: "wire", teardown: bridges },
  ]);
  expect(JSON.parse(JSON.stringify(told))).toEqual(told);
});
