import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkoutFiles, root } from "./files.ts";

const files = checkoutFiles();

test("no file holds the marks of a merge that was not finished", () => {
  expect(files.length).toBeGreaterThan(500);
  const marked = files.filter((file) =>
    /^(<{7}|>{7}|\|{7}) /m.test(readFileSync(join(root, file), "latin1")),
  );
  expect(marked).toEqual([]);
});

interface Locked {
  optionalDependencies?: Record<string, string>;
}

/** Without this `npm ci` refuses the lock: it wants the packages of other machines to be named too. */
test("the lock holds the optional packages of every platform", () => {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, Locked>;
  };
  const absent = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`],
    ),
  );
  expect(absent).toEqual([]);
});
