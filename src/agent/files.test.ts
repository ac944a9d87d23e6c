import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { FileItem } from "#model";
import { fileChange } from "../plan/causes.ts";
import { takeDraft } from "./directories.ts";
import { observeFiles, putFile } from "./files.ts";
import type { Ground } from "./ground.ts";

const PATH = "/etc/kolla/nova-api/nova.conf";
const [uid, gid] = [process.getuid?.() || 4711, process.getgid?.() || 4712];
let ground = {} as Ground;

beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), "kolla-agent-files-"));
  ground = { root, host: "control01" } as Ground;
  mkdirSync(join(root, "etc/kolla"), { recursive: true });
  writeFileSync(join(root, "etc/passwd"), `root:x:0:0::/root:/bin/sh\nkeeper:x:${uid}:0::/:/bin/sh\n`);
  writeFileSync(join(root, "etc/group"), `root:x:0:\nkeepers:x:${gid}:\n`);
});
afterEach(() => rmSync(ground.root, { recursive: true }));

const file = (owner: string, group: string) =>
  ({ path: PATH, mode: "0660", owner, group, content: "[DEFAULT]\n" }) as FileItem;

function changeTo(wanted: FileItem): string | undefined {
  const found = observeFiles(ground)[PATH];
  return fileChange(wanted, found, found?.sha256 ?? "");
}

test("a file belongs to the account and the group of those names on the host, and another one is a change", () => {
  putFile(ground, file("keeper", "keepers"));
  expect(observeFiles(ground)[PATH]).toMatchObject({ uid, gid, owner: "keeper", group: "keepers" });
  takeDraft(ground, "nova-api");
  expect(statSync(join(ground.root, dirname(PATH)))).toMatchObject({ uid, gid });
  expect(changeTo(file("keeper", "keepers"))).toBeUndefined();
  expect(changeTo(file(String(uid), String(gid)))).toBeUndefined();
  expect(changeTo(file("root", "keepers"))).toBe(`owner ${uid}:${gid} → root:keepers`);
  expect(changeTo(file("keeper", "others"))).toBe(`owner ${uid}:${gid} → keeper:others`);
});

test("no file is written for an account that the host does not have", () => {
  expect(() => putFile(ground, file("nobody-here", "keepers"))).toThrow("no account nobody-here");
  expect(() => putFile(ground, file("keeper", "none-here"))).toThrow("no group none-here");
  expect(observeFiles(ground)).toEqual({});
});
