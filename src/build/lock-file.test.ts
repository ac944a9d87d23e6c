import { describe, expect, it } from "vitest";
import { archiveIn } from "./archive.ts";
import { formatLock } from "./lock-file.ts";
import { versionOf } from "./python-index.ts";

describe("a lock", () => {
  it("pins every distribution with the hashes of its files, in order of names", async () => {
    const report = {
      install: [
        { metadata: { name: "oslo.log", version: "7.1.0" } },
        { metadata: { name: "Keystone", version: "27.0.0" } },
      ],
    };
    expect(
      await formatLock(report, async (name) => [`${name}2`, `${name}1`]),
    ).toBe(`# Made by kolla lock; do not edit.
keystone==27.0.0 \\
    --hash=sha256:keystone1 \\
    --hash=sha256:keystone2
oslo-log==7.1.0 \\
    --hash=sha256:oslo-log1 \\
    --hash=sha256:oslo-log2
`);
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
