import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { execaSync } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";

const script = join(import.meta.dirname, "base/bin/kolla_set_configs");
const me = userInfo().username;

/** Runs the real script; only the four places it keeps in a container lie below the test's own directory. */
const runner = `
import importlib.machinery, importlib.util, os, sys
sys.dont_write_bytecode = True
script, root = sys.argv[1:3]
loader = importlib.machinery.SourceFileLoader("kolla_set_configs", script)
module = importlib.util.module_from_spec(importlib.util.spec_from_loader("kolla_set_configs", loader))
loader.exec_module(module)
module.CONFIG_DIRECTORY = os.path.join(root, "config")
module.RUN_COMMAND = os.path.join(root, "run_command")
module.CONFIGURED = os.path.join(root, "configured")
module.DEFAULTS = os.path.join(root, "defaults")
sys.exit(module.main(sys.argv[3:]))
`;

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "set-configs-"));
  mkdirSync(join(root, "config"));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const at = (path: string): string => join(root, path);
const read = (path: string): string => readFileSync(at(path), "utf8");
const mode = (path: string): string => (statSync(at(path)).mode & 0o7777).toString(8);

function put(path: string, content: string, permissions = 0o644): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), content);
  chmodSync(at(path), permissions);
}

function configure(config: Record<string, unknown>): void {
  put("config/config.json", JSON.stringify({ command: "sleep 1", ...config }));
}

function run(options: { args?: string[]; strategy?: string | null } = {}): { code: number; log: string } {
  const { args = [], strategy = "COPY_ALWAYS" } = options;
  const result = execaSync("python3", ["-c", runner, script, root, ...args], {
    reject: false,
    env: strategy === null ? {} : { KOLLA_CONFIG_STRATEGY: strategy },
  });
  return { code: result.exitCode ?? -1, log: result.stderr };
}

const check = (): { code: number; log: string } => run({ args: ["--check"] });

/** An entry of config_files that copies config/NAME. */
function copy(name: string, dest: string, rest: Record<string, unknown> = {}): Record<string, unknown> {
  return { source: at(`config/${name}`), dest: at(dest), owner: me, perm: "0600", ...rest };
}

test("a start writes the command as it stands, copies the files and leaves nothing to change", () => {
  put("config/a.conf", "new");
  put("etc/a.conf", "the image's own");
  configure({ command: "serve --x 'a b'", config_files: [copy("a.conf", "etc/a.conf")] });
  expect(check().code).toBe(1);
  expect(run().code).toBe(0);
  expect(read("run_command")).toBe("serve --x 'a b'");
  expect(read("etc/a.conf")).toBe("new");
  expect(mode("etc/a.conf")).toBe("600");
  expect(check()).toEqual({ code: 0, log: "" });
});

test.each([
  ["600", "600"],
  ["0600", "600"],
  ["2775", "2775"],
  ["02775", "2775"],
  ["0o640", "640"],
])("perm %s is octal", (perm, expected) => {
  put("config/a.conf", "x");
  configure({ config_files: [copy("a.conf", "etc/a.conf", { perm })] });
  expect(run().code).toBe(0);
  expect(mode("etc/a.conf")).toBe(expected);
  expect(check().code).toBe(0);
});

test.each(["9", "rw-r--r--", "060000", "0o6", 600])("perm %s is refused as malformed", (perm) => {
  put("config/a.conf", "x");
  configure({ config_files: [copy("a.conf", "etc/a.conf", { perm })] });
  expect(run().code).toBe(2);
});

test("a directory is copied whole, its mode gets x where it has r, and the check after it finds nothing", () => {
  put("config/d/one", "1");
  put("config/d/deep/two", "2");
  put("etc/d/stale", "goes");
  configure({ config_files: [copy("d", "etc/d", { perm: "0640" })] });
  expect(run().code).toBe(0);
  expect(readdirSync(at("etc/d")).sort()).toEqual(["deep", "one"]);
  expect([mode("etc/d"), mode("etc/d/deep"), mode("etc/d/deep/two")]).toEqual(["750", "750", "640"]);
  expect(check()).toEqual({ code: 0, log: "" });
});

