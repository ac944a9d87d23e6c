import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "vitest";
import { engineClient } from "../../dev/hosts/engine.ts";
import { CloudClient } from "../../src/app/quickstart/cloud-client.ts";
import { askingAgainAndAgain, kolla, read } from "./machine.ts";

const GLOBALS = "/etc/kolla/globals.yml";
const CONTAINERS = ["keystone", "keystone_fernet", "keystone_ssh"];

/**
 * Keystone of a running cloud goes to another release and back, goes again and is finished, while `url` is asked for: no
 * request fails, and what was written in between is there at every stage. Leaves the cloud in the other release, and
 * the operator's file as it was.
 */
export async function upgradedAndBack(url: string, to: string): Promise<void> {
  const globals = readFileSync(GLOBALS, "utf8");
  const words = ["--openstack-release", to, "--install-type", "source", "^keystone"];
  expect(await kolla("build", ...words)).toMatchObject({ exitCode: 0 });
  try {
    await thereAndBack(url, to, (release) =>
      writeFileSync(GLOBALS, release === undefined ? globals : `${globals}keystone_release: "${release}"\n`),
    );
  } finally {
    writeFileSync(GLOBALS, globals);
  }
}

async function thereAndBack(url: string, to: string, configure: (release?: string) => void): Promise<void> {
  const from = await release();
  const rows = new Rows();
  await rows.add("before");

  configure(to);
  const byTheWay = await kolla("deploy");
  expect(byTheWay.stderr).toContain("KOLLA_UPGRADE_NEEDED");
  expect([byTheWay.exitCode, await release()]).toEqual([3, from]);

  const upgraded = await unnoticed(url, () => kolla("upgrade", "keystone"));
  expect(upgraded.stderr).toContain(`Upgrades keystone on localhost from ${from} to ${to}.`);
  expect(await release()).toBe(to);
  await rows.add("upgraded");
  expect((await kolla("plan")).stdout).toMatch(/^Nothing to do/);

  await unnoticed(url, () => kolla("rollback", "keystone"));
  expect(await release()).toBe(from);
  await rows.add("back");
  configure();
  expect((await kolla("plan")).stdout).toMatch(/^Nothing to do/);

  configure(to);
  await unnoticed(url, () => kolla("upgrade", "keystone"));
  const finished = await unnoticed(url, () => kolla("upgrade", "keystone", "--finish"));
  expect(finished.stderr).toContain(`there is no way back to ${from} after it`);
  await rows.add("finished");
  expect((await kolla("plan")).stdout).toMatch(/^Nothing to do/);
  expect(await kolla("check")).toMatchObject({ exitCode: 0 });
  expect((await kolla("upgrade", "keystone", "--finish")).stderr).toContain("KOLLA_UPGRADE_FINISHED");
  expect((await kolla("rollback", "keystone")).stderr).toContain("KOLLA_ROLLBACK_CONTRACTED");
  expect(await release()).toBe(to);
}

/** Projects, made one after another; all of them are there whenever one is made. */
class Rows {
  readonly #names: string[] = [];

  async add(name: string): Promise<void> {
    const cloud = await CloudClient.signIn("/etc/kolla/clouds.yaml", "kolla-admin-internal");
    await cloud.request("POST", "identity", "/v3/projects", { project: { name } });
    this.#names.push(name);
    const found = await cloud.request("GET", "identity", "/v3/projects");
    const names = (found as { projects: { name: string }[] }).projects.map((project) => project.name);
    expect(names).toEqual(expect.arrayContaining(this.#names));
  }
}

/** The release that all of Keystone's containers are of. */
async function release(): Promise<string> {
  const words = ["inspect", "--format", '{{index .Config.Labels "kolla_release"}}', ...CONTAINERS];
  const found = new Set((await read(engineClient(), ...words)).split("\n"));
  return [...found].join(", ");
}

/** What a command that goes well says, while somebody asks again and again and always gets an answer. */
async function unnoticed(url: string, act: () => ReturnType<typeof kolla>): ReturnType<typeof kolla> {
  const requests = askingAgainAndAgain(url, 2);
  const outcome = await act();
  const answers = await requests.stop();
  expect(outcome, outcome.stderr).toMatchObject({ exitCode: 0 });
  expect(answers.length).toBeGreaterThan(10);
  expect(answers.filter((answer) => answer !== "200")).toEqual([]);
  return outcome;
}
