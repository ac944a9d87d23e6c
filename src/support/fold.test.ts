import { expect, test } from "vitest";
import { formatError, KollaError } from "./errors.ts";
import { foldProblems } from "./fold.ts";

const on = (host: string, message: string, hint: string): KollaError =>
  new KollaError({ code: "KOLLA_X", message, hint, where: { host } });

test("one cause is told once with the hosts that have it", () => {
  const many = ["a", "b", "c", "d"].flatMap((host) => [
    on(host, "no eth7", `${host} has eth0`),
    on(host, `${host} is odd`, "h"),
  ]);
  const texts = foldProblems([on("z", "full", "h"), on("y", "full", "h"), ...many]).map(formatError);
  expect(texts).toEqual([
    "z and y: full (KOLLA_X)\n  h",
    "4 hosts (a, b, c …): no eth7 (KOLLA_X)\n  a has eth0",
    ...["a", "b", "c", "d"].map((host) => `${host}: ${host} is odd (KOLLA_X)\n  h`),
  ]);
});
