import { expect, test } from "vitest";
import { formatError } from "#support";
import { GIVEN, shop, store } from "../../tests/golden/shop.ts";
import { allInOne } from "../../tests/golden/sites.ts";
import { compile, siteLimits } from "./index.ts";

const limitsOf = (variables: Record<string, unknown>) => {
  const { desired, problems } = compile([shop, store], allInOne({ ...GIVEN, ...variables }), {});
  return problems.length > 0 ? problems.map(formatError) : desired.limits;
};

test("an operator's batches and limit are read as Ansible reads them; without them each container says", () => {
  expect(limitsOf({})).toEqual({ serial: [], maxFailPercentage: 100 });
  expect(limitsOf({ kolla_serial: "0", kolla_max_fail_percentage: 0 })).toEqual({
    serial: [],
    maxFailPercentage: 0,
  });
  expect(limitsOf({ kolla_serial: 3 })).toMatchObject({ serial: [3] });
  expect(limitsOf({ kolla_serial: "30%" })).toMatchObject({ serial: ["30%"] });
  expect(limitsOf({ kolla_serial: [1, "4", "25%"] })).toMatchObject({ serial: [1, 4, "25%"] });
});

test("what is no size of a batch is refused with what to write", () => {
  expect(limitsOf({ kolla_serial: "a third" })).toEqual([
    'kolla_serial: "a third" is neither a number of hosts nor a share of them (KOLLA_OPTION_VALUE)\n  Write it as 3, "30%" or [1, "30%"]; 0 leaves it to each container.',
  ]);
  expect(limitsOf({ kolla_serial: "101%" })).toHaveLength(1);
  expect(limitsOf({ kolla_max_fail_percentage: 101 })).toHaveLength(1);
});

test("they are read of a site in which nothing else is right; what is wrong with them is told", () => {
  const site = (variables: Record<string, unknown>) => allInOne({ shop_port: "none", ...variables });
  expect(siteLimits([shop, store], site({ kolla_serial: 2 }))).toMatchObject({ serial: [2] });
  expect(() => siteLimits([shop, store], site({ kolla_max_fail_percentage: 101 }))).toThrow(
    /kolla_max_fail_percentage/,
  );
});
