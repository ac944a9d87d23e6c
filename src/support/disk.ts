import { existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { KollaError } from "./errors.ts";

/** The file system that a path lies on, as it is now. */
export interface Disk {
  path: string;
  bytes: number;
  freeBytes: number;
  /** How many files it can hold, 0 where nothing is fixed (btrfs), and how many of those are free. */
  files: number;
  freeFiles: number;
}

/** Whether an error of the file system says that a disk, or this account's share of it, is full. */
export function isDiskFull(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === "ENOSPC" || code === "EDQUOT";
}

/** The file system of a path, or of the nearest folder above that is there; undefined where it cannot be looked at. */
export function diskOf(path: string): Disk | undefined {
  if (!existsSync(path)) return dirname(path) === path ? undefined : diskOf(dirname(path));
  try {
    const { bsize, blocks, bavail, files, ffree } = statfsSync(path);
    return { path, bytes: blocks * bsize, freeBytes: bavail * bsize, files, freeFiles: ffree };
  } catch {
    return undefined;
  }
}

/** True while next to nothing can be written: under one part in a hundred, or not one more file. */
export function hasNoRoom({ bytes, freeBytes, files, freeFiles }: Disk): boolean {
  return freeBytes < bytes / 100 || (files > 0 && freeFiles === 0);
}

/** "/var/lib/docker has 12 MB of 252 GB free"; a disk that has blocks but no inodes left is told as that. */
export function diskWords(disk: Disk): string {
  const space = `${disk.path} has ${formatBytes(disk.freeBytes)} of ${formatBytes(disk.bytes)} free`;
  return disk.files > 0 && disk.freeFiles === 0 ? `${space}, but no inode: too many small files` : space;
}

/** "640 MB", "1.3 GB", "252 GB": powers of ten, as df -H and the engines write them. */
export function formatBytes(bytes: number): string {
  if (bytes < 1e9) return `${Math.round(bytes / 1e6)} MB`;
  return bytes < 1e10 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e9)} GB`;
}

/** A disk of this machine that is full: what could not be written, and how full it is. */
export function diskFull(path: string, what: string, cause?: unknown): KollaError {
  const disk = diskOf(path);
  const folder = disk?.path ?? path;
  return new KollaError({
    code: "KOLLA_DISK_FULL",
    message: `The disk is full: ${what} could not be written. ${disk ? diskWords(disk) : folder}`,
    hint: `Make room (du -xh ${folder} | sort -h | tail shows what takes it) and run the same command again.`,
    ...(cause !== undefined && { cause }),
  });
}