test("merge keeps what the directory held", () => {
  put("config/d/one", "1");
  put("etc/d/own", "stays");
  configure({ config_files: [copy("d", "etc/d", { merge: true })] });
  expect(run().code).toBe(0);
  expect(run().code).toBe(0);
  expect(readdirSync(at("etc/d")).sort()).toEqual(["one", "own"]);
});

test("links become files, or stay links with merge and preserve_properties", () => {
  put("config/d/target", "t");
  symlinkSync("target", at("config/d/link"));
  const kept = { source: at("config/d"), dest: at("etc/kept"), merge: true, preserve_properties: true };
  configure({ config_files: [copy("d", "etc/d"), kept] });
  expect(run().code).toBe(0);
  expect(read("etc/d/link")).toBe("t");
  expect(() => readlinkSync(at("etc/d/link"))).toThrow();
  expect(readlinkSync(at("etc/kept/link"))).toBe("target");
  expect(check().code).toBe(0);
});

test("a destination that ends in a slash is a directory, and a pattern takes every match", () => {
  put("config/x/1.cfg", "1");
  put("config/x/2.cfg", "2");
  configure({ config_files: [copy("x/*.cfg", "etc/x/")] });
  expect(run().code).toBe(0);
  expect([read("etc/x/1.cfg"), read("etc/x/2.cfg")]).toEqual(["1", "2"]);
});

test("preserve_properties takes mode and time of the source, and the check agrees", () => {
  put("config/run.sh", "#!", 0o711);
  configure({
    config_files: [{ source: at("config/run.sh"), dest: at("bin/run.sh"), preserve_properties: true }],
  });
  expect(run().code).toBe(0);
  expect(mode("bin/run.sh")).toBe("711");
  expect(statSync(at("bin/run.sh")).mtimeMs).toBe(statSync(at("config/run.sh")).mtimeMs);
  expect(check()).toEqual({ code: 0, log: "" });
});

test("a source that is not there stops the start unless it is optional, and all are named at once", () => {
  configure({
    config_files: [copy("a", "etc/a"), copy("b", "etc/b"), copy("c", "etc/c", { optional: true })],
  });
  const { code, log } = run();
  expect(code).toBe(1);
  expect(log).toMatch(/config\/a is not there[\s\S]*config\/b is not there/);
  expect(log).not.toContain("config/c");
  expect(existsSync(at("run_command"))).toBe(false);
});

test("what is no longer configured is the image's own again, or gone when the image had none", () => {
  put("config/a", "ours");
  put("config/b", "ours");
  put("etc/a", "the image's own", 0o640);
  configure({ config_files: [copy("a", "etc/a"), copy("b", "etc/b")] });
  expect([run().code, run().code]).toEqual([0, 0]);
  expect(JSON.parse(read("defaults/state"))[at("etc/b")]).toEqual({
    source: at("config/b"),
    preserve_properties: true,
    dest: null,
  });
  configure({ config_files: [] });
  expect(check().log).toContain("no longer configured");
  expect(run().code).toBe(0);
  expect(read("etc/a")).toBe("the image's own");
  expect(mode("etc/a")).toBe("640");
  expect(existsSync(at("etc/b"))).toBe(false);
  expect(check().code).toBe(0);
});

test.each([
  ["the command", () => configure({ command: "other", config_files: [copy("a", "etc/a")] })],
  ["content", () => put("config/a", "changed")],
  ["mode", () => chmodSync(at("etc/a"), 0o644)],
  ["a file that went", () => rmSync(at("etc/a"))],
])("a check finds a change of %s and changes nothing", (_what, change) => {
  put("config/a", "ours");
  configure({ config_files: [copy("a", "etc/a")] });
  run();
  change();
  const before = existsSync(at("etc/a")) ? read("etc/a") : undefined;
  expect(check().code).toBe(1);
  expect(existsSync(at("etc/a")) ? read("etc/a") : undefined).toBe(before);
});

