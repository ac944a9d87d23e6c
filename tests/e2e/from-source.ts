import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "vitest";
import { engineClient } from "../../dev/hosts/engine.ts";
import { CloudClient } from "../../src/app/quickstart/cloud-client.ts";
import { inside, kolla, read } from "./machine.ts";

/** Keystone of a running cloud comes from source instead of packages, serves every API, and comes from packages again. */
export async function servesFromSource(): Promise<void> {
  const path = "/etc/kolla/globals.yml";
  const packages = readFileSync(path, "utf8");
  const images = async (): Promise<string[]> => {
    const filter = ["--filter", "name=^keystone", "--format", "{{.Image}}"];
    return (await read(engineClient(), "ps", ...filter)).split("\n").sort();
  };
  const serves = async (): Promise<void> => {
    expect(await kolla("check")).toMatchObject({ exitCode: 0 });
    for (const [type, listing] of LISTINGS) expect(await listed(type, listing), type).toBeDefined();
    expect((await kolla("plan")).stdout).toMatch(/^Nothing to do/);
  };
  const before = await images();
  expect(await kolla("build", "--install-type", "source", "^keystone")).toMatchObject({ exitCode: 0 });
  writeFileSync(path, `${packages}keystone_install_type: source\n`);
  try {
    expect(await kolla("deploy")).toMatchObject({ exitCode: 0 });
    expect(await images()).toEqual(before.map((image) => `${image}-source`));
    expect(await inside("keystone", KEYSTONE_FROM_SOURCE)).toBe("keystone");
    expect(await inside("keystone_fernet", ROTATION)).toBe("/var/lib/kolla/venv/bin/keystone-manage");
    await serves();
  } finally {
    writeFileSync(path, packages);
  }
  expect(await kolla("deploy")).toMatchObject({ exitCode: 0 });
  expect(await images()).toEqual(before);
  await serves();
}

/** A listing of each API: none answers without asking Keystone whether the token is good. */
const LISTINGS = [
  ["identity", "/v3/users"],
  ["compute", "/servers"],
  ["image", "/v2/images"],
  ["network", "/v2.0/networks"],
  ["placement", "/resource_providers"],
  ["orchestration", "/stacks"],
] as const;

async function listed(type: string, path: string): Promise<unknown> {
  const cloud = await CloudClient.signIn("/etc/kolla/clouds.yaml", "kolla-admin-internal");
  return (await cloud.request("GET", type, path))[path.split("/").at(-1) ?? ""];
}

/** Who runs it; behind that what should not be there: compilers, pip, files it could change, what was downloaded. */
const KEYSTONE_FROM_SOURCE = [
  "stat -c %U /proc/1",
  "command -v gcc g++ cc ld make pip pip3",
  "find /var/lib/kolla/venv ! -type l \\( ! -user root -o -perm /022 \\)",
  "find /root/.cache /var/cache/kolla* /var/lib/apt/lists -type f 2>/dev/null",
  "true",
].join("; ");

/** Where a rotation of keys finds its program. */
const ROTATION = "env -i $(grep ^PATH= /etc/cron.d/keystone-fernet) bash -c 'command -v keystone-manage'";
