import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ansibleIsHere } from "../engine/operator-world.ts";
import { readSet } from "./read-set.ts";

const folder = join(import.meta.dirname, "sites");
const sets = readdirSync(folder);
const seconds = new Map<string, number>();

afterAll(() => {
  for (const name of readdirSync(tmpdir()).filter((each) => each.startsWith("kolla-corpus-")))
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  const slowest = [...seconds].sort(([, a], [, b]) => b - a).slice(0, 3);
  process.stderr.write(
    `slowest: ${slowest.map(([name, time]) => `${name} ${time.toFixed(1)} s`).join(", ")}\n`,
  );
});

describe.skipIf(!ansibleIsHere())("a set of an operator's files comes out as it should", () => {
  test.each(sets)("%s", async (name) => {
    const reading = await readSet(join(folder, name));
    seconds.set(name, reading.seconds);
    const expected = join(folder, name, "expected");
    await expect(reading.report).toMatchFileSnapshot(join(expected, "report.txt"));
    for (const [path, text] of Object.entries(reading.files))
      await expect(text).toMatchFileSnapshot(join(expected, "files", path));
    const known = ["report.txt", ...Object.keys(reading.files).map((path) => join("files", path))];
    expect(filesBelow(expected).filter((path) => !known.includes(path))).toEqual([]);
    expect(reading.report).not.toMatch(/bug in Kolla|^\s+at .*:\d+:\d+\)?$/m);
  });
});

function filesBelow(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)));
}

test("there are at least 25 sets, and each says what it is there for", () => {
  expect(sets.length).toBeGreaterThanOrEqual(25);
  for (const name of sets)
    expect(readFileSync(join(folder, name, "about.yml"), "utf8"), name).toMatch(/^about: ["']?\S+ \S+/m);
});
