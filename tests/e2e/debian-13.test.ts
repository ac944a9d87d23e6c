import { afterAll, beforeAll, expect } from "vitest";
import { wholeInTurn } from "../turns.ts";
import { leftovers, NOTHING_LEFT, readOn, type Where } from "./machine.ts";
import { makeFreshMachine, removeFreshMachine } from "./made-host.ts";
import { changedIn, expectServer, quickstart, type Report } from "./report.ts";

const NAME = "kolla-test-debian-13";
const test = wholeInTurn("Debian 13", 14, "debian-13");

let where: Where = [];
let checkout = "";

beforeAll(async () => {
  process.stderr.write("making a fresh Debian 13 machine\n");
  ({ where, checkout } = await makeFreshMachine(NAME, "trixie"));
});

afterAll(() => removeFreshMachine(NAME));

/** What `kolla` prints on the machine; throws when it fails. */
const kolla = (...words: string[]): Promise<string> => readOn(where, `${checkout}/tools/kolla`, ...words);

test("the machine is a Debian 13 with nothing prepared: no engine, no Ansible, no Node, no init system", async () => {
  const look =
    "grep VERSION_ID /etc/os-release; command -v docker podman ansible node ip; ls /run/systemd; true";
  expect(await readOn(where, "sh", "-c", look)).toBe('VERSION_ID="13"');
});

test("one command turns it into a cloud with a server that works", async () => {
  const report: Report = await quickstart(where, checkout);
  process.stderr.write(
    `${report.phases.map(({ name, seconds }) => `${name} ${seconds.toFixed(1)} s`).join(", ")}\n`,
  );
  expectServer(report);
  expect(changedIn(report)).toEqual(report.phases.map((phase) => phase.name));
});

test("the same command again changes nothing", async () => {
  const report = await quickstart(where, checkout);
  expect(changedIn(report)).toEqual([]);
  expectServer(report);
});

test("all sets are well, and a second deploy plans nothing", async () => {
  expect((await kolla("status")).split("\n")[1]).toMatch(/^site +well/);
  expect(await kolla("plan")).toMatch(/^Nothing to do/);
});

test("destroy leaves no container, volume, namespace, bridge, process or file", async () => {
  await kolla("destroy", "--yes-i-really-really-mean-it", "--servers-too");
  expect(await leftovers(where)).toEqual(NOTHING_LEFT);
});
