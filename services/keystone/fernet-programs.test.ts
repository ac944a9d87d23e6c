import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import nodeSync from "./fernet-node-sync.sh";
import push from "./fernet-push.sh";
import rotate from "./fernet-rotate.sh";
import setup from "./fernet-setup.sh";

let folder = "";
const keys = (): string => join(folder, "etc/keystone/fernet-keys");
const done = (): string[] => readFileSync(join(folder, "done"), "utf8").split("\n").filter(Boolean);

/** A program that is not on this machine: it tells that it was called, and goes on as said. */
function fake(path: string, then = ""): void {
  const file = join(folder, path);
  writeFileSync(file, `#!/bin/bash\necho "\${0##*/} $*" >> ${folder}/done\n${then}\n`);
  chmodSync(file, 0o755);
}

/** Host → its keys. One that is not among them does not answer. */
function others(hosts: Readonly<Record<string, readonly string[]>>): void {
  writeFileSync(join(folder, "etc/keystone/fernet-hosts"), "10.0.0.1\n10.0.0.2\n");
  const answers = Object.entries(hosts).map(
    ([address, names]) => `*@${address}\\ *) printf '%s\\n' ${names.join(" ")} ;;`,
  );
  fake("bin/ssh", `case "$*" in ${answers.join(" ")} *) exit 255 ;; esac`);
}

/** Runs a program with its directories, and those of the programs that it runs, below the folder. */
function run(program: string, ...words: readonly string[]): { status: number | null; said: string } {
  const text = program
    .replaceAll("/etc/keystone", join(folder, "etc/keystone"))
    .replaceAll("/usr/bin", join(folder, "bin"));
  // Node gives it a socket as its input, for which bash would read the account's own settings.
  const { status, stdout, stderr } = spawnSync("bash", ["--norc", "-c", text, "program", ...words], {
    encoding: "utf8",
    env: { PATH: `${join(folder, "bin")}:${process.env.PATH}` },
  });
  return { status, said: `${stdout}${stderr}`.replaceAll(folder, "") };
}

const hasKey = (name: string, secondsAgo = 0): void => {
  const then = Date.now() / 1000 - secondsAgo;
  writeFileSync(join(keys(), name), "");
  utimesSync(join(keys(), name), then, then);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kolla-fernet-"));
  mkdirSync(keys(), { recursive: true });
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "done"), "");
  for (const name of ["rsync", "chown", "keystone-manage", "fernet-push.sh", "fernet-node-sync.sh"])
    fake(`bin/${name}`);
  others({});
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const fetched = (): string[] => done().filter((line) => line.startsWith("rsync"));

test("newer keys are fetched, from whoever has them", () => {
  hasKey("0");
  hasKey("9");
  others({ "10.0.0.1": ["0", "9"], "10.0.0.2": ["0", "10"] });
  expect(run(nodeSync)).toEqual({ status: 0, said: "Fetching the keys from 10.0.0.2\n" });
  expect(fetched()).toHaveLength(1);
  expect(fetched()[0]).toMatch(/keystone@10\.0\.0\.2:\S+fernet-keys\/ \S+fernet-keys\/$/);
});

test("a host without keys takes the first it hears of, and none from hosts that are silent or have none", () => {
  others({ "10.0.0.2": [] });
  expect(run(nodeSync, "--once")).toEqual({ status: 0, said: "" });
  expect(fetched()).toEqual([]);
  others({ "10.0.0.2": ["0"] });
  expect(run(nodeSync, "--once").said).toBe("Fetching the keys from 10.0.0.2\n");
});

test("a lone host with keys or without asks nobody", () => {
  writeFileSync(join(folder, "etc/keystone/fernet-hosts"), "");
  expect(run(nodeSync)).toEqual({ status: 0, said: "" });
  expect(done().map((line) => line.split(" ")[0])).toEqual(["chown"]);
});

test("first keys are made, and those that are there are kept", () => {
  expect(run(setup).status).toBe(0);
  expect(done().map((line) => line.split(" ")[0])).toEqual(["fernet-node-sync.sh", "keystone-manage"]);
  hasKey("0");
  expect(run(setup)).toEqual({ status: 0, said: "There are keys already\n" });
  expect(done().filter((line) => line.startsWith("keystone-manage"))).toHaveLength(1);
});

test("keys are rotated when it is time, and pushed then", () => {
  hasKey("0", 100);
  expect(run(rotate, "200")).toEqual({ status: 0, said: "" });
  expect(done()).toEqual([]);
  expect(run(rotate, "50").said).toMatch(/^The last rotation was 10\d seconds ago: rotating\n$/);
  expect(done().map((line) => line.split(" ")[0])).toEqual(["keystone-manage", "fernet-push.sh"]);
});

test("a push goes to every other host, and one that does not take it is told", () => {
  expect(run(push)).toEqual({ status: 1, said: "No keys here to push\n" });
  hasKey("0");
  fake("bin/rsync", '[[ "$*" != *10.0.0.1:* ]]');
  expect(run(push)).toEqual({ status: 0, said: "The keys did not reach 10.0.0.1\n" });
  expect(fetched().map((line) => /keystone@([^:]*)/.exec(line)?.[1])).toEqual(["10.0.0.1", "10.0.0.2"]);
});
