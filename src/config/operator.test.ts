import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { formatError, KollaError } from "#support";
import { readOperatorDirectory } from "./operator.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "kolla-config-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function write(files: Record<string, string | Buffer>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
}

async function messageOf(reading: Promise<unknown>): Promise<string> {
  const error = await reading.catch((reason: unknown) => reason);
  if (!(error instanceof KollaError)) throw new Error("no KollaError was thrown");
  return formatError(error);
}

test("places come from globals.yml, passwords.yml and globals.d in the order that Ansible reads them", async () => {
  write({
    "globals.yml": "a: 1\nb: 1\n",
    "passwords.yml": "c: 1\n",
    "globals.d/20.yml": "b: 3\n",
    "globals.d/10.yaml": "b: 2\nd: 1\n",
    "globals.d/notes.txt": "not: read",
  });
  const read = await readOperatorDirectory(directory);
  const places = Object.entries(read.places).map(
    ([key, where]) => `${key} ${where.file?.slice(directory.length + 1)}:${where.line}`,
  );
  expect(places).toEqual([
    "a globals.yml:1",
    "b globals.d/20.yml:1",
    "c passwords.yml:1",
    "d globals.d/10.yaml:2",
  ]);
  expect(read.more.map((file) => file.slice(directory.length + 1))).toEqual([
    "globals.d/10.yaml",
    "globals.d/20.yml",
  ]);
});

test("files that hold nothing but comments are told apart, because Ansible refuses them", async () => {
  write({ "globals.yml": "---\n# nothing yet\n", "passwords.yml": "a: 1\n", "globals.d/x.yml": "" });
  const read = await readOperatorDirectory(directory);
  expect(read.empty).toEqual([join(directory, "globals.yml"), join(directory, "globals.d/x.yml")]);
});

test("another passwords file is read instead of the directory's own", async () => {
  write({ "globals.yml": "", "elsewhere.yml": "\n\ndatabase_password: x\n" });
  const read = await readOperatorDirectory(directory, join(directory, "elsewhere.yml"));
  expect(read.places.database_password?.line).toBe(3);
});

test("overrides are found at any depth, and binary ones are told apart", async () => {
  write({
    "globals.yml": "",
    "passwords.yml": "",
    "config/nova.conf": "[DEFAULT]\n",
    "config/nova/host1/nova.conf": "x",
    "config/secret.conf": "$ANSIBLE_VAULT;1.1;AES256\n31\n",
    "config/horizon/themes/logo.png": Buffer.from([0x89, 0x50, 0xff, 0x00]),
  });
  symlinkSync("..", join(directory, "config/nova/loop"));
  const read = await readOperatorDirectory(directory);
  expect(read.overrides["nova.conf"]).toEqual({
    text: "[DEFAULT]\n",
    path: join(directory, "config/nova.conf"),
  });
  expect(Object.keys(read.overrides)).toEqual(["nova/host1/nova.conf", "nova.conf", "secret.conf"]);
  const logo = join(directory, "config/horizon/themes/logo.png");
  expect(read.binaryOverrides).toEqual({ "horizon/themes/logo.png": { path: logo, base64: "iVD/AA==" } });
});

test("of an override file that is too large for a container's files only the place is kept", async () => {
  write({
    "globals.yml": "",
    "passwords.yml": "",
    "config/ironic/agent.initramfs": Buffer.alloc(5 * 2 ** 20),
  });
  const read = await readOperatorDirectory(directory);
  expect(read.binaryOverrides).toEqual({
    "ironic/agent.initramfs": { path: join(directory, "config/ironic/agent.initramfs") },
  });
});

test("all missing and broken files are told together, each with a hint", async () => {
  write({ "globals.d/x.yml": "- a\n" });
  const message = await messageOf(readOperatorDirectory(directory));
  expect(message.replaceAll(directory, "DIR")).toBe(
    [
      "DIR/globals.yml: there is no such file (KOLLA_CONFIG_MISSING)",
      "  Copy etc/kolla/globals.yml there, or name your directory with --configdir.",
      "DIR/passwords.yml: there is no such file (KOLLA_CONFIG_MISSING)",
      "  Copy etc/kolla/passwords.yml there and run `kolla genpwd`.",
      "DIR/globals.d/x.yml: the file does not hold variables (KOLLA_YAML_SYNTAX)",
      "  Write one `name: value` a line.",
    ].join("\n"),
  );
});

test("a dangling link among the overrides is an error", async () => {
  write({ "globals.yml": "", "passwords.yml": "", "config/a.conf": "" });
  symlinkSync("nowhere", join(directory, "config/b.conf"));
  const message = await messageOf(readOperatorDirectory(directory));
  expect(message).toContain("config/b.conf: there is no such file (KOLLA_CONFIG_MISSING)");
});
