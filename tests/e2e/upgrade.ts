import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "vitest";
import { engineClient } from "../../dev/hosts/engine.ts";
import { CloudClient } from "../../src/app/quickstart/cloud-client.ts";
import { SUBJECTS, type Thing } from "../../src/cli/bench/load/subjects.ts";
import { kolla, type Outcome, read } from "./machine.ts";
import { type AskedCloud, expectNothingLost, expectServerUnmoved, tell, underLoad } from "./under-load.ts";

const GLOBALS = "/etc/kolla/globals.yml";
/** What comes to other releases in acts, and its containers. */
const SERVICES = {
  keystone: ["keystone", "keystone_fernet", "keystone_ssh"],
  placement: ["placement_api"],
  glance: ["glance_api"],
};
const NAMES = Object.keys(SERVICES);

/**
 * Services of a running cloud go to another release and back, go again and are finished, while clients ask every API: no
 * request fails, the server stays in reach, and what was written in between is there at every stage. Leaves the cloud in
 * the other release, and the operator's file as it was.
 */
export async function upgradedAndBack(cloud: AskedCloud, to: string): Promise<void> {
  const globals = readFileSync(GLOBALS, "utf8");
  const words = ["--openstack-release", to, "--install-type", "source", ...NAMES.map((name) => `^${name}`)];
  expect(await kolla("build", ...words)).toMatchObject({ exitCode: 0 });
  const lines = NAMES.map((name) => `${name}_release: "${to}"\n`).join("");
  try {
    await thereAndBack(cloud, to, (other) => writeFileSync(GLOBALS, other ? `${globals}${lines}` : globals));
  } finally {
    writeFileSync(GLOBALS, globals);
  }
}

async function thereAndBack(
  cloud: AskedCloud,
  to: string,
  configure: (other: boolean) => void,
): Promise<void> {
  const from = await release();
  const rows = new Rows();
  await rows.add("before");

  configure(true);
  const byTheWay = await kolla("deploy");
  expect(byTheWay.stderr).toContain("KOLLA_UPGRADE_NEEDED");
  expect([byTheWay.exitCode, await release()]).toEqual([3, from]);

  const upgraded = await unnoticed("upgraded", cloud, () => kolla("upgrade", ...NAMES));
  for (const name of NAMES)
    expect(upgraded.stderr).toContain(`Upgrades ${name} on localhost from ${from} to ${to}.`);
  expect(await release()).toBe(to);
  await rows.add("upgraded");
  expect((await kolla("plan")).stdout).toMatch(/^Nothing to do/);

  await unnoticed("rolled back", cloud, () => kolla("rollback", ...NAMES));
  expect(await release()).toBe(from);
  await rows.add("back");
  configure(false);
  expect((await kolla("plan")).stdout).toMatch(/^Nothing to do/);

  configure(true);
  await unnoticed("upgraded again", cloud, () => kolla("upgrade", ...NAMES));
  const finished = await unnoticed("finished", cloud, () => kolla("upgrade", ...NAMES, "--finish"));
  expect(finished.stderr).toContain(`there is no way back to ${from} after it`);
  await rows.add("finished");
  expect((await kolla("plan")).stdout).toMatch(/^Nothing to do/);
  expect(await kolla("check")).toMatchObject({ exitCode: 0 });
  for (const name of NAMES) {
    expect((await kolla("upgrade", name, "--finish")).stderr).toContain("KOLLA_UPGRADE_FINISHED");
    expect((await kolla("rollback", name)).stderr).toContain("KOLLA_ROLLBACK_CONTRACTED");
  }
  expect(await release()).toBe(to);
}

/** One thing made after another in each service; all of them are there whenever one is made. */
class Rows {
  /** A test that failed on the same cloud left rows of its own. */
  readonly #of = `row of ${Date.now()}`;
  readonly #names: string[] = [];

  async add(name: string): Promise<void> {
    const cloud = await CloudClient.signIn("/etc/kolla/clouds.yaml", "kolla-admin-internal");
    const own = `${this.#of}, ${name}`;
    this.#names.push(own);
    for (const { type, thing } of SUBJECTS) {
      if (type === undefined || thing === undefined) continue;
      await make(cloud, type, thing, own);
      const all = (await cloud.request("GET", type, thing.list.path))[thing.list.key] as { name: string }[];
      expect(all.map((each) => each.name)).toEqual(expect.arrayContaining(this.#names));
    }
  }
}

async function make(cloud: CloudClient, type: string, thing: Thing, name: string): Promise<void> {
  const { method, path, json } = thing.make(name);
  await cloud.request(method, type, path, json as Record<string, unknown>);
}

/** The release that all of the services' containers are of. */
async function release(): Promise<string> {
  const containers = Object.values(SERVICES).flat();
  const words = ["inspect", "--format", '{{index .Config.Labels "kolla_release"}}', ...containers];
  const found = new Set((await read(engineClient(), ...words)).split("\n"));
  return [...found].join(", ");
}

/** What a command that goes well says, while clients ask every API and always get what they asked for. */
async function unnoticed(what: string, cloud: AskedCloud, act: () => Promise<Outcome>): Promise<Outcome> {
  const { findings, value } = await underLoad(cloud, act);
  tell(what, findings);
  expect(value, value.stderr).toMatchObject({ exitCode: 0 });
  expectNothingLost(findings);
  expectServerUnmoved(findings);
  return value;
}
