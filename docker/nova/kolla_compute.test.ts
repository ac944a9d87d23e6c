import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa, execaSync } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";

const modules = join(import.meta.dirname, "nova-compute/kolla_compute");

/** Runs statements of Python, whose files of locks and libvirt's socket are in a directory of the test. */
const runner = `
import sys
sys.dont_write_bytecode = True
modules, root, statements = sys.argv[1:]
sys.path.insert(0, modules)
import libvirtd, socket
from builds import Builds
libvirtd.GATE, libvirtd.LOCK, libvirtd.SOCKET = root + "/gate", root + "/lock", root + "/socket"
exec(statements)
`;

let root: string;
let server: Server | undefined;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "kolla-compute-"));
});
afterEach(async () => {
  await new Promise((done) => (server ? server.close(done) : done(undefined)));
  server = undefined;
  rmSync(root, { recursive: true, force: true });
});

const words = (statements: string): [string, string[]] => [
  "python3",
  ["-c", runner, modules, root, statements],
];

function python(statements: string): string {
  return execaSync(...words(statements)).stdout;
}

test("builds that have begun are waited for, and what has not begun goes back into the queue", () => {
  const statements = `
import threading, time
builds, back = Builds(), []
for uuid in ("begun", "came", "late"):
    if uuid != "late":
        builds.come(uuid, lambda uuid=uuid: back.append(uuid))
print(builds.begin("begun"))
threading.Timer(0.5, builds.end, ["begun"]).start()
begun = time.monotonic()
print(builds.drain(10), 0.4 < time.monotonic() - begun < 5)
builds.come("late", lambda: back.append("late"))
print(builds.begin("late"))
print(sorted(builds.put_back()), sorted(back), builds.put_back())
`;
  expect(python(statements).split("\n")).toEqual([
    "True",
    "[] True",
    "False",
    "['came', 'late'] ['came', 'late'] []",
  ]);
});

test("a build that does not end is left in time, and told", () => {
  const statements = `
builds = Builds()
builds.come("endless", None)
builds.begin("endless")
print(builds.drain(0.5))
`;
  expect(python(statements)).toBe("['endless']");
});

test("what has come since the start is known until it is asked for, and not kept after", () => {
  const statements = `
builds = Builds()
builds.come("early", None)
print(builds.forget_seen())
builds.come("late", None)
print(builds.seen)
`;
  expect(python(statements)).toBe("{'early'}\nNone");
});

/** Somebody listens where libvirt does, until the test is over. */
async function listen(): Promise<void> {
  server = createServer((socket) => socket.destroy());
  await new Promise<void>((done) => server?.listen(join(root, "socket"), done));
}

test("a libvirt that is not of ours keeps no build waiting", () => {
  expect(python("with libvirtd.kept(lambda: False) as kept: print(kept)")).toBe("True");
});

test("a build waits until libvirt answers, and no longer than this process may", async () => {
  for (const file of ["gate", "lock"]) writeFileSync(join(root, file), "");
  expect(python("with libvirtd.kept(lambda: True) as kept: print(kept)")).toBe("False");
  const waiting = execa(...words("with libvirtd.kept(lambda: False) as kept: print(kept)"));
  await sleep(1500);
  expect(waiting.exitCode).toBeNull();
  await listen();
  expect((await waiting).stdout).toBe("True");
});

test("who stops libvirt waits for builds that have begun, and others wait for him", async () => {
  for (const file of ["gate", "lock"]) writeFileSync(join(root, file), "");
  await listen();
  const build = execa(...words('with libvirtd.kept(lambda: False): print("building", flush=True), input()'));
  await new Promise((resolve) => build.stdout?.once("data", resolve));
  const [gate, lock] = [join(root, "gate"), join(root, "lock")];
  const taken = (file: string) =>
    execaSync("flock", ["--nonblock", file, "true"], { reject: false }).exitCode;
  expect([taken(gate), taken(lock)]).toEqual([0, 1]);
  const stopping = execa("flock", [gate, "flock", lock, "sleep", "1"]);
  await sleep(300);
  const other = execa(...words("with libvirtd.kept(lambda: False) as kept: print(kept)"));
  await sleep(300);
  expect([stopping.exitCode, other.exitCode]).toEqual([null, null]);
  build.stdin?.end("\n");
  await build;
  await stopping;
  expect((await other).stdout).toBe("True");
});
