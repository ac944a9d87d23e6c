import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sha256 } from "#support";
import { writeConfiguration } from "./configuration.ts";
import { undoQuickstart, writeRecord } from "./undo.ts";
import { fateOf, keptInWords, type Writing, writeUnlessEdited } from "./written-files.ts";

let directory = "";
const example = resolve(import.meta.dirname, "../../../ansible/inventory/all-in-one");
const configure = (globals: string): Writing => writeConfiguration(directory, globals, example);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "kolla-written-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test("a file is written where it is not there or as it was written, and kept where it is not known to be", () => {
  expect(fateOf(undefined, "new", undefined)).toBe("write");
  expect(fateOf("old", "new", sha256("old"))).toBe("write");
  expect(fateOf("new", "new", undefined)).toBe("same");
  expect(fateOf("mine", "new", sha256("old"))).toBe("keep");
  expect(fateOf("mine", "new", undefined)).toBe("keep");
});

test("what an operator added to globals.yml is there after the next run, which says what it would have written", () => {
  const path = join(directory, "globals.yml");
  expect(configure("a: 1\n").written).toContain(path);
  writeFileSync(path, "a: 1\nenable_haproxy: no\n");
  const { written, kept } = configure("a: 2\n");
  expect(written).toEqual([]);
  expect(readFileSync(path, "utf8")).toBe("a: 1\nenable_haproxy: no\n");
  expect(kept.map(keptInWords).join()).toMatch(
    /left .*globals\.yml as you edited it[\s\S]*-a: 1\n-enable_haproxy: no\n\+a: 2/,
  );
});

test("globals.yml that nobody edited follows the machine", () => {
  configure("a: 1\n");
  expect(configure("a: 1\n")).toEqual({ written: [], kept: [] });
  expect(configure("a: 2\n")).toEqual({
    written: [join(directory, "globals.yml")],
    kept: [],
  });
});

test("a globals.yml that quickstart did not write is refused", () => {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "globals.yml"), "a: 1\n");
  expect(() => configure("a: 1\n")).toThrow(/quickstart did not write it/);
});

test("a secret is not told in what would have been written", () => {
  const path = join(directory, "openrc");
  writeUnlessEdited(directory, { [path]: "user admin\n" }, 0o600);
  writeFileSync(path, "user other\n");
  const { kept } = writeUnlessEdited(directory, { [path]: "user admin\nword hunter2\n" }, 0o600, ["hunter2"]);
  expect(kept[0]?.difference).toMatch(/\+word \*\*\*/);
  expect(kept[0]?.difference).not.toMatch(/hunter2/);
});

test("destroy leaves a file that was edited, and quickstart after it goes on from that", () => {
  const path = join(directory, "globals.yml");
  configure("a: 1\n");
  writeFileSync(path, "a: 1\nb: 2\n");
  expect(undoQuickstart(directory)).toContain(`left ${path}: you edited it`);
  for (const _ of ["once", "and again"]) {
    expect(configure("a: 1\n").kept).toMatchObject([{ path }]);
    expect(undoQuickstart(directory)).toContain(`left ${path}: you edited it`);
    expect(readFileSync(path, "utf8")).toBe("a: 1\nb: 2\n");
  }
});

test("a file of a quickstart that kept no hashes is left when it is not as it would be written", () => {
  const path = join(directory, "globals.yml");
  writeFileSync(path, "a: 1\nb: 2\n");
  writeRecord(directory, { interfaces: [], files: [path] });
  expect(configure("a: 1\n").kept).toMatchObject([{ path }]);
  expect(undoQuickstart(directory)).toContain(`left ${path}: you edited it`);
});

test("destroy leaves nothing of what nobody edited", () => {
  configure("a: 1\n");
  undoQuickstart(directory);
  expect(existsSync(directory)).toBe(false);
});
