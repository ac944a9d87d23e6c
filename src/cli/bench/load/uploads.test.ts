import { expect, it } from "vitest";
import { differenceOf } from "./uploads.ts";

it("an upload is held against what was sent: state, size and hash", () => {
  const good = { status: "active", size: 209_715_200, os_hash_algo: "sha512", os_hash_value: "abc" };
  expect(differenceOf(good, "abc")).toBeUndefined();
  expect(differenceOf({ ...good, os_hash_value: "abd" }, "abc")).toBe("os_hash_value is abd, not abc");
  expect(differenceOf({ ...good, status: "queued", size: null }, "abc")).toBe(
    "status is queued, not active, size is null, not 209715200",
  );
});
