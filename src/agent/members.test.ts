import { expect, test } from "vitest";
import type { Balancer } from "#model";
import { memberIn } from "./members.ts";

const balancer: Balancer = {
  url: "http://10.0.0.1:1984/;csv",
  basic: { user: "u", password: "p" },
  rows: [
    { "# pxname": "shop_back", svname: "one" },
    { "# pxname": "shop_back", svname: "one-spare" },
  ],
  serves: { field: "status", begins: "UP" },
  busy: "scur",
  why: "last_chk",
};
const table = [
  "# pxname,svname,scur,status,last_chk,",
  "other_back,one,9,UP,,",
  "shop_back,one,3,NOLB,Layer7 check conditionally passed,",
  "shop_back,one-spare,0,UP 1/5,,",
  "shop_back,BACKEND,3,UP,,",
  "",
].join("\n");

test("a member is found by its row, with what it still has to answer and why it gets no more", () => {
  expect(memberIn(balancer, table, 0)).toEqual({
    serves: false,
    busy: 3,
    why: "NOLB, Layer7 check conditionally passed",
  });
});

test("a member that only begins to fail still gets requests", () => {
  expect(memberIn(balancer, table, 1)).toEqual({ serves: true, busy: 0, why: "UP 1/5" });
});

test("there is no member on a port that is none of the two", () => {
  expect(memberIn(balancer, table, -1)).toBeUndefined();
});

test("a load balancer whose configuration is older does not know the spare port", () => {
  expect(memberIn(balancer, table.replace("one-spare", "two"), 1)).toBeUndefined();
});
