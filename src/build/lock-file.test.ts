import { describe, expect, it } from "vitest";
import { archiveIn } from "./archive.ts";
import { formatLock, lockChanges } from "./lock-file.ts";
import { type LockOrigin, staleness } from "./lock-origin.ts";
import { versionOf } from "./python-index.ts";

const ORIGIN: LockOrigin = {
  release: "2025.1",
  project: "keystone",
  requirements: ["keystone==27.0.0", "pymysql"],
  python: "3.13",
};

describe("a lock", () => {
  it("pins every distribution with the hashes of its files, in order of names", async () => {
    const report = {
      install: [
        { metadata: { name: "oslo.log", version: "7.1.0" } },
        { metadata: { name: "Keystone", version: "27.0.0" } },
      ],
    };
    expect(
      await formatLock(report, ORIGIN, async (name) => [`${name}2`, `${name}1`]),
    ).toBe(`# Made by kolla lock 2025.1 keystone from keystone==27.0.0, pymysql on Python 3.13; do not edit.
keystone==27.0.0 \\
    --hash=sha256:keystone1 \\
    --hash=sha256:keystone2
oslo-log==7.1.0 \\
    --hash=sha256:oslo-log1 \\
    --hash=sha256:oslo-log2
`);
  });

  it("is the same text whatever order pip and the index answer in", async () => {
    const install = ["b", "a", "c"].map((name) => ({ metadata: { name, version: "1" } }));
    const one = await formatLock({ install }, ORIGIN, async () => ["2", "1"]);
    const other = await formatLock({ install: install.toReversed() }, ORIGIN, async () => ["1", "2"]);
    expect(one).toBe(other);
  });

  it("tells what it would install otherwise than the one before it", async () => {
    const lock = (pins: Record<string, string>, hash = "1") =>
      formatLock(
        { install: Object.entries(pins).map(([name, version]) => ({ metadata: { name, version } })) },
        ORIGIN,
        async (name) => [name === "kept" ? hash : "1"],
      );
    const before = await lock({ gone: "1", kept: "1", "oslo.log": "7.0" });
    const after = await lock({ kept: "1", "oslo.log": "7.1", fresh: "2" });
    expect(lockChanges(before, after)).toEqual({
      added: [{ name: "fresh", version: "2" }],
      removed: [{ name: "gone", version: "1" }],
      moved: [{ name: "oslo-log", from: "7.0", to: "7.1" }],
      rehashed: [],
    });
    const nothing = { added: [], removed: [], moved: [], rehashed: [] };
    expect(lockChanges(after, after)).toEqual(nothing);
    expect(lockChanges(await lock({ kept: "1" }), await lock({ kept: "1" }, "2"))).toEqual({
      ...nothing,
      rehashed: ["kept"],
    });
    expect(lockChanges("", await lock({ fresh: "2" })).added).toEqual([{ name: "fresh", version: "2" }]);
  });

  it("is out of date when the release wants another version, driver or Python, and says what it was made from", async () => {
    const lock = await formatLock({ install: [] }, ORIGIN, async () => []);
    expect(staleness(lock, ORIGIN)).toBeUndefined();
    const made = "was made from keystone==27.0.0, pymysql on Python 3.13, and release 2025.1 wants";
    expect(staleness(lock, { ...ORIGIN, requirements: ["keystone==27.1.0", "pymysql"] })).toBe(
      `${made} keystone==27.1.0, pymysql on Python 3.13`,
    );
    expect(staleness(lock, { ...ORIGIN, requirements: ["keystone==27.0.0"] })).toBe(
      `${made} keystone==27.0.0 on Python 3.13`,
    );
    expect(staleness(lock, { ...ORIGIN, python: "3.14" })).toContain(
      "wants keystone==27.0.0, pymysql on Python 3.14",
    );
    expect(staleness("keystone==27.0.0\n", ORIGIN)).toContain("does not tell what it was made from");
  });

  it("knows the version of every form of file", () => {
    expect(versionOf("keystone-27.0.0-py3-none-any.whl")).toBe("27.0.0");
    expect(versionOf("cryptography-43.0.3-1-cp39-abi3-manylinux_2_28_x86_64.whl")).toBe("43.0.3");
    expect(versionOf("python-memcached-1.62.tar.gz")).toBe("1.62");
    expect(versionOf("keystone-27.0.0.tar.gz.asc")).toBeUndefined();
  });
});

describe("the package archive of this machine", () => {
  it("is found in both forms of apt's sources, security archives aside", () => {
    expect(archiveIn("URIs: http://deb/debian-security\nURIs: http://mirror/debian\n", "debian")).toBe(
      "http://mirror/debian",
    );
    expect(
      archiveIn("# deb http://no/debian\ndeb [trusted=yes] http://near/debian/ trixie main", "debian"),
    ).toBe("http://near/debian/");
  });
});