test("COPY_ONCE copies once; later starts succeed and leave everything", () => {
  put("config/a", "first");
  configure({ config_files: [copy("a", "etc/a")] });
  expect(run({ strategy: "COPY_ONCE" }).code).toBe(0);
  put("config/a", "second");
  const again = run({ strategy: "COPY_ONCE" });
  expect(again.code).toBe(0);
  expect(again.log).toContain("ERROR");
  expect(read("etc/a")).toBe("first");
});

test("a failed first start with COPY_ONCE does not count", () => {
  configure({ config_files: [copy("a", "etc/a")] });
  expect(run({ strategy: "COPY_ONCE" }).code).toBe(1);
  put("config/a", "x");
  expect(run({ strategy: "COPY_ONCE" }).code).toBe(0);
  expect(read("etc/a")).toBe("x");
});

test.each([
  ["no configuration", () => undefined, 2],
  ["broken JSON", () => put("config/config.json", "{"), 1],
  ["no command", () => put("config/config.json", "{}"), 1],
  ["an unknown key", () => configure({ config_files: [copy("a", "etc/a", { chown: 1 })] }), 2],
  [
    "an unknown user",
    () => configure({ config_files: [copy("config.json", "etc/a", { owner: "nobody-at-all" })] }),
    2,
  ],
  ["a missing owner", () => configure({ config_files: [{ source: "/a", dest: "/b", perm: "0600" }] }), 2],
])("%s has its own exit code", (_what, prepare, code) => {
  prepare();
  const result = run();
  expect(result.code).toBe(code);
  expect(result.log).not.toContain("Traceback");
});

test.each([null, "", "COPY_SOMETIMES"])("strategy %s is refused", (strategy) => {
  configure({});
  expect(run({ strategy }).code).toBe(1);
});

test("all faults of a configuration are reported together", () => {
  configure({
    config_files: [{ source: "/a" }],
    permissions: [{ path: "/x", owner: me, exclude: ["("] }],
    directories: [{ path: "/d", owner: me, perm: "bad" }],
  });
  const { log } = run();
  expect(log).toContain("config_files[0]: 'dest' is missing");
  expect(log).toContain("permissions[0]: 'exclude' is not a list of regular expressions");
  expect(log).toContain("directories[0]: perm 'bad'");
});

test("directories and files are made with their owner and mode", () => {
  configure({
    directories: [{ path: at("var/lib/x"), owner: me, perm: "0750" }],
    files: [{ path: at("var/lib/x/log"), owner: me, perm: "0640" }],
  });
  expect(run().code).toBe(0);
  expect([mode("var/lib/x"), mode("var/lib/x/log")]).toEqual(["750", "640"]);
  put("var/lib/x/log", "kept");
  expect(run().code).toBe(0);
  expect(read("var/lib/x/log")).toBe("kept");
});

test("a file is never made through a link", () => {
  put("secret", "s");
  symlinkSync(at("secret"), at("log"));
  configure({ files: [{ path: at("log"), owner: me, perm: "0666" }] });
  expect(run().code).toBe(1);
  expect(mode("secret")).toBe("644");
});

test("permissions recurse, spare what any pattern excludes, and do not follow links out of the tree", () => {
  put("secret", "s", 0o600);
  for (const name of ["a", "b.skip", "c.spare"]) put(`log/${name}`, "", 0o600);
  symlinkSync(at("secret"), at("log/link"));
  configure({
    permissions: [
      { path: at("log"), owner: `${me}:`, perm: "0664", recurse: true, exclude: ["\\.skip$", "\\.spare$"] },
    ],
  });
  expect(run().code).toBe(0);
  const modes = ["log", "log/a", "log/b.skip", "log/c.spare", "secret"].map(mode);
  expect(modes).toEqual(["775", "664", "600", "600", "600"]);
});

test("a path without permissions to set is a warning", () => {
  configure({ permissions: [{ path: at("nowhere"), owner: me, recurse: true }] });
  const { code, log } = run();
  expect(code).toBe(0);
  expect(log).toContain("WARNING");
});

test("an unknown argument is refused before anything is done", () => {
  configure({});
  expect(run({ args: ["--chekc"] }).code).toBe(2);
  expect(existsSync(at("run_command"))).toBe(false);
});
