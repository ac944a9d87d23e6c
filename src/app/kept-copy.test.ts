import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { GenerationRecord, HostPast } from "#model";
import { sha256, stableJson } from "#support";
import { container } from "../plan/site.fixture.ts";
import { contentKept, copiedRun, copyOf, forgetCopies, hashesKept, keepCopy } from "./kept-copy.ts";

let directory: string;
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), "copies-")), "records");
});

const NOW = "2026-11-26T12:00:00Z";
const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** What a host tells whose container has this one file, after a run. */
function past(run: string, content: string, known: readonly string[] = []): HostPast {
  const record: GenerationRecord = {
    generation: 1,
    item: { ...container("nova", []), imageId: "sha256:image" },
    files: {
      "/etc/kolla/nova/nova.conf": { sha256: sha256(content), mode: "0660", uid: 0, gid: 0, set: "nova" },
    },
  };
  const contents = [stableJson(record), content].map((text) => [sha256(text), base64(text)] as const);
  return {
    lastRun: run,
    counters: { nova: 1 },
    records: {
      earlier: [],
      generations: { nova: { 1: { record: sha256(stableJson(record)), run } } },
      generationsKept: 3,
    },
    contents: Object.fromEntries(contents.filter(([hash]) => !known.includes(hash))),
  };
}

test("a copy holds what the host told, readable by its owner alone", () => {
  keepCopy(directory, "control01", past("run1", "secret"), NOW);
  const { lastRun, at, counters, read } = copyOf(directory, "control01") ?? {};
  expect([lastRun, at, counters, copiedRun(directory, "control01")]).toEqual([
    "run1",
    NOW,
    { nova: 1 },
    "run1",
  ]);
  expect(String(read?.(sha256("secret")))).toBe("secret");
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const modes = entries.map((entry) => [
    entry.isFile() ? "file" : "directory",
    (statSync(join(entry.parentPath, entry.name)).mode & 0o777).toString(8),
  ]);
  expect(new Set(modes.map(String))).toEqual(new Set(["file,600", "directory,700"]));
});

test("a content is to be had from it by its hash as long as it is what was kept", () => {
  keepCopy(directory, "control01", past("run1", "one"), NOW);
  const kept = (text: string, recordsDirectory: string = directory): string | undefined =>
    contentKept({ recordsDirectory }, "control01", sha256(text))?.toString();
  expect([kept("one"), kept("two"), contentKept({}, "control01", sha256("one"))]).toEqual([
    "one",
    undefined,
    undefined,
  ]);
  const place = join(directory, "control01/contents", sha256("one"));
  expect(kept("one", join(place, "no-directory"))).toBeUndefined();
  writeFileSync(place, "on");
  expect(kept("one")).toBeUndefined();
});

test("what it has need not travel again, and what the host keeps no longer leaves it", () => {
  keepCopy(directory, "control01", past("run1", "one"), NOW);
  const known = hashesKept(directory, "control01");
  keepCopy(directory, "control01", past("run2", "one", known), NOW);
  const again = copyOf(directory, "control01");
  expect([again?.lastRun, String(again?.read(sha256("one")))]).toEqual(["run2", "one"]);
  keepCopy(directory, "control01", past("run3", "two"), NOW);
  expect(copyOf(directory, "control01")?.read(sha256("one"))).toBe("gone");
  // A record, its file, the index.
  expect(hashesKept(directory, "control01")).toHaveLength(3);
});

test("a content that is not what its hash says is not taken in, and the copy stays as it was", () => {
  keepCopy(directory, "control01", past("run1", "one"), NOW);
  const wrong = { ...past("run2", "two"), contents: { [sha256("two")]: base64("three") } };
  expect(() => keepCopy(directory, "control01", wrong, NOW)).toThrow(
    expect.objectContaining({ code: "KOLLA_COPY_TRANSFER", where: { host: "control01" } }),
  );
  expect(copiedRun(directory, "control01")).toBe("run1");
});

test("a content that was changed is told from what was kept, and asked for again", () => {
  keepCopy(directory, "control01", past("run1", "one"), NOW);
  writeFileSync(join(directory, "control01/contents", sha256("one")), "two");
  expect(copyOf(directory, "control01")?.read(sha256("one"))).toBe("damaged");
  expect(hashesKept(directory, "control01")).not.toContain(sha256("one"));
});

test("a copy whose index was changed or cut off is refused where it is needed, and made anew by the next run", () => {
  const index = (): string =>
    (JSON.parse(readFileSync(join(directory, "control01/copy.json"), "utf8")) as { index: string }).index;
  for (const damage of [
    () => writeFileSync(join(directory, "control01/contents", index()), "{}"),
    () => writeFileSync(join(directory, "control01/copy.json"), '{"ind'),
  ]) {
    keepCopy(directory, "control01", past("run1", "one"), NOW);
    damage();
    expect(() => copyOf(directory, "control01")).toThrow(
      expect.objectContaining({ code: "KOLLA_COPY_DAMAGED" }),
    );
    expect(copiedRun(directory, "control01")).toBeUndefined();
  }
});

test("copies are forgotten by host, or all together; a host's name leads to no other place", () => {
  for (const host of ["control01", "compute01", ".."]) keepCopy(directory, host, past("run1", "one"), NOW);
  expect(readdirSync(directory).sort()).toEqual(["%2E.", "compute01", "control01"]);
  forgetCopies(directory, ["compute01", ".."]);
  expect(readdirSync(directory)).toEqual(["control01"]);
  forgetCopies(directory);
  expect(copyOf(directory, "control01")).toBeUndefined();
});
