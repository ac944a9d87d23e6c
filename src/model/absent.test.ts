import { expect, test } from "vitest";
import { judgedAlike, ofAbsentContainers } from "./absent.ts";

test("a container that is not here has none of the options that containers have by rule", () => {
  const judged = ofAbsentContainers("nova_spicehtml5proxy");
  expect(judged).toMatchObject({
    nova_spicehtml5proxy_image_full: "The container nova_spicehtml5proxy is not here",
    nova_spicehtml5proxy_healthcheck: expect.any(String),
    nova_spicehtml5proxy_healthcheck_start_period: expect.any(String),
  });
});

test("names of one reason are parted by blanks and lines", () => {
  expect(judgedAlike("Why", " a\n   b ")).toEqual({ a: "Why", b: "Why" });
});
