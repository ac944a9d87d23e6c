import { execFile, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { LABEL, type Teardown } from "#model";
import type { Destroyed, DestroyInput } from "../../src/agent/destroy.ts";
import { IMAGE, MARK } from "./agent-world.ts";
import { bundled } from "./bundled.ts";
import { hostOfEachTest } from "./host-of-each-test.ts";
import { engineAnswers, idle } from "./world.ts";

const there = await engineAnswers();
const OWN = process.pid;
/** Devices' names have 15 signs at most. */
const named = (letter: string): string => `kt${letter}${OWN}`;
const WIRE = `${MARK}_wire`;

describe.skipIf(!there)("what containers left, on a real host", () => {
  const host = hostOfEachTest();
  let child = "";
  beforeAll(async () => {
    child = await bundled("destroy-child");
  });
  afterAll(() => rmSync(dirname(child), { recursive: true, force: true }));
  const things = (): string => join(host.ground.root, "things");
  const ip = (...words: readonly string[]): void => {
    execFileSync("ip", words);
  };
  const devices = (): string[] =>
    readdirSync("/sys/class/net").filter((name) => name.startsWith("kt") && name.endsWith(String(OWN)));

  afterEach(() => {
    for (const name of devices()) if (devices().includes(name)) ip("link", "delete", name);
    for (const name of ["n", "o"].map(named))
      if (existsSync(`/run/netns/${name}`)) ip("netns", "delete", name);
  });

  /** A running container of ours that shares a directory of things with the test. */
  async function runs(name: string, command = "sleep 600"): Promise<void> {
    const { engine } = host.ground;
    mkdirSync(things(), { recursive: true });
    const spec = idle(name, {
      image: IMAGE,
      command: ["sh", "-c", command],
      labels: { [LABEL.managed]: "yes" },
      mounts: [{ source: things(), target: "/things" }],
    });
    await engine.start(await engine.create(spec));
  }

  /** Destroys as the agent does it from its own container: among other mounts than the host's. */
  async function destroyed(
    teardown: Teardown,
    { container = WIRE, serversToo = false } = {},
  ): Promise<Destroyed> {
    const input: DestroyInput = { teardowns: [{ container, teardown }], serversToo };
    const file = join(host.ground.root, "input.json");
    writeFileSync(file, JSON.stringify(input));
    const agent = [process.execPath, child, host.ground.root, file];
    const { stdout } = await promisify(execFile)(
      "unshare",
      ["--mount", "--propagation", "unchanged", ...agent],
      { env: { ...process.env, KT_AGENT_MARK: MARK } },
    );
    return JSON.parse(stdout) as Destroyed;
  }

  test("a container removes its own things; what fails and what carries an address stays and is told", async () => {
    await runs(WIRE);
    for (const name of ["one", "two", "lo"]) writeFileSync(join(things(), name), "");
    mkdirSync(join(things(), "stuck"));
    const remove = ["sh", "-c", 'busybox rm "/things/$0"'];
    const { left } = await destroyed({ listed: { noun: "bridge", list: ["ls", "/things"], remove } });
    expect(readdirSync(things()).sort()).toEqual(["lo", "stuck"]);
    expect(left).toEqual([
      "bridge lo: it carries an address of the host",
      expect.stringMatching(/^bridge stuck: .*directory/),
    ]);
    expect(await host.names()).toEqual([]);
  });

  test("things that cannot be listed are told", async () => {
    await runs(WIRE);
    const { left } = await destroyed({
      listed: { noun: "bridge", list: ["ls", "/nowhere"], remove: ["false"] },
    });
    expect(left).toEqual([
      expect.stringMatching(`^every bridge of ${WIRE}: they cannot be listed: .*nowhere`),
    ]);
  });

  test("one that wants it is told to end and does its last work, another is killed", async () => {
    const last = (file: string): string => `trap 'touch /things/${file}; exit 0' TERM; sleep 600 & wait`;
    await runs(WIRE, last("told"));
    await runs(`${MARK}_other`, last("killed"));
    await destroyed({ toldToEnd: true });
    expect(readdirSync(things())).toEqual(["told"]);
  });

  test("namespaces, devices and directories go of what ran here; an operator's stay, and so do others'", async () => {
    await runs(WIRE);
    for (const name of ["n", "o"]) ip("netns", "add", named(name));
    ip("tuntap", "add", named("t"), "mode", "tap");
    ip("link", "add", named("a"), "type", "veth", "peer", "name", named("x"));
    for (const name of ["a", "x"]) ip("link", "set", named(name), "up");
    for (const name of ["b", "q"]) ip("link", "add", named(name), "type", "bridge");
    ip("address", "add", "192.0.2.1/32", "dev", named("a"));
    ip("link", "set", named("a"), "down");
    const runDirectory = `kt-teardown-${OWN}`;
    mkdirSync(join("/run", runDirectory, "below"), { recursive: true });
    const { removed, left } = await destroyed({
      namespaces: ["ktn[0-9]+"],
      devices: ["kt[tab][0-9]+"],
      kernelBridges: ["ktq[0-9]+"],
      runDirectories: [runDirectory],
    });
    expect(left).toEqual([]);
    expect(removed.namespaces).toEqual([named("n")]);
    expect([...removed.devices].sort()).toEqual(["q", "t"].map(named));
    expect(devices().sort()).toEqual(["a", "b", "x"].map(named));
    expect(readdirSync("/run/netns").filter((name) => name.endsWith(String(OWN)))).toEqual([named("o")]);
    expect(existsSync(join("/run", runDirectory))).toBe(false);
  });

  test("what containers left goes also when a destroy had died once they were gone", async () => {
    await runs(WIRE);
    const teardown = { devices: ["ktt[0-9]+"] };
    // A state that cannot be read ends it when containers are gone. The device is made after that, as if it had stayed.
    const memory = join(host.ground.root, "var/lib/kolla-agent");
    mkdirSync(memory, { recursive: true });
    writeFileSync(join(memory, "state.json"), "{");
    await expect(destroyed(teardown)).rejects.toThrow("not readable");
    expect(await host.names()).toEqual([]);
    ip("tuntap", "add", named("t"), "mode", "tap");
    rmSync(join(memory, "state.json"));
    const { removed } = await destroyed(teardown);
    expect(removed).toMatchObject({ containers: [], devices: [named("t")] });
    expect(existsSync(join(memory, "destroying.json"))).toBe(false);
  });

  test("nothing goes that was declared by a container that is not here", async () => {
    await runs(WIRE);
    ip("netns", "add", named("n"));
    ip("link", "add", named("q"), "type", "bridge");
    const { removed } = await destroyed(
      { namespaces: ["ktn[0-9]+"], kernelBridges: ["ktq[0-9]+"] },
      { container: `${MARK}_elsewhere` },
    );
    expect([removed.namespaces, removed.devices, removed.containers]).toEqual([[], [], [WIRE]]);
    expect(devices()).toEqual([named("q")]);
  });

  test("servers that run are a reason to refuse before anything goes, unless they are to end too", async () => {
    await runs(WIRE);
    const server = spawn("sleep", [`3600.${OWN}`], { stdio: "ignore" });
    const ended = new Promise((resolve) => server.once("exit", (_code, signal) => resolve(signal)));
    const servers = { program: "sle+p", argument: `3600[.]${OWN}` };
    await expect(destroyed({ servers })).rejects.toThrow("1 servers still run on this host");
    expect(await host.names()).toEqual([WIRE]);
    const { removed } = await destroyed({ servers }, { serversToo: true });
    expect(removed.servers).toBe(1);
    expect(await ended).toBe("SIGTERM");
    expect(await host.names()).toEqual([]);
  });
});
