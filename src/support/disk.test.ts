import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { diskFull, diskOf, diskWords, formatBytes, hasNoRoom, isDiskFull } from "./disk.ts";

const disk = { path: "/var/lib/docker", bytes: 252e9, freeBytes: 12e6, files: 1000, freeFiles: 10 };

describe("a full disk", () => {
  it("is told by the system's own codes, a quota among them", () => {
    const withCode = (code: string): Error => Object.assign(new Error(code), { code });
    expect(["ENOSPC", "EDQUOT", "EACCES"].map((code) => isDiskFull(withCode(code)))).toEqual([
      true,
      true,
      false,
    ]);
    expect(isDiskFull(undefined)).toBe(false);
  });

  it("is described by how much is free, and by its inodes when those are what is missing", () => {
    expect(diskWords(disk)).toBe("/var/lib/docker has 12 MB of 252 GB free");
    expect(diskWords({ ...disk, freeBytes: 1.25e9, freeFiles: 0 })).toBe(
      "/var/lib/docker has 1.3 GB of 252 GB free, but no inode: too many small files",
    );
    expect(formatBytes(640e6)).toBe("640 MB");
  });

  it("has no room with under a hundredth free, or without inodes", () => {
    expect(hasNoRoom(disk)).toBe(true);
    expect(hasNoRoom({ ...disk, freeBytes: 30e9 })).toBe(false);
    expect(hasNoRoom({ ...disk, freeBytes: 30e9, freeFiles: 0 })).toBe(true);
    expect(hasNoRoom({ ...disk, freeBytes: 30e9, files: 0, freeFiles: 0 })).toBe(false);
  });

  it("names the nearest folder that is there, and what to type", () => {
    const path = join(tmpdir(), "kolla-no-such", "folder", "file");
    expect(diskOf(path)).toMatchObject({ path: tmpdir(), bytes: expect.any(Number) });
    const error = diskFull(path, "the build context of keystone");
    expect(error.code).toBe("KOLLA_DISK_FULL");
    expect(error.message).toMatch(
      new RegExp(
        `^The disk is full: the build context of keystone could not be written. ${tmpdir()} has .* free$`,
      ),
    );
    expect(error.hint).toContain(`du -xh ${tmpdir()}`);
  });
});
